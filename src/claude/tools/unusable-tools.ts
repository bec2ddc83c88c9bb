import { ApiError } from "../../core/error.ts";

const USABLE_SCHEMA = "They must be the JSON Schema of an object that is valid by draft 2020-12.";

/** The refusal of tools that the CLI leaves out, since it takes their schemas for ones that the API refuses. */
export function unusableTools(names: readonly string[]): ApiError {
  const which = names.map((name) => JSON.stringify(name)).join(", ");
  const message = `Claude does not take the parameters of these tools: ${which}. ${USABLE_SCHEMA}`;
  return new ApiError("invalid_request", message, { param: "tools" });
}
