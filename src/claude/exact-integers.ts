import { Check } from "typebox/schema";
import { ApiError } from "../core/error.ts";
import type { ChatEvent } from "../core/event.ts";
import type { JsonObject } from "../core/json.ts";
import type { OutputFormat } from "../core/request.ts";
import { nativeSchema } from "./schemas/native-schema.ts";

/**
 * The events of an answer, with an error in place of its end where it has a whole number beyond those that are read exactly, and the
 * schema allows none: the API does not see to that, and no model writes one in earnest.
 */
export async function* withExactIntegers(
  events: AsyncIterable<ChatEvent>,
  format: OutputFormat | undefined,
): AsyncGenerator<ChatEvent> {
  let text = "";
  for await (const event of events) {
    if (format !== undefined && event.type === "text-delta") text += event.text;
    const isWhole = event.type === "finish" && event.reason.raw === "end_turn";
    if (format !== undefined && isWhole && LARGE_NUMBER.test(text) && isViolated(format.schema, text)) {
      const message = "The model's answer does not satisfy the JSON schema that was asked for.";
      yield { type: "error", error: new ApiError("upstream_error", message) };
      return;
    }
    yield event;
  }
}

/** The smallest that is not exact has 16 digits. */
const LARGE_NUMBER = /\d{16}|\d[eE]\+?\d/;

function isViolated(schema: JsonObject, text: string): boolean {
  const native = nativeSchema(schema);
  if (!("within" in native) || native.within === "any") return false;
  try {
    return !Check(schema, JSON.parse(text));
  } catch {
    return false;
  }
}
