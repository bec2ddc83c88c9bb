import { describe, expect, test } from "bun:test";
import type { Role, Turn } from "../../../../src/core/request.ts";
import { decode, refusalOf } from "../decode-body.ts";

const turn = (role: Role, ...texts: string[]): Turn => ({
  role,
  content: texts.map((text) => ({ type: "text", text })),
});
const user = (...texts: string[]) => turn("user", ...texts);
const assistant = (...texts: string[]) => turn("assistant", ...texts);
const part = (text: string) => ({ type: "text", text });

const conversationOf = (...messages: object[]) => {
  const { system, turns } = decode({ messages }).request;
  return { system, turns };
};

describe("messages become native turns:", () => {
  const cases: [string, object[], Turn[]][] = [
    ["a question", [{ role: "user", content: "hi" }], [user("hi")]],
    [
      "a conversation",
      [
        { role: "user", content: "a" },
        { role: "assistant", content: "b" },
        { role: "user", content: "c" },
      ],
      [user("a"), assistant("b"), user("c")],
    ],
    ["one block for each part", [{ role: "user", content: [part("a"), part("b")] }], [user("a", "b")]],
    [
      "several messages of one role in a row as one turn",
      [
        { role: "user", content: "a" },
        { role: "user", content: [part("b"), part("c")] },
      ],
      [user("a", "b", "c")],
    ],
    [
      "texts byte for byte",
      [{ role: "user", content: "  @/etc/hosts \r\n\u0000😀 " }],
      [user("  @/etc/hosts \r\n\u0000😀 ")],
    ],
    ["no block for an empty part", [{ role: "user", content: [part(""), part("a"), part("")] }], [user("a")]],
    [
      "a leading assistant message too, behind a word of the user's",
      [
        { role: "assistant", content: "Hello!" },
        { role: "user", content: "hi" },
      ],
      [user("[The conversation begins with your message.]"), assistant("Hello!"), user("hi")],
    ],
  ];
  test.each(cases)("%s", (_, messages, turns) => {
    expect(conversationOf(...messages)).toEqual({ system: "", turns });
  });
});

describe("an assistant message", () => {
  const between = (message: object) =>
    conversationOf({ role: "user", content: "a" }, { role: "assistant", ...message }, { role: "user", content: "b" })
      .turns;

  test.each<[string, object]>([
    ["of null", { content: null }],
    ["without content", {}],
    ["of no characters", { content: "" }],
    ["of white space", { content: " \n" }],
    ["of no parts", { content: [] }],
    ["of empty parts", { content: [part("")] }],
  ])("%s says nothing: the turns around it are one", (_, message) => {
    expect(between(message)).toEqual([user("a", "b")]);
  });

  test("that refused, says its refusal", () => {
    expect(between({ content: null, refusal: "I can not." })).toEqual([user("a"), assistant("I can not."), user("b")]);
    expect(between({ content: [{ type: "refusal", refusal: "I can not." }] })).toEqual([
      user("a"),
      assistant("I can not."),
      user("b"),
    ]);
  });

  test("with text and an empty refusal says its text", () => {
    expect(between({ content: "c", refusal: null })).toEqual([user("a"), assistant("c"), user("b")]);
  });
});

describe("instructions", () => {
  const question = { role: "user", content: "hi" };

  test.each(["system", "developer"])("of the role %s go to the system prompt", (role) => {
    expect(conversationOf({ role, content: "Be brief." }, question)).toEqual({
      system: "Be brief.",
      turns: [user("hi")],
    });
  });

  const said = (role: string, content: string) => ({ role, content });
  const reminder = (words: string) => `<system-reminder>\n${words}\n</system-reminder>`;

  test("of several messages before the first user's are joined in their order", () => {
    const messages = [said("system", "one"), said("assistant", "hello"), said("developer", "two"), said("user", "a")];
    const { system, turns } = conversationOf(...messages);
    expect(system).toBe("one\n\ntwo");
    expect(turns.slice(-2)).toEqual([assistant("hello"), user("a")]);
  });

  test.each<[string, object[], Turn[]]>([
    [
      "at their place in the user's turn",
      [said("user", "a"), said("system", "S"), said("user", "b")],
      [user("a", reminder("S"), "b")],
    ],
    [
      "behind an answer, at the beginning of the next turn",
      [said("user", "a"), said("assistant", "b"), said("developer", "S"), said("user", "c")],
      [user("a"), assistant("b"), user(reminder("S"), "c")],
    ],
    [
      "at the end",
      [said("user", "a"), said("system", "S"), said("system", "T")],
      [user("a", reminder("S"), reminder("T"))],
    ],
    [
      "as they are, where they say themselves what they are",
      [said("user", "a"), said("system", reminder("S"))],
      [user("a", reminder("S"))],
    ],
    [
      "without parting what the assistant says",
      [said("user", "a"), said("assistant", "b"), said("system", "S"), said("assistant", "c"), said("user", "d")],
      [user("a"), assistant("b", "c"), user(reminder("S"), "d")],
    ],
    [
      "as the question, where it is the last word after an answer",
      [said("user", "a"), said("assistant", "b"), said("system", "S"), said("system", "Go on.")],
      [user("a"), assistant("b"), user(reminder("S"), "Go on.")],
    ],
  ])("after the first user's stand in the turns: %s", (_, messages, turns) => {
    expect(conversationOf(said("system", "P"), ...messages)).toEqual({ system: "P", turns });
  });

  test("of several parts are joined like several messages", () => {
    expect(conversationOf({ role: "system", content: [part("one"), part("two")] }, question).system).toBe("one\n\ntwo");
  });

  test.each([
    ["x-anthropic-billing-header: mine", ""],
    ["You are Claude Code, Anthropic's official CLI for Claude.", ""],
    ["You are a Claude agent, built on Anthropic's Claude Agent SDK.", ""],
    ["You are a Claude agent, built on Anthropic's Claude Agent SDK.\nAnd more.", "And more."],
  ])("are without what the CLI says of itself, as it will again: %j", (content, system) => {
    expect(conversationOf({ role: "system", content }, question).system).toBe(system);
  });

  test("keep their white space, but count as none when they are nothing else", () => {
    expect(
      conversationOf(
        { role: "system", content: " \n" },
        { role: "system", content: " S\n" },
        { role: "system", content: "" },
        question,
      ).system,
    ).toBe(" S\n");
  });
});

