import { describe, expect, test } from "bun:test";
import { accept } from "../../../../src/api/openai-chat/decode/accept-body.ts";
import { decodeRequest } from "../../../../src/api/openai-chat/decode/request.ts";
import { encodeResult } from "../../../../src/api/openai-chat/encode/completion.ts";
import { collect } from "../../../../src/core/collect.ts";
import type { ChatEvent } from "../../../../src/core/event.ts";
import { atOnce } from "../../../../src/core/pace.ts";

const FORMAT = "anthropic-claude-v1";
const thought = (text: string, signature: string) => ({ type: "thinking", text, signature });
const text = (words: string) => ({ type: "text", text: words });
const call = (id: string) => ({ type: "tool-call", id, name: "f", args: "{}" });
const toolCall = (id: string) => ({ id, type: "function", function: { name: "f", arguments: "{}" } });

function decode(message: object) {
  const results = ["1", "2"].map((id) => ({ role: "tool", tool_call_id: id, content: "r" }));
  const messages = [{ role: "user", content: "a" }, { role: "assistant", ...message }, ...results];
  const { chat, ignored } = atOnce(accept({ model: "opus", messages }));
  return { content: atOnce(decodeRequest({ ...chat, model: "opus" })).request.turns[1]?.content, ignored };
}

const CALLS = { content: "b", tool_calls: [toolCall("1"), toolCall("2")] };

describe("an assistant's message tells its thinking", () => {
  const detail = (index: number | undefined, fields: object) => ({
    type: "reasoning.text",
    format: FORMAT,
    index,
    ...fields,
  });
  const [first, second] = [thought("one", "s1"), thought("two", "s2")];
  test.each<[string, unknown, object[]]>([
    ["before the rest", [detail(0, { text: "one", signature: "s1" })], [first, text("b"), call("1"), call("2")]],
    [
      "in its places",
      [
        detail(0, { text: "one", signature: "s1" }),
        detail(2, { text: "two", signature: "s2" }),
        { type: "reasoning.encrypted", data: "d", format: FORMAT, index: 4 },
      ],
      [first, text("b"), second, call("1"), { type: "thinking", redacted: "d" }, call("2")],
    ],
    [
      "in pieces of a stream, as they came",
      [detail(0, { text: "o" }), detail(0, { text: "ne" }), detail(0, { text: "", signature: "s1" })],
      [first, text("b"), call("1"), call("2")],
    ],
    [
      "without places",
      [detail(undefined, { text: "one", signature: "s1" }), detail(undefined, { text: "two", signature: "s2" })],
      [first, second, text("b"), call("1"), call("2")],
    ],
    [
      "again beside each call",
      [detail(0, { text: "one", signature: "s1" }), detail(0, { text: "one", signature: "s1" })],
      [first, text("b"), call("1"), call("2")],
    ],
    [
      "with its format put together for each piece",
      [detail(0, { text: "one", signature: "s1", format: FORMAT + FORMAT })],
      [first, text("b"), call("1"), call("2")],
    ],
    [
      "that is another model's, as some without a signature",
      [detail(0, { text: "one", signature: "s1", format: "google-gemini-v1" })],
      [thought("", ""), text("b"), call("1"), call("2")],
    ],
    ["as a text, which has no signature", "one", [thought("", ""), text("b"), call("1"), call("2")]],
    ["by null", null, [text("b"), call("1"), call("2")]],
  ])("%s", (_, reasoning_details, expected) => {
    expect<unknown>(decode({ ...CALLS, reasoning_details }).content).toEqual(expected);
  });

  test("and the same text beside it has no effect that were worth naming", () => {
    const reasoning_details = [detail(0, { text: "one", signature: "s1" })];
    expect(decode({ ...CALLS, reasoning_content: "one", reasoning_details }).ignored).toEqual([]);
    expect(decode({ ...CALLS, reasoning_content: "one" }).ignored).toEqual(["messages.reasoning_content"]);
  });
});

test("what is told comes back as it was: thinking, also between calls, and a text in several pieces", async () => {
  const think = (block: number, words: string, signature: string): ChatEvent[] => [
    { type: "reasoning-start", block },
    { type: "reasoning-delta", block, text: words },
    { type: "reasoning-end", block, signature },
  ];
  const speak = (block: number, words: string): ChatEvent[] => [
    { type: "text-start", block },
    { type: "text-delta", block, text: words },
    { type: "text-end", block },
  ];
  const ask = (block: number, id: string): ChatEvent[] => [
    { type: "tool-call-start", block, id, name: "f" },
    { type: "tool-call-delta", block, args: "{}" },
    { type: "tool-call-end", block },
  ];
  async function* events(): AsyncGenerator<ChatEvent> {
    yield { type: "response-start", id: "msg_1", model: "claude-opus-5-5" };
    yield* [...think(0, "one", "s1"), ...think(1, "", "s2"), ...speak(2, "b"), ...speak(3, "c")];
    yield* [...think(4, "three", "s3"), ...ask(5, "1"), ...think(6, "four", "s4"), ...ask(7, "2")];
    const usage = { inputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 1 };
    yield { type: "finish", reason: { unified: "tool-calls", raw: "tool_use" }, usage };
  }
  const { choices } = encodeResult([await collect(events())], { created: 1, callShape: "tool_calls" });
  expect<unknown>(decode(choices[0]?.message ?? {}).content).toEqual([
    thought("one", "s1"),
    thought("", "s2"),
    text("bc"),
    thought("three", "s3"),
    call("1"),
    thought("four", "s4"),
    call("2"),
  ]);
});
