import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { beginWithUser, completeTurns, withoutRepeat } from "../../src/core/continuation.ts";
import type { ChatEvent } from "../../src/core/event.ts";
import type { ContentBlock, Role, Turn } from "../../src/core/request.ts";
import { EventOrder } from "../support/event-order.ts";

const turn = (role: Role, ...content: (string | ContentBlock)[]): Turn => ({
  role,
  content: content.map((block) => (typeof block === "string" ? { type: "text", text: block } : block)),
});

describe("a conversation", () => {
  const asked = turn("user", "q");

  test("that ends with the user's turn stays as it is", () => {
    expect(completeTurns([asked])).toEqual({ turns: [asked] });
  });

  test("that ends with the assistant's text asks for the rest of all of it", () => {
    const { turns, continues } = completeTurns([asked, turn("assistant", "Once ", "upon")]);
    expect(turns.map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
    expect(continues).toBe("Once upon");
  });

  test("that ends with what the API's own tools did asks to go on: there is no text to repeat", () => {
    const native: ContentBlock = { type: "native", block: { type: "web_search_tool_result", tool_use_id: "a" } };
    const { turns, continues } = completeTurns([asked, turn("assistant", "Let me.", native)]);
    expect(turns.map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
    expect(continues).toBeUndefined();
  });

  test("that ends with what the model thought of that asks the same", () => {
    const native: ContentBlock = { type: "native", block: { type: "web_search_tool_result", tool_use_id: "a" } };
    const thought: ContentBlock = { type: "thinking", text: "Hm.", signature: "c2ln" };
    const ends = [[native], [native, thought]].map((end) => completeTurns([asked, turn("assistant", ...end)]));
    expect(ends[1]?.turns.at(-1)).toEqual(ends[0]?.turns.at(-1));
  });

  test("that ends with calls waits for their results", () => {
    const calls = turn("assistant", "Let me.", { type: "tool-call", id: "a", name: "f", args: "{}" });
    expect(completeTurns([asked, calls])).toEqual({ turns: [asked, calls] });
  });

  test("that the assistant begins has a word of the user's before", () => {
    const greeting = turn("assistant", "Hello!");
    expect(beginWithUser([greeting, asked]).map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
    expect(beginWithUser([asked])).toEqual([asked]);
    expect(beginWithUser([])).toEqual([]);
  });
});

/** What is told of an answer of these pieces of text, each list a block. */
async function told(continues: string, ...blocks: string[][]): Promise<string> {
  const events: ChatEvent[] = [{ type: "response-start", id: "m", model: "x" }];
  for (const [block, pieces] of blocks.entries()) {
    events.push({ type: "text-start", block });
    for (const text of pieces) events.push({ type: "text-delta", block, text });
    events.push({ type: "text-end", block });
  }
  const usage = { inputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 1 };
  events.push({ type: "finish", reason: { unified: "stop", raw: "end_turn" }, usage });
  async function* played() {
    yield* events;
  }
  const order = new EventOrder();
  let text = "";
  for await (const event of withoutRepeat(played(), continues)) {
    order.check(event);
    if (event.type === "text-delta") text += event.text;
  }
  order.end();
  return text;
}

describe("the rest of an answer is told without its beginning,", () => {
  test.each<[string, string, string[][], string]>([
    ["which is cut off however it is split", "Once upon", [["On", "ce up", "on a", " time"]], " a time"],
    ["also behind white space", "  Once upon", [["\n", "Once upon a time"]], " a time"],
    ["but whole where it only begins alike", "Once upon", [["Once", " more"]], "Once more"],
    ["but whole where it ends before it is sure", "Once upon", [["Once"]], "Once"],
    ["once alone", "Once upon", [["Once upon"], ["Once upon"]], "Once upon"],
    ["but whole where the beginning was too short to tell", "A", [["A", "B"]], "AB"],
    ["a brace alone included", "{", [["{", '"a":1}']], '"a":1}'],
  ])("%s", async (_, continues, blocks, expected) => {
    expect(await told(continues, ...blocks)).toBe(expected);
  });

  test("and is never less than what follows it", async () => {
    const cut = fc.array(fc.string({ maxLength: 5 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 4 }), cut, fc.boolean(), async (beginning, rest, repeats) => {
        fc.pre(beginning.trim().length >= 4 && beginning.trimStart() === beginning);
        const whole = rest.join("");
        fc.pre(repeats || !beginning.startsWith(whole.trimStart().slice(0, beginning.length)));
        fc.pre(repeats || !whole.trimStart().startsWith(beginning));
        const pieces = repeats ? [...beginning, ...rest] : rest;
        expect(await told(beginning, pieces)).toBe(whole);
      }),
    );
  });
});
