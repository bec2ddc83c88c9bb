import type { Refusal } from "./refusal.ts";
import { simulatedId } from "./simulated-message.ts";

const STATUS_OF_ERROR_TYPE: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

/** The API's error answer. */
export function errorResponse(
  { status, type, message }: Refusal,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const requestId = simulatedId("req");
  const body = { type: "error", error: { type, message }, request_id: requestId };
  return Response.json(body, { status, headers: { "request-id": requestId, ...headers } });
}

/** The status the API uses for a type of error. */
export function statusOf(errorType: string): number {
  return STATUS_OF_ERROR_TYPE[errorType] ?? 500;
}
