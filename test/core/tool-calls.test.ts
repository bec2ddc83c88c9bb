import { describe, expect, test } from "bun:test";
import { atOnce } from "../../src/core/pace.ts";
import type { ContentBlock, ToolResultBlock, Turn } from "../../src/core/request.ts";
import { MISSING_RESULT, pairToolCalls as pairing, toolCallsOf, toolResultsOf } from "../../src/core/tool-calls.ts";

const pairToolCalls = (turns: readonly Turn[]) => atOnce(pairing(turns));

const text = (words: string): ContentBlock => ({ type: "text", text: words });
const call = (id: string, args = "{}"): ContentBlock => ({ type: "tool-call", id, name: "f", args });
const result = (callId: string, words = `of ${callId}`): ToolResultBlock => ({
  type: "tool-result",
  callId,
  content: [{ type: "text", text: words }],
});
const missing = (callId: string): ContentBlock => ({
  type: "tool-result",
  callId,
  content: [{ type: "text", text: "No result was given for this call." }],
  isError: true,
});
const user = (...content: ContentBlock[]): Turn => ({ role: "user", content });
const assistant = (...content: ContentBlock[]): Turn => ({ role: "assistant", content });

describe("pairToolCalls", () => {
  test("leaves a conversation alone that is already in form", () => {
    const turns = [
      user(text("q")),
      assistant(text("a"), call("1"), call("2")),
      user(result("1"), result("2"), text("and")),
      assistant(call("3")),
      user({ ...result("3"), isError: true }),
    ];
    expect(pairToolCalls(turns)).toEqual(turns);
  });

  test("puts results in the order of their calls, and before everything else", () => {
    const image: ContentBlock = { type: "image", mediaType: "image/png", data: "iVBO", width: 1, height: 1 };
    expect(
      pairToolCalls([assistant(call("1"), call("2")), user(text("x"), result("2"), image, result("1"), text("y"))]),
    ).toEqual([assistant(call("1"), call("2")), user(result("1"), result("2"), text("x"), image, text("y"))]);
  });

  test("gives a call without a result one that says so", () => {
    expect(pairToolCalls([assistant(call("1"), call("2"), call("3")), user(result("2"), text("x"))])).toEqual([
      assistant(call("1"), call("2"), call("3")),
      user(missing("1"), result("2"), missing("3"), text("x")),
    ]);
    expect(MISSING_RESULT).toBe("No result was given for this call.");
  });

  test("answers the calls of a turn that the user went past", () => {
    expect(pairToolCalls([assistant(call("1")), user(text("never mind"))])).toEqual([
      assistant(call("1")),
      user(missing("1"), text("never mind")),
    ]);
  });

  test("makes ids unique that are counted anew in every turn, and gives each result to the call of its turn", () => {
    const turns = [assistant(call("1")), user(result("1", "one")), assistant(call("1")), user(result("1", "two"))];
    expect(pairToolCalls(turns)).toEqual([
      assistant(call("1")),
      user(result("1", "one")),
      assistant(call("1-2")),
      user(result("1-2", "two")),
    ]);
  });

  test("makes ids unique within a turn; results belong to them in order", () => {
    expect(pairToolCalls([assistant(call("1"), call("1")), user(result("1", "one"), result("1", "two"))])).toEqual([
      assistant(call("1"), call("1-2")),
      user(result("1", "one"), result("1-2", "two")),
    ]);
  });

  test("passes by ids that are taken when it makes one up", () => {
    const turns = [assistant(call("1"), call("1-2"), call("1")), user(result("1"), result("1-2"), result("1"))];
    expect(pairToolCalls(turns)[0]).toEqual(assistant(call("1"), call("1-2"), call("1-3")));
  });

  test("changes an id that it made up before for another", () => {
    const turns = [assistant(call("1"), call("1")), user(), assistant(call("1-2")), user(result("1-2"))];
    expect(pairToolCalls(turns).slice(2)).toEqual([
      assistant(call("1-2-2")),
      user({ ...result("1-2"), callId: "1-2-2" }),
    ]);
  });

  test.each<[string, string[], string[]]>([
    ["a number behind another's", ["call", "call_1", "call_10"], ["call", "call_1-2", "call_10-2"]],
    [
      "another's without its number, which keeps the id that it had",
      ["call_1", "call", "call"],
      ["call_1", "call-2", "call-3"],
    ],
    ["several numbers", ["a", "a_1_2", "a_1"], ["a", "a_1_2", "a_1-2"]],
    ["nothing but a number", ["", "_2"], ["", "_2-2"]],
    ["digits of another script, which are none here", ["a", "a_١", "a_１"], ["a", "a_١", "a_１"]],
    ["numbers of nobody's", ["call_1", "call_2", "a_", "a"], ["call_1", "call_2", "a_", "a"]],
  ])("parts ids of which one is taken for a part of the other: %s", (_, ids, unique) => {
    const turns = ids.flatMap((id) => [assistant(call(id)), user(result(id, "x"))]);
    const paired = pairToolCalls(turns).flatMap((turn) =>
      turn.content.map((block) => ("callId" in block ? block.callId : "id" in block && block.id)),
    );
    expect(paired).toEqual(unique.flatMap((id) => [id, id]));
  });

  test.each<[string, Turn[]]>([
    ["without any call", [user(result("1"))]],
    ["of another call", [assistant(call("1")), user(result("2"))]],
    ["that comes a second time", [assistant(call("1")), user(result("1"), result("1"))]],
    ["of a call further back", [assistant(call("1")), user(), assistant(text("a")), user(result("1"))]],
    ["that comes before its call", [user(result("1")), assistant(call("1")), user()]],
  ])("refuses a result %s", (_, turns) => {
    expect(() => pairToolCalls(turns)).toThrow(
      expect.objectContaining({
        code: "invalid_request",
        param: "messages",
        message: expect.stringMatching(
          /^A tool result names the call "[12]", but the assistant turn before it has no such/,
        ),
      }),
    );
  });

  test("names an id as JSON, whatever is in it", () => {
    expect(() => pairToolCalls([user(result('"\n'))])).toThrow('names the call "\\"\\n", but');
  });

  test("leaves the turns it was given as they are", () => {
    const given = [assistant(call("1"), call("1")), user(text("x"), result("1"))];
    const before = structuredClone(given);
    pairToolCalls(given);
    expect(given).toEqual(before);
  });

  test("leaves a last turn with open calls open", () => {
    expect(pairToolCalls([user(text("q")), assistant(call("1"))])).toEqual([user(text("q")), assistant(call("1"))]);
  });
});

