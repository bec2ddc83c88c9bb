import { describe, expect, test } from "bun:test";
import { OpenCalls } from "../../../src/api/conversation/open-calls.ts";

describe("a call that has an id and a name", () => {
  test("is answered once, by whichever", () => {
    const calls = new OpenCalls(true);
    calls.assistantSaid([
      { id: "1", name: "f" },
      { id: "2", name: "f" },
      { id: "1", name: "g" },
    ]);
    calls.answer("1", "messages[1].tool_call_id");
    expect(calls.answerByName("f", "messages[2].name")).toBe("2");
    expect(() => calls.answer("2", "messages[3].tool_call_id")).toThrow("has its result already");
    expect(() => calls.answerByName("f", "messages[3].name")).toThrow("has its result already");
    calls.answer("1", "messages[3].tool_call_id");
    expect(() => calls.answer("1", "messages[4].tool_call_id")).toThrow("has its result already");
  });

  test("of an earlier turn is not open any more", () => {
    const calls = new OpenCalls(true);
    calls.assistantSaid([{ id: "1", name: "f" }]);
    calls.userSaid();
    calls.assistantSaid([{ id: "2", name: "g" }]);
    expect(() => calls.answer("1", "messages[3].tool_call_id")).toThrow('calls "2"');
    expect(() => calls.answerByName("f", "messages[3].name")).toThrow('calls "g"');
  });
});

// Well under a second; with time that grows by the square it is minutes.
test("many calls, of one message or of many, take no more time for each", () => {
  const calls = new OpenCalls(true);
  const ids = Array.from({ length: 100_000 }, (_, index) => `${index}`);
  for (const id of ids) calls.assistantSaid([{ id, name: "f" }]);
  for (const id of ids.toReversed().slice(0, -1)) calls.answer(id, "messages[1]");
  expect(calls.answerByName("f", "messages[2].name")).toBe("0");
});
