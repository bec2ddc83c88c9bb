import { describe, expect, test } from "bun:test";
import { reportIgnored } from "../../../../src/api/fields/ignored-fields.ts";
import { withModel } from "../../../../src/api/fields/shared-fields.ts";
import { Notes } from "../../../../src/api/lenient/rewrite.ts";
import { accept } from "../../../../src/api/openai-chat/decode/accept-body.ts";
import { decodeRequest } from "../../../../src/api/openai-chat/decode/request.ts";
import { normalizeChat } from "../../../../src/api/openai-chat/normalize/body.ts";
import { ApiError } from "../../../../src/core/error.ts";
import { atOnce } from "../../../../src/core/pace.ts";
import { CHAT_SPELLINGS } from "../../../support/chat-spellings/all.ts";

const bodyOf = (fields: object) => ({ model: "opus", messages: [{ role: "user", content: "q" }], ...fields });

function read(fields: object) {
  const { chat, ignored } = atOnce(accept(bodyOf(fields)));
  const { adjusted, ...decoded } = atOnce(decodeRequest(withModel(chat, "opus")));
  return { decoded, ignored: [...ignored, ...adjusted] };
}

describe.each(Object.entries(CHAT_SPELLINGS))("the same as the textbook's is, of %s,", (_, spellings) => {
  test.each(spellings.map((each) => [each.title, each] as const))("%s", (_title, { sent, textbook, ignored = [] }) => {
    const before = JSON.stringify(sent);
    const { decoded, ignored: named } = read(sent);
    expect(decoded).toEqual(read(textbook).decoded);
    expect([...named].sort()).toEqual([...ignored].sort());
    expect(JSON.stringify(sent)).toBe(before);
  });
});

const refusalOf = (fields: object, strict: boolean): string | undefined => {
  try {
    const { chat, ignored } = atOnce(accept(bodyOf(fields), strict));
    const { adjusted } = atOnce(decodeRequest(withModel(chat, "opus"), { strict }));
    return reportIgnored([...ignored, ...adjusted], strict) && undefined;
  } catch (error) {
    if (error instanceof ApiError) return error.param;
    throw error;
  }
};

describe("a strict server", () => {
  test.each(Object.entries(CHAT_SPELLINGS))("refuses, of %s, whatever is not the textbook's", (_, spellings) => {
    const accepted = spellings.filter(({ sent }) => refusalOf(sent, true) === undefined).map(({ title }) => title);
    expect(accepted).toEqual(TEXTBOOK_TOO.filter((title) => spellings.some((each) => each.title === title)));
  });

  test("takes every textbook form of them", () => {
    const refused = Object.values(CHAT_SPELLINGS)
      .flat()
      .filter(({ textbook }) => refusalOf(textbook, true) !== undefined);
    expect(refused.map(({ title }) => title)).toEqual([]);
  });
});

/** What the table has beside the textbook's form because it must mean the same, not because it is another. */
const TEXTBOOK_TOO = [
  "tool: null",
  "call: told in the old form, too",
  "two messages with calls are answered together",
  "an assistant's message that is empty",
  "tools: parameters of null",
  "tools: parameters of undefined",
  "tools: a description of null",
  "tool_choice: null",
  JSON.stringify({ max_tokens: null, max_completion_tokens: null }),
];

test("a textbook's body stays the same object, down to its parts", () => {
  for (const { textbook } of Object.values(CHAT_SPELLINGS).flat()) {
    const body = bodyOf(textbook);
    const notes = new Notes();
    expect(atOnce(normalizeChat(body, notes))).toBe(body);
    expect(notes.names).toEqual([]);
  }
});

describe("refused by its field, since it is not plain what is meant, is", () => {
  const messages = (...said: unknown[]) => ({ messages: [{ role: "user", content: "q" }, ...said] });
  const user = (content: unknown) => messages({ role: "user", content });

  test.each<[string, object, string]>([
    ["a role that nobody has", messages({ role: "critic", content: "a" }), "messages[1].role"],
    ["one message of several without a role", messages({ content: "a" }), "messages[1].role"],
    ["an object that is no part", user({ foo: 1 }), "messages[1].content"],
    ["a part without what its type promises", user([{ type: "text" }]), "messages[1].content[0].text"],
    ["an image without its bytes", user([{ type: "image_url" }]), "messages[1].content[0].image_url"],
    ["a picture by a path", user([{ type: "image_url", image_url: "a.png" }]), "messages[1].content[0].image_url.url"],
    [
      "sound alone",
      { messages: [{ role: "user", content: [{ type: "input_audio", input_audio: {} }] }] },
      "messages[0].content",
    ],
    [
      "sound alone behind an answer",
      messages({ role: "assistant", content: "x" }, { role: "user", content: [{ type: "input_audio" }] }),
      "messages[2].content",
    ],
    ["a file by its id", user([{ type: "input_file", file_id: "file-1" }]), "messages[1].content[0].file.file_id"],
    ["a tool without a name", { tools: [{ type: "function", description: "F" }] }, "tools[0].function"],
    ["a tool that is no object", { tools: ["f"] }, "tools[0]"],
    [
      "two tools of one name that differ",
      {
        tools: [
          { name: "f", input_schema: {} },
          { name: "f", description: "F" },
        ],
      },
      "tools[1].function.name",
    ],
    ["functions beside other tools", { tools: [{ name: "f" }], functions: [{ name: "g" }] }, "functions"],
    ["a choice that nobody knows", { tools: [{ name: "f" }], tool_choice: "sometimes" }, "tool_choice"],
    [
      "a choice of a tool that is not there",
      { tools: [{ name: "f" }], tool_choice: { type: "tool", name: "g" } },
      "tool_choice.function.name",
    ],
    ["an effort that nobody knows", { reasoning_effort: "heroic" }, "reasoning_effort"],
    ["an effort that is a number", { reasoning_effort: 7 }, "reasoning_effort"],
    ["a format that nobody knows", { response_format: { type: "grammar", grammar: "x" } }, "response_format.type"],
    ["half a token", { max_tokens: 0.5 }, "max_tokens"],
    ["a negative number of answers", { n: -1 }, "n"],
    ["a spoken answer", { modalities: ["text", "audio"] }, "modalities[1]"],
  ])("%s", (_, fields, param) => {
    expect(refusalOf(fields, false)).toBe(param);
  });
});
