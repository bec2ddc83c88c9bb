import type { IncomingMessage } from "node:http";
import { serverNameOf } from "./image-url.ts";

export type HttpsResponse = {
  readonly status: number;
  /** By lower-case name. */
  readonly header: (name: "content-encoding" | "content-length" | "location") => string | undefined;
  /** As it arrives; throws when the connection ends before the body does, and when the signal aborts. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends the connection, whatever is still to come. */
  close(): void;
};

/**
 * Asks `address`, an IP address, for `url`, and resolves with the head of the answer. Redirects are not followed. Rejects when there
 * is no connection, no valid certificate for the URL's host, no HTTP, or when the signal aborts.
 */
export type HttpsGet = (url: URL, address: string, signal: AbortSignal) => Promise<HttpsResponse>;

/**
 * `node:https`, and not `fetch`, since it connects to an address while it names the host to TLS and HTTP, so that no name is ever
 * looked up twice; and since `fetch` takes its proxy from the environment: a proxy would look the name up again, unchecked.
 * `ca`, for tests: a certificate authority in PEM, to be trusted in place of the usual ones.
 */
export function createHttpsGet(ca?: string): HttpsGet {
  return async (url, address, signal) => {
    // Only when it is needed: it is eight megabytes of the program's memory.
    const { request } = await import("node:https");
    return new Promise((resolve, reject) => {
      const servername = serverNameOf(url);
      const outgoing = request({
        host: address,
        port: url.port || 443,
        path: url.pathname + url.search,
        headers: {
          host: url.host,
          accept: "image/png, image/jpeg, image/gif, image/webp",
          // A compressed body would be small on the wire and of any size in memory.
          "accept-encoding": "identity",
          // Some hosts refuse those who send none.
          "user-agent": "claude-max-api",
        },
        // A connection of its own: none is shared between host names, and the global agent would take a proxy from the environment.
        agent: false,
        // Said here, it is not turned off by NODE_TLS_REJECT_UNAUTHORIZED.
        rejectUnauthorized: true,
        ...(servername === undefined ? {} : { servername }),
        ...(ca === undefined ? {} : { ca }),
        signal,
      });
      outgoing.on("response", (incoming) => {
        resolve({
          status: incoming.statusCode ?? 0,
          header: (name) => incoming.headers[name],
          body: bodyOf(incoming, signal),
          close: () => {
            incoming.destroy();
            outgoing.destroy();
          },
        });
      });
      // Stays for the connection's life: after the first, it only keeps errors from being unheard.
      outgoing.on("error", reject);
      // Without an answer and without an error, as after a change to another protocol.
      outgoing.on("close", () => reject(new Error("closed without an answer")));
      outgoing.end();
    });
  };
}

async function* bodyOf(incoming: IncomingMessage, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  yield* incoming;
  // Bun takes an abort for the end of a body whose length was not said.
  signal.throwIfAborted();
}
