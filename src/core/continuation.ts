import type { ChatEvent } from "./event.ts";
import type { Turn } from "./request.ts";
import { textOf } from "./turns.ts";

/** What stands in for the user's first word where the assistant speaks first: the API wants a user's turn there. */
const OPENING = "[The conversation begins with your message.]";

/**
 * Asks for the rest of an answer that the client has begun. Today's models take no beginning of an answer, so it is a turn that asks
 * for the rest.
 */
const GO_ON =
  "[Your last message is unfinished. Continue it from exactly where it stops, as if there had been no interruption: write only what " +
  "follows its last character, beginning with a space or a line break where one belongs there. Do not repeat any of it, and do not " +
  "mention this request.]";

/** The same where it stops behind what the API's own tools did: there is no text to go on with. */
const GO_ON_WORKING =
  "[You were paused while you were using tools. Go on from where you stopped, as if there had been no interruption, and do not mention " +
  "this request.]";

/**
 * A conversation that begins and ends with a user's turn, which is what can be asked. `continues`: the text that the answer goes on after, where
 * the last word was the assistant's. `turns` must alternate.
 */
export function completeTurns(turns: readonly Turn[]) {
  const begun = beginWithUser(turns);
  const last = begun.at(-1);
  if (last?.role !== "assistant" || last.content.some(({ type }) => type === "tool-call")) return { turns: begun };
  if (isPaused(last)) return { turns: [...begun, said(GO_ON_WORKING)] };
  return { turns: [...begun, said(GO_ON)], continues: textOf(last) };
}

/** Whether an answer stops behind what the API's own tools did: where the API has paused it, it is to be sent back so. */
export function isPaused({ role, content }: Turn): boolean {
  return role === "assistant" && content.findLast(({ type }) => type !== "thinking")?.type === "native";
}

export function beginWithUser(turns: readonly Turn[]): Turn[] {
  return turns[0]?.role === "assistant" ? [said(OPENING), ...turns] : [...turns];
}

function said(text: string): Turn {
  return { role: "user", content: [{ type: "text", text }] };
}

/** A text as short as this may well begin what really follows, too, except for a brace: no object's text goes on with another. */
const SHORTEST_REPEAT = 4;

/**
 * The events of an answer that goes on after a text, without that text where the model says it once more. Its beginning is kept back as long as it
 * says the same, white space before that aside.
 */
export async function* withoutRepeat(events: AsyncIterable<ChatEvent>, continues: string): AsyncGenerator<ChatEvent> {
  const isTooShort = continues.trim().length < SHORTEST_REPEAT && continues.trim() !== "{";
  const repeat = continues.trimStart();
  let held = isTooShort ? undefined : "";
  for await (const event of events) {
    if (event.type === "text-delta") {
      let { text } = event;
      if (held !== undefined) {
        held += text;
        const said = held.trimStart();
        if (said.length < repeat.length && repeat.startsWith(said)) continue;
        text = said.startsWith(repeat) ? said.slice(repeat.length) : held;
        held = undefined;
      }
      if (text !== "") yield { ...event, text };
      continue;
    }
    if (event.type === "text-end") {
      if (held) yield { type: "text-delta", block: event.block, text: held };
      held = undefined;
    }
    yield event;
  }
}
