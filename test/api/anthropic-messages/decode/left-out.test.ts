import { describe, expect, test } from "bun:test";
import { PDF, PNG } from "../../../support/media.ts";
import { assistant, decode, text, toolResult, toolUse, user } from "../decode-body.ts";

// What is not told as it was sent, and what of it the header names.

const image = { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } };
const pdf = { type: "document", source: { type: "base64", media_type: "application/pdf", data: PDF } };
const answering = (...results: object[]) => [user("x"), assistant(toolUse("1")), ...results];

describe("is left out, or told as text, and named:", () => {
  test.each<[string, object, object, string[]]>([
    [
      "a document in the history that is none",
      {
        messages: [
          user([{ ...pdf, source: { ...pdf.source, data: "AAAA" } }, text("a")]),
          assistant(text("b")),
          user("c"),
        ],
      },
      {
        messages: [
          user([text("[There was an image or a file here, which cannot be read any more.]"), text("a")]),
          assistant(text("b")),
          user("c"),
        ],
      },
      ["messages.content.source"],
    ],
    ["a choice among no tools", { tool_choice: "any" }, {}, ["tool_choice"]],
    ["the choice of a tool where there are none", { tool_choice: { type: "tool", name: "f" } }, {}, ["tool_choice"]],
    [
      "a sound",
      { messages: [user([text("a"), { type: "input_audio", input_audio: {} }])] },
      { messages: [user([text("a")])] },
      ["messages.content.input_audio"],
    ],
    [
      "words of another program's block",
      { messages: [user([{ type: "step-start", text: "a" }])] },
      { messages: [user([text("a")])] },
      ["messages.content.step-start"],
    ],
    ["a tool that another provider runs", { tools: [{ type: "file_search" }] }, {}, ["tools.file_search"]],
    [
      "a file of another's store",
      { messages: [user([text("a"), { type: "file", file: { file_id: "f" } }])] },
      { messages: [user([text("a")])] },
      ["messages.content.file"],
    ],
    [
      "an image that the assistant says, told with the user's next word",
      { messages: [user("a"), assistant(text("b"), image), user("c")] },
      {
        messages: [
          user("a"),
          assistant(text("b")),
          user([text("[From the assistant's message before this:]"), image, text("c")]),
        ],
      },
      ["messages.content"],
    ],
    [
      "a system message's blocks",
      {
        messages: [{ role: "system", content: [text("s"), { type: "tool_removal", tool: { name: "g" } }] }, user("a")],
      },
      { system: "s", messages: [user("a")] },
      ["messages.content.tool_removal"],
    ],
    [
      "a result whose call was cut away",
      { messages: [user([toolResult("7", "r"), text("a")])] },
      { messages: [user([text("[Result of the earlier tool call 7]\nr"), text("a")])] },
      ["messages.content.tool_use_id"],
    ],
    [
      "a second result of one call",
      { messages: answering(user([toolResult("1", "r")]), user([toolResult("1", "s")])) },
      { messages: answering(user([toolResult("1", "r"), text("[Result of the earlier tool call 1]\ns")])) },
      ["messages.content.tool_use_id"],
    ],
    [
      "a result that comes too late",
      { messages: answering(user("y"), assistant(text("z")), user([toolResult("1", "r")]), user("w")) },
      { messages: answering(user([toolResult("1", "r"), text("y")]), assistant(text("z")), user("w")) },
      ["messages.content.tool_use_id"],
    ],
  ])("%s", (_, spelled, textbook, names) => {
    expect(decode(spelled).request).toEqual(decode(textbook).request);
    expect(decode(spelled).ignored).toEqual(names);
  });
});
