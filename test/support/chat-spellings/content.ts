import { PDF, PNG } from "../media.ts";
import { call, calling, QUESTION, result, type Spelling, spelling, text } from "./spelling.ts";

const URL = `data:image/png;base64,${PNG}`;
const image = { type: "image_url", image_url: { url: URL } };
const PDF_URL = `data:application/pdf;base64,${PDF}`;
const file = { type: "file", file: { filename: "a.pdf", file_data: PDF_URL } };
const plain = (said: string) => `data:text/plain;base64,${Buffer.from(said).toString("base64")}`;

const of = (role: string, title: string, sent: unknown, textbook: unknown, ...ignored: string[]): Spelling =>
  spelling(
    `${role}: ${title}`,
    { messages: [{ role, content: sent }] },
    { messages: [{ role, content: textbook }] },
    ...ignored,
  );
const user = (title: string, sent: unknown, textbook: unknown, ...ignored: string[]) =>
  of("user", title, sent, textbook, ...ignored);
const among = (message: object, textbook: object, title: string, ...ignored: string[]): Spelling =>
  spelling(
    title,
    { messages: [QUESTION, message, QUESTION] },
    { messages: [QUESTION, textbook, QUESTION] },
    ...ignored,
  );
const assistant = (title: string, content: unknown, textbook: unknown, ...ignored: string[]): Spelling =>
  among({ role: "assistant", content }, { role: "assistant", content: textbook }, `assistant: ${title}`, ...ignored);
const system = (title: string, content: unknown, textbook: unknown): Spelling =>
  spelling(
    `system: ${title}`,
    { messages: [{ role: "system", content }, QUESTION] },
    { messages: [{ role: "system", content: textbook }, QUESTION] },
  );
const tool = (title: string, content: unknown, textbook: unknown, ...ignored: string[]): Spelling =>
  spelling(
    `tool: ${title}`,
    { messages: [QUESTION, calling(call("a")), result("a", content)] },
    { messages: [QUESTION, calling(call("a")), result("a", textbook)] },
    ...ignored,
  );

