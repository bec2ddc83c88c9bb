import { documentBlock, imageBlock } from "../media.ts";
import { testAccepted, testRefused, turns } from "./verdict.ts";

const CALL = { type: "tool_use", id: "toolu_1", name: "weather", input: { city: "Ulm" } };
const RESULT = { type: "tool_result", tool_use_id: "toolu_1", content: "sunny" };
const TEXT = { type: "text", text: "Hello" };
/** A conversation with one call and its result, changed. */
const called = (changes: object) => turns("Hello", [{ ...CALL, ...changes }], [RESULT]);
const answered = (changes: object) => turns("Hello", [CALL], [{ ...RESULT, ...changes }]);
const BLANK = "messages: text content blocks must contain non-whitespace text";
const EMPTY = "messages: text content blocks must be non-empty";

testAccepted([
  ["a call with its result", called({})],
  ["a call without arguments", called({ input: {} })],
  ["a call beside text", turns("Hello", [TEXT, CALL], [RESULT, TEXT])],
  ["a result without content", answered({ content: undefined })],
  ["a result that is an empty string", answered({ content: "" })],
  ["a result that is white space", answered({ content: "\n" })],
  ["a result that is an empty list", answered({ content: [] })],
  ["a result of text, image and document", answered({ content: [TEXT, imageBlock(), documentBlock()] })],
  ["a result that tells a failure", answered({ is_error: true })],
  ["an image and a document of the user", turns([imageBlock(), documentBlock(), TEXT])],
  ["thinking of the assistant", turns("Hello", [{ type: "thinking", thinking: "Hm.", signature: "x" }, TEXT], "Bye")],
]);

testRefused([
  ["a call by the user", turns([CALL]), "messages.0: `tool_use` blocks can only be in `assistant` messages"],
  [
    "a result by the assistant",
    turns("Hello", [RESULT]),
    "messages.1: `tool_result` blocks can only be in `user` messages",
  ],
  [
    "an image of the assistant",
    turns("Hello", [imageBlock()]),
    "messages.1: `image` blocks can only be in `user` messages",
  ],
  [
    "a document of the assistant",
    turns("Hello", [documentBlock()]),
    "messages.1: `document` blocks can only be in `user` messages",
  ],
  [
    "a call id with a dot",
    called({ id: "call.1" }),
    "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
  ],
  ["a call without an id", called({ id: undefined }), "messages.1.content.0.tool_use.id: Field required"],
  [
    "a call of a name with a space",
    called({ name: "the weather" }),
    "messages.1.content.0.tool_use.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
  ],
  ["a call without input", called({ input: undefined }), "messages.1.content.0.tool_use.input: Field required"],
  [
    "a call whose input is a list",
    called({ input: [] }),
    "messages.1.content.0.tool_use.input: Input should be an object",
  ],
  [
    "a call whose input is JSON text",
    called({ input: "{}" }),
    "messages.1.content.0.tool_use.input: Input should be an object",
  ],
  [
    "a result without an id",
    answered({ tool_use_id: undefined }),
    "messages.2.content.0.tool_result.tool_use_id: Field required",
  ],
  [
    "a result that is an object",
    answered({ content: { text: "sunny" } }),
    "messages.2.content.0.tool_result.content: Input should be a valid array",
  ],
  [
    "a failure without content",
    answered({ is_error: true, content: [] }),
    "messages.2.content.0.tool_result: content cannot be empty if `is_error` is true",
  ],
  [
    "a failure of an empty text",
    answered({ is_error: true, content: "" }),
    "messages.2.content.0.tool_result: content cannot be empty if `is_error` is true",
  ],
  [
    "is_error that is no boolean",
    answered({ is_error: "no" }),
    "messages.2.content.0.tool_result.is_error: Input should be a valid boolean",
  ],
  [
    "a call within a result",
    answered({ content: [CALL] }),
    "messages.2.content.0.tool_result.content.0: Input tag 'tool_use' found using 'type' does not match any of the expected tags: " +
      "'text', 'image', 'document', 'search_result', 'tool_reference'",
  ],
  [
    "an image without a source within a result",
    answered({ content: [{ type: "image" }] }),
    "messages.2.content.0.tool_result.content.0.image.source: Field required",
  ],
  ["an empty text within a result", answered({ content: [{ type: "text", text: "" }] }), EMPTY],
  ["a blank text within a result", answered({ content: [{ type: "text", text: " " }] }), BLANK],
  [
    "a block of another API",
    turns([{ type: "image_url", image_url: { url: "https://example.com/a.png" } }]),
    "messages.0.content.0: Input tag 'image_url' found using 'type' does not match any of the expected tags: " +
      "'text', 'image', 'document', 'search_result', 'thinking', 'redacted_thinking', 'tool_use', 'tool_result', 'server_tool_use', " +
      "'web_search_tool_result', 'web_fetch_tool_result', 'code_execution_tool_result', 'bash_code_execution_tool_result', " +
      "'text_editor_code_execution_tool_result', 'tool_search_tool_result', 'container_upload', " +
      "'advisor_tool_result', 'mcp_tool_use', 'mcp_tool_result', 'mcp_tool_listing', 'compaction', 'fallback'",
  ],
  ["a block without a type", turns([{ text: "Hello" }]), "messages.0.content.0.type: Field required"],
  ["a block that is no object", turns(["Hello"]), "messages.0.content.0: Input should be an object"],
  ["a text block without text", turns([{ type: "text" }]), "messages.0.content.0.text.text: Field required"],
]);
