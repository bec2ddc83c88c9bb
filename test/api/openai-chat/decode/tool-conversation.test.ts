import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { ApiError } from "../../../../src/core/error.ts";
import type { ContentBlock, Turn } from "../../../../src/core/request.ts";
import { anyCharacter } from "../../../support/any-character.ts";
import { PNG } from "../../../support/media.ts";
import { decode, refusalOf } from "../decode-body.ts";

const turnsOf = (...messages: object[]) => decode({ messages }).request.turns;
const text = (content: string): ContentBlock => ({ type: "text", text: content });
const call = (id: string, args = "{}", name = "f"): ContentBlock => ({ type: "tool-call", id, name, args });
const result = (callId: string, ...content: string[]): ContentBlock => ({
  type: "tool-result",
  callId,
  content: content.map((piece) => ({ type: "text", text: piece })),
});
const user = (...content: ContentBlock[]): Turn => ({ role: "user", content });
const assistant = (...content: ContentBlock[]): Turn => ({ role: "assistant", content });

const asks = { role: "user", content: "q" };
const wireCall = (id: string, args = "{}", name = "f") => ({
  id,
  type: "function",
  function: { name, arguments: args },
});
const calls = (...tool_calls: object[]) => ({ role: "assistant", content: null, tool_calls });
const answers = (tool_call_id: string, content: unknown = `result of ${tool_call_id}`) => ({
  role: "tool",
  tool_call_id,
  content,
});

describe("calls and results become native blocks:", () => {
  test.each<[string, object[], Turn[]]>([
    [
      "one call, and the question goes on",
      [asks, calls(wireCall("a")), answers("a"), { role: "user", content: "and?" }],
      [user(text("q")), assistant(call("a")), user(result("a", "result of a"), text("and?"))],
    ],
    [
      "a conversation may end with results, which are put in the order of the calls",
      [asks, calls(wireCall("a"), wireCall("b")), answers("b"), answers("a")],
      [user(text("q")), assistant(call("a"), call("b")), user(result("a", "result of a"), result("b", "result of b"))],
    ],
    [
      "text stands before the calls of its message, and results before what the user says",
      [asks, { ...calls(wireCall("a")), content: "Let me see." }, { role: "user", content: "Go on." }, answers("a")],
      [user(text("q")), assistant(text("Let me see."), call("a")), user(result("a", "result of a"), text("Go on."))],
    ],
    [
      "instructions beside the results stand behind them, and between calls part none from its result",
      [
        asks,
        calls(wireCall("a")),
        { role: "system", content: "S" },
        calls(wireCall("b")),
        answers("a"),
        { role: "system", content: "T" },
        answers("b"),
      ],
      [
        user(text("q")),
        assistant(call("a"), call("b")),
        user(
          result("a", "result of a"),
          result("b", "result of b"),
          text("<system-reminder>\nS\n</system-reminder>"),
          text("<system-reminder>\nT\n</system-reminder>"),
        ),
      ],
    ],
    [
      "calls of neighbouring messages are of one turn",
      [asks, calls(wireCall("a")), calls(wireCall("b")), answers("a"), answers("b")],
      [user(text("q")), assistant(call("a"), call("b")), user(result("a", "result of a"), result("b", "result of b"))],
    ],
    [
      "ids counted anew in each turn are made unique",
      [asks, calls(wireCall("0")), answers("0", "x"), calls(wireCall("0")), answers("0", "y")],
      [user(text("q")), assistant(call("0")), user(result("0", "x")), assistant(call("0-2")), user(result("0-2", "y"))],
    ],
    [
      "ids that repeat within a message are answered in its order",
      [asks, calls(wireCall(""), wireCall("")), answers("", "x"), answers("", "y")],
      [user(text("q")), assistant(call(""), call("-2")), user(result("", "x"), result("-2", "y"))],
    ],
    [
      "an empty result has no content, and neither has one of white space",
      [
        asks,
        calls(wireCall("a"), wireCall("b"), wireCall("c")),
        answers("a", ""),
        answers("b", " \n"),
        answers("c", null),
      ],
      [user(text("q")), assistant(call("a"), call("b"), call("c")), user(result("a"), result("b"), result("c"))],
    ],
    [
      "a result of parts has a block for each",
      [
        asks,
        calls(wireCall("a")),
        answers("a", [
          { type: "text", text: "x" },
          { type: "text", text: "y" },
        ]),
      ],
      [user(text("q")), assistant(call("a")), user(result("a", "x", "y"))],
    ],
    [
      "a message that only refused is kept as text beside its calls",
      [asks, { ...calls(wireCall("a")), refusal: "No." }, answers("a", "")],
      [user(text("q")), assistant(text("No."), call("a")), user(result("a"))],
    ],
  ])("%s", (_, messages, turns) => {
    expect(turnsOf(...messages)).toEqual(turns);
  });

  test("arguments are kept as they are, whether or not they are JSON", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string({ unit: anyCharacter })), (args) => {
        expect(turnsOf(asks, calls(wireCall("a", args)), answers("a", ""))[1]).toEqual(assistant(call("a", args)));
      }),
    );
  });

  test("a call that got no result is told to have none", () => {
    expect(turnsOf(asks, calls(wireCall("a"), wireCall("b")), answers("b"))[2]?.content).toMatchObject([
      { callId: "a", isError: true },
      { callId: "b", content: [{ text: "result of b" }] },
    ]);
  });

  test("a result may hold an image", () => {
    const url = `data:image/png;base64,${PNG}`;
    const turns = turnsOf(asks, calls(wireCall("a")), answers("a", [{ type: "image_url", image_url: { url } }]));
    expect(turns[2]).toEqual(
      user({
        type: "tool-result",
        callId: "a",
        content: [{ type: "image", mediaType: "image/png", data: PNG, width: 1, height: 1 }],
      }),
    );
  });

  test("thinking that a client kept is left out", () => {
    const kept = { ...calls(wireCall("a")), reasoning_content: "I think", reasoning: "I think" };
    expect(turnsOf(asks, kept, answers("a"))).toEqual(turnsOf(asks, calls(wireCall("a")), answers("a")));
  });
});

