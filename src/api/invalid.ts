import { ApiError } from "../core/error.ts";

/** The refusal of a request: what is wrong, and the path of the field. */
export function invalid(param: string, message: string): ApiError {
  return new ApiError("invalid_request", message, { param });
}