describe("a request of instructions alone", () => {
  test("asks with its only one, and has no system prompt", () => {
    expect(conversationOf({ role: "system", content: "Tell a joke." })).toEqual({
      system: "",
      turns: [user("Tell a joke.")],
    });
  });

  test("asks with the last of several", () => {
    expect(
      conversationOf({ role: "system", content: "Be brief." }, { role: "developer", content: "Tell a joke." }),
    ).toEqual({ system: "Be brief.", turns: [user("Tell a joke.")] });
  });

  test("that is empty is refused", () => {
    expect(refusalOf({ messages: [{ role: "system", content: " " }] })).toMatchObject({
      code: "invalid_request",
      param: "messages",
      message:
        "The conversation must end with a user message that has content, or with the results of tool calls, but all are empty.",
    });
  });
});

describe("where the last word is the assistant's, the rest of it is asked for:", () => {
  const asked = { role: "user", content: "a" };
  const begun = { role: "assistant", content: "b " };

  test.each<[string, object[]]>([
    ["plainly", [asked, begun]],
    ["as Mistral's clients say it", [asked, { ...begun, prefix: true }]],
    ["with a blank instruction behind it", [asked, begun, { role: "system", content: " " }]],
  ])("%s", (_, messages) => {
    const { request, ignored } = decode({ messages });
    expect(request).toMatchObject({ turns: [user("a"), assistant("b "), { role: "user" }], continues: "b " });
    expect(ignored).toEqual(["messages.continuation"]);
  });

  test("also where it is the only one", () => {
    expect(decode({ messages: [begun] }).request).toMatchObject({ continues: "b " });
  });
});

describe("refused by a strict server is a conversation that ends with", () => {
  test.each<[string, object[], string]>([
    [
      "an assistant message",
      [
        { role: "user", content: "a" },
        { role: "assistant", content: "b" },
      ],
      "messages[1]",
    ],
    ["nothing but an assistant message", [{ role: "assistant", content: "b" }], "messages[0]"],
  ])("%s", (_, messages, path) => {
    const refusal = refusalOf({ messages }, { strict: true });
    expect(refusal).toMatchObject({ code: "invalid_request", param: "messages" });
    expect(refusal.message).toContain(`${path} is from the assistant`);
  });
});

describe("refused, since the model would be asked nothing, is a conversation that ends with", () => {
  const cases: [string, object[], string, string][] = [
    [
      "an only user message without text",
      [{ role: "user", content: "" }],
      "messages[0].content",
      "messages[0].content is empty",
    ],
    [
      "a user message of white space after an answer",
      [
        { role: "user", content: "a" },
        { role: "assistant", content: "b" },
        { role: "user", content: " \n" },
      ],
      "messages[2].content",
      "messages[2].content is empty",
    ],
    [
      "a user message without parts",
      [{ role: "user", content: [] }],
      "messages[0].content",
      "messages[0].content is empty",
    ],
  ];
  test.each(cases)("%s", (_, messages, param, words) => {
    const refusal = refusalOf({ messages });
    expect({ code: refusal.code, param: refusal.param }).toEqual({ code: "invalid_request", param });
    expect(refusal.message).toContain(words);
  });

  test("but not one that ends with an assistant message without a word: the question before it stands", () => {
    expect(conversationOf({ role: "user", content: "a" }, { role: "assistant", content: "" }).turns).toEqual([
      user("a"),
    ]);
  });
});