describe("a message of the role function, as there was before tools,", () => {
  const calling = (name: string, args = "{}") => ({
    role: "assistant",
    content: null,
    function_call: { name, arguments: args },
  });
  const answering = (name: string, content: string | null = "r") => ({ role: "function", name, content });

  test("answers the call of its name; ids are made of the place in the conversation", () => {
    expect(turnsOf(asks, calling("f", "x"), answering("f"), calling("f"), answering("f", null))).toEqual([
      user(text("q")),
      assistant(call("call_legacy_1", "x")),
      user(result("call_legacy_1", "r")),
      assistant(call("call_legacy_3")),
      user(result("call_legacy_3")),
    ]);
  });

  test("answers the calls of its name in their order", () => {
    const turns = turnsOf(asks, calling("f"), calling("g"), calling("f"), answering("f", "1"), answering("f", "2"));
    expect(turns[2]?.content).toMatchObject([
      { callId: "call_legacy_1", content: [{ text: "1" }] },
      { callId: "call_legacy_2", isError: true },
      { callId: "call_legacy_3", content: [{ text: "2" }] },
    ]);
  });

  test("also a call in the new form", () => {
    expect(turnsOf(asks, calls(wireCall("a")), answering("f"))[2]).toEqual(user(result("a", "r")));
  });

  test("is told as text when no call has its name, and refused by a strict server", () => {
    const messages = [asks, calling("f"), answering("g")];
    expect(turnsOf(...messages)[2]?.content.at(-1)).toEqual(text("[Result of the earlier tool call g]\nr"));
    const refusal = refusalOf({ messages }, { strict: true });
    expect(refusal).toMatchObject({ code: "invalid_request", param: "messages[2].name" });
    expect(refusal.message).toContain('calls "f"');
  });
});

describe("a result is refused by a strict server, by its field,", () => {
  test.each<[string, object[], number, string]>([
    ["when nothing was called", [asks, answers("a")], 1, "has none"],
    ["when another id was called", [asks, calls(wireCall("a"), wireCall("b")), answers("c")], 2, 'calls "a", "b"'],
    ["when the call has its result", [asks, calls(wireCall("a")), answers("a"), answers("a")], 3, "already"],
    [
      "when the assistant said something since",
      [asks, calls(wireCall("a")), answers("a"), { role: "assistant", content: "ok" }, answers("a")],
      4,
      "has none",
    ],
    [
      "when it answers the turn before the last",
      [asks, calls(wireCall("a")), asks, calls(wireCall("b")), answers("b"), answers("a")],
      5,
      'calls "b"',
    ],
  ])("%s", (_, messages, index, words) => {
    const refusal = refusalOf({ messages }, { strict: true });
    expect(refusal).toMatchObject({ code: "invalid_request", param: `messages[${index}].tool_call_id` });
    expect(refusal.message).toContain(words);
  });
});

test("a conversation that ends with calls is refused: their results must follow", () => {
  const refusal = refusalOf({ messages: [asks, calls(wireCall("a")), { role: "system", content: "S" }] });
  expect(refusal).toMatchObject({ code: "invalid_request", param: "messages" });
  expect(refusal.message).toContain("(messages[1]): their results must follow");
});

test.each([
  ["or a message is named, where the server is strict", true],
  ["and only a conversation that ends with calls or with nothing is refused", false],
])("whatever the order of calls and results: turns alternate, results answer the turn before, %s", (_, strict) => {
  const id = fc.constantFrom("", "a", "b", "c");
  const message = fc.oneof(
    fc.constantFrom("", " ", "t").map((content) => ({ role: "user", content })),
    fc.constantFrom("", "t").map((content) => ({ role: "assistant", content })),
    fc.array(id, { maxLength: 3 }).map((ids) => calls(...ids.map((each) => wireCall(each)))),
    id.map((each) => answers(each)),
    fc.constant({ role: "system", content: "S" }),
  );
  fc.assert(
    fc.property(fc.array(message, { minLength: 1, maxLength: 10 }), (messages) => {
      try {
        const { turns } = decode({ messages }, { strict }).request;
        expect(turns.at(-1)?.role).toBe("user");
        for (const [index, { role, content }] of turns.entries()) {
          const before = turns[index - 1];
          expect(before?.role).not.toBe(role);
          const called = (before?.content ?? []).flatMap((block) => (block.type === "tool-call" ? [block.id] : []));
          expect(content.flatMap((block) => (block.type === "tool-result" ? [block.callId] : []))).toEqual(called);
        }
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        expect(error.param).toMatch(
          strict ? /^messages(\[\d+\]\.(tool_call_id|content))?$/ : /^messages(\[\d+\]\.content)?$/,
        );
        // The core's own error names no message; it is never the one that is told.
        expect(error.message).not.toContain("A tool result names the call");
      }
    }),
    { numRuns: 200 },
  );
});
