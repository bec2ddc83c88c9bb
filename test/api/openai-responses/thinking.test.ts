import { describe, expect, test } from "bun:test";
import { ResponseEncoder } from "../../../src/api/openai-responses/encode/response.ts";
import { MemoryResponseStore } from "../../../src/api/openai-responses/store/memory-store.ts";
import { toStored } from "../../../src/api/openai-responses/store/store.ts";
import { newResponse } from "../../../src/api/openai-responses/wire/response.ts";
import { encodeThinking } from "../../../src/api/responses-shape/wire/thinking.ts";
import type { ChatEvent } from "../../../src/core/event.ts";
import { bodyOf, decode } from "./decode-body.ts";

const MODEL = "claude-opus-5-5";
const SIGNED = { type: "thinking", text: "Hm. So.", signature: "c2ln", model: MODEL } as const;
const SEALED = { type: "thinking", redacted: "sealed", model: MODEL } as const;
const CALL = { type: "tool-call", id: "1", name: "f", args: "{}" } as const;

const EVENTS: ChatEvent[] = [
  { type: "response-start", id: "msg_1", model: MODEL },
  { type: "reasoning-start", block: 0 },
  { type: "reasoning-delta", block: 0, text: "Hm. " },
  { type: "reasoning-delta", block: 0, text: "So." },
  { type: "reasoning-end", block: 0, signature: "c2ln" },
  { type: "native-start", block: 1, content: { type: "redacted_thinking", data: "sealed" } },
  { type: "native-end", block: 1 },
  { type: "tool-call-start", block: 2, id: "1", name: "f" },
  { type: "tool-call-delta", block: 2, args: "{}" },
  { type: "tool-call-end", block: 2 },
  {
    type: "finish",
    reason: { unified: "tool-calls", raw: "tool_use" },
    usage: { inputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 1 },
  },
];

const INCLUDE = { include: ["reasoning.encrypted_content"] };
const SUMMARY = { reasoning: { summary: "auto" } };

function answer(fields: object) {
  const encoder = new ResponseEncoder({
    ...decode(fields),
    response: newResponse("resp_1", 1, bodyOf(fields)),
    now: () => 2,
  });
  const events = EVENTS.flatMap((event) => encoder.push(event));
  return { events, encoder, output: encoder.response.output };
}

const QUESTION = { role: "user", content: "a" };
const RESULT = { type: "function_call_output", call_id: "1", output: "one" };

describe("thinking is told with what brings it back", () => {
  test.each([
    ["and its words", { ...INCLUDE, ...SUMMARY }],
    ["without its words", INCLUDE],
  ])("%s, and comes back in its place", (_, fields) => {
    const { output } = answer(fields);
    expect(output.map(({ type }) => type)).toEqual(["reasoning", "reasoning", "function_call"]);
    // The ids are of no use where nothing is stored, and clients leave them out.
    const items = output.map(({ id: _id, ...item }) => item);
    const { request, ignored } = decode({ input: [QUESTION, ...items, RESULT] });
    expect(request.turns[1]?.content).toEqual([SIGNED, SEALED, CALL]);
    expect(ignored).toEqual([]);
  });

  test("once: where the summary tells the words, nothing else does", () => {
    const told = JSON.stringify(answer({ ...INCLUDE, ...SUMMARY }).output);
    const [, encoded = ""] = /thinking\.1\.([\w-]+)/.exec(told) ?? [];
    expect(Buffer.from(encoded, "base64url").toString()).not.toContain("Hm. So.");
    expect(told.split("Hm. So.").length).toBe(2);
  });

  test("in the event that ends its item", () => {
    const done = answer(INCLUDE).events.filter(({ type }) => type === "response.output_item.done");
    expect(done.slice(0, 2)).toMatchObject([
      { item: { type: "reasoning", summary: [], encrypted_content: expect.any(String) } },
      { item: { type: "reasoning", summary: [], encrypted_content: expect.any(String) } },
    ]);
  });

  test("only where that is asked for", () => {
    expect(JSON.stringify(answer(SUMMARY).events)).not.toContain("encrypted_content");
  });
});

test("thinking is kept with what brings it back, told or not, and goes on after the response, by its item, and by that's id", () => {
  const { encoder } = answer(SUMMARY);
  const store = new MemoryResponseStore();
  store.put(toStored(encoder.response, [{ type: "message", role: "user", content: "a" }], encoder.hidden));
  const after = decode({ previous_response_id: "resp_1", input: [RESULT] }, { store });
  expect(after.request.turns[1]?.content).toEqual([SIGNED, SEALED, CALL]);
  const bare = decode({ input: [QUESTION, ...encoder.response.output, RESULT] }, { store });
  expect([bare.request.turns[1]?.content, bare.ignored]).toEqual([[SIGNED, SEALED, CALL], []]);
  const [first] = encoder.response.output;
  const referring = [
    QUESTION,
    { type: "item_reference", id: first?.id },
    { role: "assistant", content: "b" },
    QUESTION,
  ];
  expect(decode({ input: referring }, { store }).request.turns[1]?.content).toEqual([
    SIGNED,
    { type: "text", text: "b" },
  ]);
});

test("thinking of others, or without what brings it back, is left out and named", () => {
  const reasoning = (encrypted_content: unknown, summary: object[] = []) => ({
    type: "reasoning",
    summary,
    encrypted_content,
  });
  const spoken = [{ type: "summary_text", text: "Hm." }];
  const ours = reasoning(encodeThinking(SIGNED, { isTold: false }), spoken);
  const said = { role: "assistant", content: "b" };
  const named = (...items: object[]) => decode({ input: [QUESTION, ...items, said, QUESTION] });
  expect(named(ours, reasoning("gAAAAAB")).ignored).toEqual(["input.encrypted_content"]);
  expect(named(ours, reasoning(null, spoken)).ignored).toEqual(["input.summary"]);
  expect(named(reasoning("claude-max-api.thinking.1.e30"), reasoning("claude-max-api.thinking.1.x")).ignored).toEqual([
    "input.encrypted_content",
  ]);
  expect(named(ours).ignored).toEqual([]);
  expect(named(reasoning("gAAAAAB")).request.turns[1]?.content).toEqual([{ type: "text", text: "b" }]);
});
