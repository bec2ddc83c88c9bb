// Random conversations, and what clients do to them when they tell them again.
import fc from "fast-check";
import type { TranscriptEntry } from "../../../src/claude/pool/transcript.ts";
import { canonicalJson, parseJsonObject } from "../../../src/core/json.ts";
import type { ContentBlock, Turn } from "../../../src/core/request.ts";
import { toolCallsOf } from "../../../src/core/tool-calls.ts";
import { textOf } from "../../../src/core/turns.ts";
import { assistant, image, text, user } from "./turns.ts";

const anyWords = fc.constantFrom("a", "b", " a\n", "a b");
const anyArgs = fc.constantFrom('{"x": "1"}', '{"x": "2", "y": [1.0]}', "{}");
const anyCall = fc.record({
  name: fc.constantFrom("f", "g"),
  args: anyArgs,
  result: anyWords,
  failed: fc.constantFrom(false, false, false, true),
});
const anyExchange = fc.record({
  question: anyWords,
  picture: fc.option(fc.constantFrom("iVBO", "iVBP")),
  answer: anyWords,
  calls: fc.array(anyCall, { maxLength: 2 }),
});

/** Of a question, an answer that may make calls, and their results, several times; it ends with an answer. */
export const anyConversation = fc
  .array(anyExchange, { minLength: 1, maxLength: 3 })
  .map((exchanges) => exchanges.flatMap((exchange, index) => turnsOf(exchange, `toolu_${index}`)));

type Exchange = typeof anyExchange extends fc.Arbitrary<infer T> ? T : never;

function turnsOf({ question, picture, answer, calls }: Exchange, prefix: string): Turn[] {
  const asked = user(text(question), ...(picture === null ? [] : [image(picture)]));
  const made = calls.map(
    ({ name, args }, index): ContentBlock => ({ type: "tool-call", id: `${prefix}_${index}`, name, args }),
  );
  if (made.length === 0) return [asked, assistant(text(answer))];
  const results = calls.map(
    ({ result, failed }, index): ContentBlock => ({
      type: "tool-result",
      callId: `${prefix}_${index}`,
      content: [{ type: "text", text: result }],
      ...(failed ? { isError: true } : {}),
    }),
  );
  return [asked, assistant(text(answer), ...made), user(...results), assistant(text(answer))];
}

export type Habits = { readonly trims: boolean; readonly rewritesArguments: boolean; readonly renames: boolean };
export const anyHabits: fc.Arbitrary<Habits> = fc.record({
  trims: fc.boolean(),
  rewritesArguments: fc.boolean(),
  renames: fc.boolean(),
});

/** The same conversation as a client with these habits tells it. */
export function retell(turns: readonly Turn[], { trims, rewritesArguments, renames }: Habits): Turn[] {
  const id = (own: string) => (renames ? own.replace("toolu", "client") : own);
  return turns.map(({ role, content }) => ({
    role,
    content: content.map((block): ContentBlock => {
      if (block.type === "text" && role === "assistant" && trims) return { ...block, text: block.text.trimEnd() };
      if (block.type === "tool-result") return { ...block, callId: id(block.callId) };
      if (block.type !== "tool-call") return block;
      const args = rewritesArguments ? canonicalJson(parseJsonObject(block.args)) : block.args;
      return { ...block, id: id(block.id), args };
    }),
  }));
}

/** What the turns say, in one way of writing it for all that count as the same where the model wrote the answers of `entries`. */
export function meaning(turns: readonly Turn[], entries: readonly TranscriptEntry[]): unknown[] {
  const names = new Map<string, string>();
  const nameOf = (id: string) => names.get(id) ?? id;
  return turns.map((turn, index) => {
    const entry = entries[index];
    if (entry?.role !== "assistant" || entry.written !== true) {
      return turn.content.map((block) =>
        block.type === "tool-result" ? { ...block, callId: nameOf(block.callId) } : block,
      );
    }
    return {
      text: textOf(turn).trimEnd(),
      calls: toolCallsOf(turn).map(({ id, name, args }) => {
        names.set(id, `call ${names.size}`);
        return { id: nameOf(id), name, args: canonicalJson(parseJsonObject(args)) };
      }),
    };
  });
}

/** Every way in which one thing in a turn can be another, each of which makes it another conversation. */
export function otherTurns(turn: Turn): Turn[] {
  return turn.content.flatMap((block, at) =>
    otherBlocks(block).map((other) => ({ ...turn, content: turn.content.with(at, other) })),
  );
}

function otherBlocks(block: ContentBlock): ContentBlock[] {
  switch (block.type) {
    case "text":
      return edits(block.text).map((words) => ({ ...block, text: words }));
    case "image":
      return [{ ...block, data: block.data.replace("V", "W") }];
    case "document":
    case "native":
    case "thinking":
      return [];
    case "tool-call":
      return [
        { ...block, name: `${block.name}g` },
        { ...block, args: block.args.replace(/\d|\}/, (found) => (found === "}" ? '"z":1}' : "7")) },
      ];
    case "tool-result": {
      const { isError, ...plain } = block;
      const others = edits(textOf({ role: "user", content: block.content }));
      return [
        ...others.map((words): ContentBlock => ({ ...block, content: [{ type: "text", text: words }] })),
        isError ? plain : { ...plain, isError: true },
        { ...block, callId: `${block.callId}0` },
      ];
    }
  }
}

/** A character more, at the beginning, in the middle, at the end; and one less. */
function edits(words: string): string[] {
  const middle = Math.floor(words.length / 2);
  return [`#${words}`, `${words.slice(0, middle)}#${words.slice(middle)}`, `${words}#`, words.slice(1)];
}
