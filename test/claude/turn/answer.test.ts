import { expect, test } from "bun:test";
import { AnswerRecorder } from "../../../src/claude/turn/answer-events.ts";
import type { ChatEvent } from "../../../src/core/event.ts";
import type { ContentBlock } from "../../../src/core/request.ts";
import { toolNames } from "../../support/tool-names.ts";
import { call, finish, reasoning, START, text } from "./expected-events.ts";
import { recorded, replay } from "./replay.ts";

function record(events: readonly ChatEvent[]): readonly ContentBlock[] {
  const recorder = new AnswerRecorder();
  for (const event of events) recorder.push(event);
  expect(recorder.turn.role).toBe("assistant");
  return recorder.turn.content;
}

test("an answer is kept block by block, but for thinking that the API has not signed", () => {
  const events = [
    START,
    ...reasoning(0, "Let ", "me").map((event) =>
      event.type === "reasoning-end" ? { ...event, signature: "sig" } : event,
    ),
    ...reasoning(4, "lost").map((event) =>
      event.type === "reasoning-end" ? { type: event.type, block: event.block } : event,
    ),
    ...text(1, "a", "b"),
    ...call(2, "toolu_1", "f", '{"a"', ":1}"),
    ...text(3, "c"),
    finish("tool-calls", "tool_use"),
  ];
  expect(record(events)).toEqual([
    { type: "thinking", text: "Let me", signature: "sig" },
    { type: "text", text: "ab" },
    { type: "tool-call", id: "toolu_1", name: "f", args: '{"a":1}' },
    { type: "text", text: "c" },
  ]);
});

test("blocks of the API's own, and what texts rest on, are kept as the API has them", () => {
  const citation = { type: "web_search_result_location", url: "https://a.example" };
  const result = { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] };
  const searched = { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: {} };
  const events: ChatEvent[] = [
    START,
    { type: "native-start", block: 0, content: { type: "redacted_thinking", data: "abc" } },
    { type: "native-end", block: 0 },
    { type: "native-start", block: 1, content: searched },
    { type: "native-delta", block: 1, delta: { type: "input_json_delta", partial_json: '{"query":' } },
    { type: "native-delta", block: 1, delta: { type: "input_json_delta", partial_json: '"a"}' } },
    { type: "native-end", block: 1 },
    { type: "native-start", block: 2, content: result },
    { type: "native-end", block: 2 },
    { type: "text-start", block: 3 },
    { type: "text-citation", block: 3, citation },
    { type: "text-delta", block: 3, text: "So." },
    { type: "text-end", block: 3 },
    finish("stop", "end_turn"),
  ];
  expect(record(events)).toEqual([
    { type: "thinking", redacted: "abc" },
    { type: "native", block: { ...searched, input: { query: "a" } } },
    { type: "native", block: result },
    { type: "text", text: "So.", citations: [citation] },
  ]);
});

test("a call without arguments has none, and what is not written is left out", () => {
  expect(record([START, ...text(0), ...call(1, "toolu_1", "f")])).toEqual([
    { type: "tool-call", id: "toolu_1", name: "f", args: "" },
  ]);
  expect(record([START, finish("stop", "end_turn")])).toEqual([]);
});

test("a turn that was taken does not change with what follows", () => {
  const recorder = new AnswerRecorder();
  for (const event of text(0, "a")) recorder.push(event);
  const { turn } = recorder;
  for (const event of [...text(1, "b")]) recorder.push(event);
  expect(turn).toEqual({ role: "assistant", content: [{ type: "text", text: "a" }] });
});

test("a recorded answer is kept whole", () => {
  expect(record(replay(recorded("calls"), { names: toolNames(["f", "g"]) }).events)).toEqual([
    { type: "thinking", text: "Let me", signature: "c2ln" },
    { type: "text", text: "First f" },
    { type: "tool-call", id: "toolu_1", name: "f", args: '{"a": 1}' },
    { type: "text", text: "then g" },
    { type: "tool-call", id: "toolu_2", name: "g", args: '{"b":[]}' },
  ]);
});
