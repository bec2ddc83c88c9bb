import { describe, expect, test } from "bun:test";
import type { Role, Turn } from "../../../../src/core/request.ts";
import { MISSING_RESULT } from "../../../../src/core/tool-calls.ts";
import { PDF, PNG } from "../../../support/media.ts";
import { assistant, decode, refusalOf, text, toolResult, toolUse, user } from "../decode-body.ts";

const turn = (role: Role, ...content: object[]) => ({ role, content }) as Turn;
const turnsOf = (...messages: object[]) => decode({ messages }).request.turns;
const call = (id: string, args = "{}") => ({ type: "tool-call", id, name: "f", args });
const result = (callId: string, ...content: object[]) => ({ type: "tool-result", callId, content });

describe("messages become native turns:", () => {
  test.each<[string, object[], Turn[]]>([
    ["a text", [user("a")], [turn("user", text("a"))]],
    ["a block for each", [user([text("a"), text("b")])], [turn("user", text("a"), text("b"))]],
    ["neighbours as one", [user("a"), user([text("b")])], [turn("user", text("a"), text("b"))]],
    [
      "thinking in its places",
      [
        user("a"),
        assistant({ type: "thinking", thinking: "t", signature: "s" }, text("b")),
        assistant({ type: "redacted_thinking", data: "d" }, toolUse("1")),
        user([toolResult("1", "c")]),
      ],
      [
        turn("user", text("a")),
        turn(
          "assistant",
          { type: "thinking", text: "t", signature: "s" },
          text("b"),
          { type: "thinking", redacted: "d" },
          call("1"),
        ),
        turn("user", result("1", text("c"))),
      ],
    ],
    [
      "no thinking of which nothing came",
      [
        user("a"),
        assistant(text("b"), { type: "thinking", thinking: "t", signature: "s" }),
        user("c"),
        assistant({ type: "redacted_thinking", data: "d" }),
        user("e"),
      ],
      [turn("user", text("a")), turn("assistant", text("b")), turn("user", text("c"), text("e"))],
    ],
    [
      "thinking that is no text as some that has no signature",
      [user("a"), assistant({ type: "thinking", thinking: 1, signature: null }, text("b")), user("c")],
      [
        turn("user", text("a")),
        turn("assistant", { type: "thinking", text: "", signature: "" }, text("b")),
        turn("user", text("c")),
      ],
    ],
    [
      "calls and results, in the calls' order, before what else the user says",
      [
        user("a"),
        assistant(text("b"), toolUse("1", { x: [1, null] }), toolUse("2")),
        user([text("c"), toolResult("2", "two"), toolResult("1", [text("one"), text(" ")])]),
      ],
      [
        turn("user", text("a")),
        turn("assistant", text("b"), call("1", '{"x":[1,null]}'), call("2")),
        turn("user", result("1", text("one ")), result("2", text("two")), text("c")),
      ],
    ],
    [
      "a failed result, an empty one, and none",
      [
        user("a"),
        assistant(toolUse("1"), toolUse("2"), toolUse("3")),
        user([toolResult("1", "boom", { is_error: true }), toolResult("2", undefined, { is_error: false })]),
      ],
      [
        turn("user", text("a")),
        turn("assistant", call("1"), call("2"), call("3")),
        turn("user", { ...result("1", text("boom")), isError: true }, result("2"), {
          ...result("3", text(MISSING_RESULT)),
          isError: true,
        }),
      ],
    ],
    [
      "arguments that are no object as the model wrote them",
      [user("a"), assistant(toolUse("1", { INVALID_JSON: '{"a":' })), user([toolResult("1", "x")])],
      [turn("user", text("a")), turn("assistant", call("1", '{"a":')), turn("user", result("1", text("x")))],
    ],
  ])("%s", (_, messages, turns) => {
    expect(turnsOf(...messages)).toEqual(turns);
  });
});

describe("the system prompt is", () => {
  test.each<[string, object, string]>([
    ["a text", { system: "Be brief." }, "Be brief."],
    ["texts, with an empty line between", { system: [text("a"), text(" "), text("b")] }, "a\n\nb"],
    [
      "followed by messages of role system that come before the first user's",
      { system: "a", messages: [{ role: "system", content: [text("b")] }, user("x")] },
      "a\n\nb",
    ],
  ])("%s", (_, fields, system) => {
    expect(decode(fields).request.system).toBe(system);
  });

  test("not what messages of role system say later, which stays in its place as a reminder", () => {
    const later = { role: "system", content: [text("b"), text(" "), text("c")] };
    const messages = [user("x"), assistant(toolUse("1")), user([toolResult("1", "y")]), later];
    const { system, turns } = decode({ system: "a", messages }).request;
    expect(system).toBe("a");
    const reminders = ["b", "c"].map((words) => text(`<system-reminder>\n${words}\n</system-reminder>`));
    expect(turns.at(-1)).toEqual(turn("user", result("1", text("y")), ...reminders));
  });
});

