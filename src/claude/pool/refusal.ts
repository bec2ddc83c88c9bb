import type { ApiError } from "../../core/error.ts";

/** What the API says of a request that it refuses before the model is asked, which is not paid; undefined: something else went wrong. */
export function refusalIn(error: ApiError): string | undefined {
  if (error.code !== "invalid_request" || error.upstreamStatus !== 400) return undefined;
  return error.message.replace(/^.*?refused the request: (?:400 )?/s, "");
}
