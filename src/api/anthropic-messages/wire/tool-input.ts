import { isJsonObject, type JsonObject, parseJsonObject } from "../../../core/json.ts";

/**
 * Under this key stands, as one text, what a model wrote as arguments that are no JSON object (cut at the token limit, mostly): an
 * `input` has to be one. Anthropic's documentation proposes the form for giving such arguments back.
 */
const INVALID = "INVALID_JSON";

/** The arguments as the model wrote them, as the `input` of a call. */
export function encodeInput(args: string): JsonObject {
  return parseJsonObject(args) ?? { [INVALID]: args };
}

/** The `input` of a call as arguments; those that were no object are again what the model wrote. */
export function decodeInput(input: Readonly<Record<string, unknown>>): string {
  const written = Object.keys(input).length === 1 ? input[INVALID] : undefined;
  return typeof written === "string" && !isObjectText(written) ? written : JSON.stringify(input);
}

function isObjectText(text: string): boolean {
  return isJsonObject(parseJsonObject(text));
}
