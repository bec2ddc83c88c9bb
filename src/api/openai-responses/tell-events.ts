import type { ChatEvent } from "../../core/event.ts";
import type { ResponseEncoder, ResponseEvent } from "./encode-response.ts";
import type { Keep } from "./prepare-response.ts";

/** The events of a response. It is kept before the client knows that it has ended, and may go on after it. */
export async function* tellEvents(
  events: AsyncIterable<ChatEvent>,
  encoder: ResponseEncoder,
  keep: Keep,
): AsyncGenerator<ResponseEvent> {
  for await (const event of events) {
    const told = encoder.push(event);
    const isEnd = event.type === "finish" || event.type === "error";
    if (!isEnd || keep(encoder.response)) yield* told;
    else yield* told.map((end) => ("response" in end ? { ...end, response: encoder.notStored() } : end));
  }
}
