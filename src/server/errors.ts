import { ParseError, ValidationError } from "elysia";
import { mismatchError } from "../api/validation/mismatch.ts";
import { ApiError, toApiError } from "../core/error.ts";

/** Whatever a route, a hook or Elysia threw, as the error to tell the client. */
export function toClientError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  // Elysia wraps what a parse hook throws.
  if (thrown instanceof ParseError) return toClientError(thrown.cause);
  if (thrown instanceof ValidationError) return fromValidation(thrown);
  return toApiError(thrown);
}

/** Schemas that are not ours (Elysia's own `t`, for queries and parameters) report through Elysia. */
function fromValidation(thrown: ValidationError): ApiError {
  const [first] = thrown.all;
  const pointer = first && "path" in first && typeof first.path === "string" ? first.path : "";
  const path = pointer === "root" ? [] : pointer.split(/[/.]/).filter((step) => step !== "");
  const message = first?.summary ?? "it does not fit what is expected";
  return mismatchError({ path, message: `Invalid ${thrown.type}: ${message}.` });
}
