import { call, calling, QUESTION, result, type Spelling, spelling, text } from "./spelling.ts";

type Messages = readonly unknown[];
const history = (title: string, sent: Messages, textbook: Messages, ...ignored: string[]): Spelling =>
  spelling(title, { messages: sent }, { messages: textbook }, ...ignored);
/** A call in some spelling, answered. */
const called = (title: string, sent: unknown, textbook: unknown = call("a", '{"n":1}'), id = "a"): Spelling =>
  history(`call: ${title}`, [QUESTION, calling(sent), result(id)], [QUESTION, calling(textbook), result(id)]);
const OBJECT = { n: 1 };
const ONE = [QUESTION, calling(call("a")), result("a")];
const TWO = [QUESTION, calling(call("a"), call("b", "{}", "g")), result("a", "1"), result("b", "2")];

export const HISTORY_SPELLINGS: readonly Spelling[] = [
  called("arguments as an object", { id: "a", type: "function", function: { name: "f", arguments: OBJECT } }),
  called("arguments of null", { id: "a", type: "function", function: { name: "f", arguments: null } }, call("a")),
  called("no arguments", { id: "a", type: "function", function: { name: "f" } }, call("a")),
  called("an empty type", { id: "a", type: "", function: { name: "f", arguments: '{"n":1}' } }),
  called("a type of null", { id: "a", type: null, function: { name: "f", arguments: '{"n":1}' } }),
  called("flat", { id: "a", type: "function", name: "f", arguments: '{"n":1}' }),
  called("LangChain's", { id: "a", type: "tool_call", name: "f", args: OBJECT }),
  called("Anthropic's", { id: "a", type: "tool_use", name: "f", input: OBJECT }),
  called("a number as id", { id: 5, type: "function", function: { name: "f", arguments: "{}" } }, call("5"), "5"),
  history(
    "call: no id on either side goes by the order",
    [
      QUESTION,
      calling({ id: null, function: { name: "f", arguments: {} } }, { function: { name: "g", arguments: {} } }),
      { role: "tool", content: "1" },
      { role: "tool", tool_call_id: null, content: "2" },
    ],
    [
      QUESTION,
      calling(call("call_1_0"), call("call_1_1", "{}", "g")),
      result("call_1_0", "1"),
      result("call_1_1", "2"),
    ],
  ),
  history(
    "call: no id on either side goes by the name",
    [
      QUESTION,
      calling({ function: { name: "f", arguments: {} } }, { function: { name: "g", arguments: {} } }),
      { role: "tool", name: "g", content: "2" },
      { role: "tool", name: "f", content: "1" },
    ],
    [
      QUESTION,
      calling(call("call_1_0"), call("call_1_1", "{}", "g")),
      result("call_1_0", "1"),
      result("call_1_1", "2"),
    ],
  ),
  history("call: one without its list", [QUESTION, { role: "assistant", tool_calls: call("a") }, result("a")], ONE),
  history(
    "call: none in an empty object",
    [QUESTION, { role: "assistant", content: "x", tool_calls: {} }, QUESTION],
    [QUESTION, { role: "assistant", content: "x" }, QUESTION],
  ),
  ...[null, {}, { id: "a", type: "function", function: { arguments: "{}" } }, call("a", "{}", "")].map((nameless) =>
    history(
      `call: of nothing, as ${JSON.stringify(nameless)}`,
      [QUESTION, calling(nameless, call("b")), result("b"), result("a")],
      [QUESTION, calling(call("b")), result("b"), { role: "user", content: "[Result of the earlier tool call a]\nr" }],
      "messages.tool_calls",
      "messages.tool_call_id",
    ),
  ),
  history(
    "call: told in the old form, too",
    [QUESTION, { ...calling(call("a")), function_call: { name: "f", arguments: "{}" } }, result("a")],
    ONE,
  ),
  history(
    "call: of old, with arguments as an object",
    [
      QUESTION,
      { role: "assistant", function_call: { name: "f", arguments: OBJECT } },
      { role: "function", name: "f", content: "r" },
    ],
    [
      QUESTION,
      { role: "assistant", content: null, function_call: { name: "f", arguments: '{"n":1}' } },
      { role: "function", name: "f", content: "r" },
    ],
  ),
  history(
    "call: of a custom tool, as the Responses API has it",
    [
      QUESTION,
      { role: "assistant", tool_calls: [{ type: "custom_tool_call", call_id: "a", name: "f", input: "text" }] },
      result("a"),
    ],
    [QUESTION, calling({ id: "a", type: "custom", custom: { name: "f", input: "text" } }), result("a")],
  ),
  history(
    "blocks of Anthropic's, with two results in one message",
    [
      QUESTION,
      {
        role: "assistant",
        content: [
          text("Let me."),
          { type: "tool_use", id: "a", name: "f", input: {} },
          { type: "tool_use", id: "b", name: "g", input: {} },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "a", content: "1" },
          { type: "tool_result", tool_use_id: "b", content: [text("2")] },
          text("q"),
        ],
      },
    ],
    [
      QUESTION,
      { ...calling(call("a"), call("b", "{}", "g")), content: "Let me." },
      result("a", "1"),
      result("b", "2"),
      QUESTION,
    ],
  ),
  history(
    "parts of the AI SDK's",
    [
      QUESTION,
      {
        role: "assistant",
        content: [
          { type: "tool-call", toolCallId: "a", toolName: "f", input: {} },
          { type: "tool-call", toolCallId: "b", toolName: "g", input: {} },
        ],
      },
      {
        role: "tool",
        content: [
          { type: "tool-result", toolCallId: "a", toolName: "f", output: { type: "text", value: "1" } },
          { type: "tool-result", toolCallId: "b", toolName: "g", output: { type: "json", value: 2 } },
        ],
      },
    ],
    TWO,
  ),
  history(
    "items of the Responses API",
    [
      { type: "message", role: "user", content: [{ type: "input_text", text: "q" }] },
      { type: "reasoning", id: "rs_1", summary: [] },
      { type: "function_call", call_id: "a", name: "f", arguments: "{}" },
      { type: "function_call_output", call_id: "a", output: "r" },
    ],
    ONE,
    "messages.reasoning",
  ),
  history(
    "two messages with calls are answered together",
    [QUESTION, calling(call("a")), calling(call("b", "{}", "g")), result("b", "2"), result("a", "1")],
    TWO,
  ),
  history(
    "a result behind what was said since belongs to its call",
    [
      QUESTION,
      calling(call("a")),
      { role: "user", content: "?" },
      { role: "assistant", content: "x" },
      result("a"),
      QUESTION,
    ],
    [...ONE, { role: "user", content: "?" }, { role: "assistant", content: "x" }, QUESTION],
    "messages.tool_call_id",
  ),
  history(
    "a result whose call was cut away is told as text",
    [result("a", "cut"), QUESTION],
    [{ role: "user", content: [text("[Result of the earlier tool call a]\ncut"), text("q")] }],
    "messages.tool_call_id",
  ),
  history(
    "a result given twice is told as text the second time",
    [...ONE, result("a", "again")],
    [...ONE, { role: "user", content: "[Result of the earlier tool call a]\nagain" }],
    "messages.tool_call_id",
  ),

  ...["Assistant", "ai", "model", "bot"].map((role) =>
    history(
      `the role ${role}`,
      [QUESTION, { role, content: "x" }, QUESTION],
      [QUESTION, { role: "assistant", content: "x" }, QUESTION],
    ),
  ),
  history(
    "the role human, and a type in its place",
    [
      { role: "human", content: "a" },
      { type: "ai", content: "x" },
      { type: "human", content: "q" },
    ],
    [{ role: "user", content: "a" }, { role: "assistant", content: "x" }, QUESTION],
  ),
  ...["observation", "ipython", "tool_result"].map((role) =>
    history(`the role ${role}`, [QUESTION, calling(call("a")), { role, content: "r" }], ONE),
  ),
  history("one message without a role", [{ content: "q" }], [QUESTION]),
  spelling("a text in place of the messages", { messages: "q" }, { messages: [QUESTION] }),
  history("a name that is none", [{ role: "user", name: 5, content: "q" }], [QUESTION], "messages.name"),
  history("an assistant's message that is empty", [QUESTION, { role: "assistant" }], [QUESTION]),
];
