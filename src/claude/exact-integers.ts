import { Check } from "typebox/schema";
import { ApiError } from "../core/error.ts";
import type { ChatEvent } from "../core/event.ts";
import type { OutputFormat } from "../core/request.ts";
import { nativeSchema } from "./tools/native-schema.ts";

/**
 * The events of an answer, with an error in place of its end where it has a whole number beyond those that are read exactly, and the
 * schema allows none: the API does not see to that, and no model writes one in earnest.
 */
export async function* withExactIntegers(
  events: AsyncIterable<ChatEvent>,
  format: OutputFormat | undefined,
): AsyncGenerator<ChatEvent> {
  const native = format && nativeSchema(format.schema);
  const isBound = native !== undefined && "within" in native && native.within === "safe-integers";
  let text = "";
  for await (const event of events) {
    if (isBound && event.type === "text-delta") text += event.text;
    const isEnd = event.type === "finish" && event.reason.unified === "stop" && event.reason.stopText === undefined;
    if (isBound && isEnd && hasInexact(text) && !satisfies(text, format)) {
      const message = "The model's answer does not satisfy the JSON schema that was asked for.";
      yield { type: "error", error: new ApiError("upstream_error", message) };
      return;
    }
    yield event;
  }
}

function hasInexact(text: string): boolean {
  return (text.match(/\d{16,}|\d[eE]\+?\d/g) ?? []).length > 0;
}

function satisfies(text: string, format: OutputFormat | undefined): boolean {
  try {
    return format === undefined || Check(format.schema, JSON.parse(text));
  } catch {
    return true;
  }
}
