import { expect, test } from "bun:test";
import { AnswerRecorder } from "../../../src/claude/turn/answer.ts";
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

test("an answer is kept block by block, without the thinking, which no client sends back", () => {
  const events = [
    START,
    ...reasoning(0, "Let ", "me"),
    ...text(1, "a", "b"),
    ...call(2, "toolu_1", "f", '{"a"', ":1}"),
    ...text(3, "c"),
    finish("tool-calls", "tool_use"),
  ];
  expect(record(events)).toEqual([
    { type: "text", text: "ab" },
    { type: "tool-call", id: "toolu_1", name: "f", args: '{"a":1}' },
    { type: "text", text: "c" },
  ]);
});

test("what is not written is empty, and an answer without blocks has no content", () => {
  expect(record([START, ...text(0), ...call(1, "toolu_1", "f")])).toEqual([
    { type: "text", text: "" },
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
    { type: "text", text: "First f" },
    { type: "tool-call", id: "toolu_1", name: "f", args: '{"a": 1}' },
    { type: "text", text: "then g" },
    { type: "tool-call", id: "toolu_2", name: "g", args: '{"b":[]}' },
  ]);
});
