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

/** The events of an answer that goes on after a text, without that text where the model says it once more. */
export async function* withoutRepeat(events: AsyncIterable<ChatEvent>, continues: string): AsyncGenerator<ChatEvent> {
  const repeat = continues.trim().length < SHORTEST_REPEAT && continues.trim() !== "{" ? "" : continues;
  const filter = new RepeatFilter(repeat);
  for await (const event of events) {
    if (event.type === "text-delta") {
      const text = filter.push(event.text);
      if (text !== "") yield { ...event, text };
      continue;
    }
    if (event.type === "text-end") {
      const text = filter.end();
      if (text !== "") yield { type: "text-delta", block: event.block, text };
    }
    yield event;
  }
}

/** Keeps back the beginning of a text as long as it says the same as another, white space before that aside. */
class RepeatFilter {
  readonly #repeat: string;
  #held = "";
  #isOver: boolean;

  constructor(repeat: string) {
    this.#repeat = repeat.trimStart();
    this.#isOver = repeat === "";
  }

  push(text: string): string {
    if (this.#isOver) return text;
    this.#held += text;
    const said = this.#held.trimStart();
    if (said.length < this.#repeat.length && this.#repeat.startsWith(said)) return "";
    const told = said.startsWith(this.#repeat) ? said.slice(this.#repeat.length) : this.#held;
    this.#held = "";
    this.#isOver = true;
    return told;
  }

  end(): string {
    const told = this.#held;
    this.#held = "";
    this.#isOver = true;
    return told;
  }
}
