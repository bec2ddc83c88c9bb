import { ApiError, shuttingDown } from "../core/error.ts";

/** The signal that ends what runs is the client's, or the server's own. */
export function whyAborted(client: AbortSignal): ApiError {
  return client.aborted ? clientClosed() : shuttingDown();
}

export function clientClosed(): ApiError {
  return new ApiError("client_closed", "The client closed the connection.");
}