const IMAGE = { type: "image", mediaType: "image/png", data: PNG, width: 1, height: 1 };
const base64Image = (data: string) => ({ type: "image", source: { type: "base64", media_type: "image/jpeg", data } });
const urlImage = (url: string) => ({ type: "image", source: { type: "url", url } });

describe("images are", () => {
  test("what their content says, whatever their label, also in results", () => {
    expect(turnsOf(user([base64Image(PNG)]))).toEqual([turn("user", IMAGE)]);
    const answered = turnsOf(user("a"), assistant(toolUse("1")), user([toolResult("1", [base64Image(PNG)])]));
    expect(answered[2]).toEqual(turn("user", result("1", IMAGE)));
  });

  test("what a data URL holds, though Anthropic has base64 in a place of its own", () => {
    expect(turnsOf(user([urlImage(`data:image/png;base64,${PNG}`)]))).toEqual([turn("user", IMAGE)]);
  });

  test("left to Anthropic to get where they are named by URL, also in results", () => {
    const image = urlImage("https://example.com/a.png");
    const native = { type: "native", block: image };
    expect(turnsOf(user([image]))).toEqual([turn("user", native)]);
    const answered = turnsOf(user("a"), assistant(toolUse("1")), user([toolResult("1", [image])]));
    expect(answered[2]).toEqual(turn("user", result("1", native)));
  });
});

describe("documents are", () => {
  const document = (source: object, title?: string) => ({ type: "document", source, ...(title ? { title } : {}) });
  test.each<[string, object, object]>([
    [
      "a PDF",
      document({ type: "base64", media_type: "application/pdf", data: PDF }, "a.pdf"),
      { type: "document", title: "a.pdf", source: { type: "pdf", data: PDF } },
    ],
    [
      "plain text",
      document({ type: "text", media_type: "text/plain", data: "words" }),
      { type: "document", source: { type: "text", text: "words" } },
    ],
  ])("%s", (_, block, expected) => {
    expect(turnsOf(user([block]))).toEqual([turn("user", expected)]);
  });
});

describe("a conversation is refused with the field:", () => {
  const called = [user("a"), assistant(toolUse("1"))];
  const inFirst = (block: object) => [user([block])];
  test.each<[string, object[], string]>([
    ["that ends with calls", called, "messages: The conversation ends with tool calls (messages[1])"],
    ["that asks nothing", [user(" ")], "messages[0].content: "],
    ["with a broken image", inFirst(base64Image("%%%")), "messages[0].content[0].source.data: "],
    ["with an image that is none", inFirst(base64Image("aaaa")), "messages[0].content[0].source.data: "],
    ["with an image on this machine", inFirst(urlImage("file:///x")), "messages[0].content[0].source.url: "],
    [
      "with a PDF that is none",
      inFirst({ type: "document", source: { type: "base64", media_type: "application/pdf", data: "aaaa" } }),
      "messages[0].content[0].source.data: ",
    ],
    [
      "with an empty document",
      inFirst({ type: "document", source: { type: "text", media_type: "text/plain", data: " " } }),
      "messages[0].content[0].source.data: ",
    ],
  ])("%s", (_, messages, message) => {
    expect(refusalOf({ messages })).toStartWith(message);
  });

  test.each<[string, object[], string]>([
    ["that ends with an answer", [user("a"), assistant(text("b"))], "messages: The conversation must end with a user"],
    [
      "with a result of no call",
      [...called, user([text("x"), toolResult("2", "x")])],
      'messages[2].content[1].tool_use_id: \'messages[2].content[1].tool_use_id\' is "2", but the assistant turn before it calls "1".',
    ],
    [
      "with two results of one call",
      [...called, user([toolResult("1", "x"), toolResult("1", "y")])],
      "messages[2].content[1].tool_use_id: ",
    ],
  ])("%s, where the server is strict", (_, messages, message) => {
    expect(refusalOf({ messages }, true)).toStartWith(message);
  });
});
