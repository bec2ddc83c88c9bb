import type { ApiError } from "../core/error.ts";
import type { ChatEvent } from "../core/event.ts";

/** The events of a turn; of another in its place, where it fails before its answer begins and `helps` sees to it that the next does not. */
export async function* withSecondTry(
  run: () => AsyncIterable<ChatEvent>,
  helps: (error: ApiError) => boolean,
): AsyncGenerator<ChatEvent> {
  let isFirst = true;
  for await (const event of run()) {
    if (isFirst && event.type === "error" && helps(event.error)) {
      yield* run();
      return;
    }
    isFirst = false;
    yield event;
  }
}