test("the calls, or results, of a turn are those in it, in their order", () => {
  const calls = [call("2"), call("1")];
  expect(toolCallsOf(assistant(text("a"), ...calls, text("b")))).toEqual(calls as ReturnType<typeof toolCallsOf>);
  expect(toolCallsOf(user(text("a"), result("1")))).toEqual([]);
  expect(toolResultsOf(user(result("2"), result("1"), text("a")))).toEqual([result("2"), result("1")]);
  expect(toolResultsOf(assistant(call("1")))).toEqual([]);
});

// Each of these takes well under a second; with time that grows by the square it is minutes.
const MANY = 50_000;

describe("pairToolCalls takes no more time for each", () => {
  test("of many turns that repeat one id", () => {
    const turns = Array.from({ length: MANY }, () => [assistant(call("1")), user(result("1"))]).flat();
    const paired = pairToolCalls(turns);
    expect(paired.at(-1)).toEqual(user(result(`1-${MANY}`, "of 1")));
  });

  test("of many calls in one turn, answered from the last", () => {
    const ids = Array.from({ length: MANY }, (_, index) => `${index}`);
    const turns = [assistant(...ids.map((id) => call(id))), user(...ids.toReversed().map((id) => result(id)))];
    expect(pairToolCalls(turns)[1]?.content.at(-1)).toEqual(result(`${MANY - 1}`));
  });
});