export const CONTENT_SPELLINGS: readonly Spelling[] = [
  user("a part without its type", [{ text: "hi" }], "hi"),
  user("texts in a list", ["hi", "there"], [text("hi"), text("there")]),
  user("one part without the list", text("hi"), "hi"),
  user("a part of the Responses API", [{ type: "input_text", text: "hi" }], "hi"),
  user("an empty type", [{ type: "", text: "hi" }], "hi"),
  user("a text of null beside another", [{ type: "text", text: null }, text("hi")], "hi"),
  user("text within an object", [{ type: "text", text: { value: "hi", annotations: [] } }], "hi"),
  user("a number", 7, "7"),
  spelling(
    "user: null and an empty object say nothing",
    { messages: [{ role: "user", content: null }, { role: "user", content: {} }, { role: "user" }, QUESTION] },
    { messages: [QUESTION] },
  ),
  spelling(
    "user: parts of the AI SDK's interface",
    { messages: [{ role: "user", parts: [text("hi")] }] },
    { messages: [{ role: "user", content: "hi" }] },
  ),
  user("an address as a text", [{ type: "image_url", image_url: URL }], [image]),
  user("an image of the Responses API", [{ type: "input_image", image_url: URL, detail: "auto" }], [image]),
  user("bare base64 as an address", [{ type: "image_url", image_url: { url: PNG } }], [image]),
  user(
    "an image of Anthropic's",
    [{ type: "image", source: { type: "base64", media_type: "image/png", data: PNG } }],
    [image],
  ),
  user("an image of the AI SDK's", [{ type: "image", image: PNG, mimeType: "image/png" }], [image]),
  user("an image of MCP's", [{ type: "image", data: PNG, mimeType: "image/png" }], [image]),
  user("an image without its type", [{ image_url: { url: URL } }], [image]),
  user("an image of Gemini's", [{ inlineData: { mimeType: "image/png", data: PNG } }], [image]),
  user("an image as a file", [{ type: "file", data: PNG, mediaType: "image/png" }], [image]),
  spelling(
    "user: images beside the text, as Ollama has them",
    { messages: [{ role: "user", content: "hi", images: [PNG] }] },
    { messages: [{ role: "user", content: [text("hi"), image] }] },
  ),
  user("a file of the Responses API", [{ type: "input_file", filename: "a.pdf", file_data: PDF_URL }], [file]),
  user(
    "a document of Anthropic's",
    [{ type: "document", title: "a.pdf", source: { type: "base64", media_type: "application/pdf", data: PDF } }],
    [file],
  ),
  user(
    "a document that is text",
    [{ type: "document", source: { type: "text", media_type: "text/plain", data: "words" } }],
    [{ type: "file", file: { file_data: plain("words") } }],
  ),
  user(
    "a file of the AI SDK's",
    [{ type: "file", data: PDF, mediaType: "application/pdf", filename: "a.pdf" }],
    [file],
  ),
  user("a resource of MCP's", [{ type: "resource", resource: { uri: "file:///a", text: "words" } }], "words"),
  user(
    "sound beside a text is left out",
    [text("hi"), { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } }],
    "hi",
    "messages.content.input_audio",
  ),
  user(
    "thinking is left out",
    [{ type: "thinking", thinking: "hm", signature: "s" }, text("hi")],
    "hi",
    "messages.content.thinking",
  ),
  user("words in an unknown part stay", [{ type: "note", text: "hi" }], "hi", "messages.content.note"),

  system("texts in a list", ["one", "two"], [text("one"), text("two")]),
  system("a part of the Responses API", [{ type: "input_text", text: "S" }], "S"),
  system("null", null, ""),
  spelling("system: nothing at all", { messages: [{ role: "system" }, QUESTION] }, { messages: [QUESTION] }),
  spelling(
    "system: an image goes to the user's turn, announced",
    { messages: [{ role: "system", content: [text("S"), image] }, QUESTION] },
    {
      messages: [
        { role: "system", content: "S" },
        { role: "user", content: [text("[Attached to the instructions:]"), image, text("q")] },
      ],
    },
    "messages.content",
  ),

  assistant("a part of the Responses API", [{ type: "output_text", text: "hi", annotations: [] }], "hi"),
  assistant("an empty object", {}, ""),
  spelling(
    "assistant: thinking of Anthropic's, with its signatures",
    {
      messages: [
        QUESTION,
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "hm", signature: "s" },
            text("hi"),
            { type: "redacted_thinking", data: "r" },
            { type: "thinking", thinking: "no signature" },
            text(" ho"),
          ],
        },
        QUESTION,
      ],
    },
    {
      messages: [
        QUESTION,
        {
          role: "assistant",
          content: [text("hi"), text(" ho")],
          reasoning_details: [
            { type: "reasoning.text", text: "hm", signature: "s", index: 0 },
            { type: "reasoning.encrypted", data: "r", index: 2 },
          ],
        },
        QUESTION,
      ],
    },
    "messages.content.thinking",
  ),
  spelling(
    "assistant: thinking of LiteLLM's",
    {
      messages: [
        QUESTION,
        { role: "assistant", content: "hi", thinking_blocks: [{ type: "thinking", thinking: "hm", signature: "s" }] },
        QUESTION,
      ],
    },
    {
      messages: [
        QUESTION,
        {
          role: "assistant",
          content: "hi",
          reasoning_details: [{ type: "reasoning.text", text: "hm", signature: "s", index: 0 }],
        },
        QUESTION,
      ],
    },
  ),
  assistant(
    "reasoning of the AI SDK's",
    [{ type: "reasoning", text: "hm" }, text("hi")],
    "hi",
    "messages.content.thinking",
  ),
  spelling(
    "assistant: an image goes to the user's next turn, announced",
    { messages: [QUESTION, { role: "assistant", content: [text("Here."), image] }, QUESTION] },
    {
      messages: [
        QUESTION,
        { role: "assistant", content: "Here." },
        { role: "user", content: [text("[From the assistant's message before this:]"), image, text("q")] },
      ],
    },
    "messages.content",
  ),
  spelling(
    "assistant: images that OpenRouter's models made",
    { messages: [QUESTION, { role: "assistant", content: "", images: [image] }, QUESTION] },
    {
      messages: [
        QUESTION,
        { role: "user", content: [text("[From the assistant's message before this:]"), image, text("q")] },
      ],
    },
    "messages.content",
  ),
  among(
    { role: "assistant", content: null, audio: { id: "audio_1", transcript: "hi" } },
    { role: "assistant", content: "hi" },
    "assistant: what was spoken is its transcript",
    "messages.audio",
  ),

  tool("an object", { a: [1] }, '{"a":[1]}'),
  tool("a number", 7, "7"),
  tool("false", false, "false"),
  tool("null", null, ""),
  tool("a list of values", [1, { b: 2 }], '[1,{"b":2}]'),
  tool("a list of texts", ["a", "b"], [text("a"), text("b")]),
  tool("objects with a text that are no parts", [{ text: "x", score: 1 }], '[{"text":"x","score":1}]'),
  tool("one part without the list", text("r"), "r"),
  tool("what an MCP server answers", { content: [text("r")], isError: false }, "r"),
  tool("an output of the AI SDK's", { type: "json", value: { a: 1 } }, '{"a":1}'),
  tool(
    "an image of Anthropic's",
    [{ type: "image", source: { type: "base64", media_type: "image/png", data: PNG } }],
    [image],
  ),
  tool(
    "sound is left out",
    [text("r"), { type: "audio", data: "AAAA", mimeType: "audio/wav" }],
    "r",
    "messages.content.audio",
  ),
];
