import { testAccepted, testRefused, turns } from "./verdict.ts";

const TEXT = { type: "text", text: "Well," };
const THINKING = { type: "thinking", thinking: "Hm.", signature: "x" };
const REDACTED = { type: "redacted_thinking", data: "x" };
const call = (id: string) => ({ type: "tool_use", id, name: "weather", input: {} });
const result = (id: string) => ({ type: "tool_result", tool_use_id: id, content: "sunny" });
const MANUAL = { thinking: { type: "enabled", budget_tokens: 1024 } };

const unanswered = (message: number, ids: string) =>
  `messages.${message}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${ids}. ` +
  "Each `tool_use` block must have a corresponding `tool_result` block in the next message.";
const unexpected = (place: string, id: string) =>
  `messages.${place}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. ` +
  "Each `tool_result` block must have a corresponding `tool_use` block in the previous message.";
const withoutThinking = (message: number, found: string) =>
  `messages.${message}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${found}\`. When \`thinking\` is ` +
  "enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set of `tool_use` and " +
  "`tool_result` blocks). To avoid this requirement, disable `thinking`.";

testAccepted([
  ["several calls, answered in another order", turns("?", [call("a"), call("b")], [result("b"), result("a")])],
  ["one call after another", turns("?", [call("a")], [result("a")], [call("b")], [result("b")], "Sunny.")],
  ["one id in two turns", turns("?", [call("a")], [result("a")], [TEXT, call("a")], [result("a")])],
  [
    "two messages with calls, answered together",
    {
      messages: [
        { role: "user", content: "?" },
        { role: "assistant", content: [call("a")] },
        { role: "assistant", content: [call("b")] },
        { role: "user", content: [result("a"), result("b")] },
      ],
    },
  ],
  ["text after the results", turns("?", [call("a")], [result("a"), TEXT])],
  [
    "a system message behind a result",
    {
      messages: [
        { role: "user", content: "?" },
        { role: "assistant", content: [call("a")] },
        { role: "user", content: [result("a")] },
        { role: "system", content: "# Environment" },
      ],
    },
  ],
]);

testRefused([
  ["a call that is never answered", turns("?", [call("a")]), unanswered(1, "a")],
  ["a call that is answered by text", turns("?", [call("a")], "And?"), unanswered(1, "a")],
  ["one of two calls that is not answered", turns("?", [call("a"), call("b")], [result("a")]), unanswered(1, "b")],
  ["a result after a text", turns("?", [call("a")], [TEXT, result("a")]), unanswered(1, "a")],
  [
    "a result behind another's text",
    turns("?", [call("a"), call("b")], [result("a"), TEXT, result("b")]),
    unanswered(1, "b"),
  ],
  ["a call that is answered too late", turns("?", [call("a")], "Wait.", "Yes?", [result("a")]), unanswered(1, "a")],
  ["a result without a call", turns([result("a")]), unexpected("0.content.0", "a")],
  ["a result of another call", turns("?", [call("a")], [result("a"), result("b")]), unexpected("2.content.1", "b")],
  [
    "a result of an older call",
    turns("?", [call("a")], [result("a")], [TEXT], [result("a")]),
    unexpected("4.content.0", "a"),
  ],
  [
    "two results of one call",
    turns("?", [call("a")], [result("a"), result("a")]),
    "messages.2.content.1: each tool_use must have a single result. Found multiple `tool_result` blocks with id: a",
  ],
  [
    "two calls of one id in a turn",
    turns("?", [TEXT, call("a"), call("a")], [result("a")]),
    "messages.1.content.2: `tool_use` ids must be unique",
  ],
]);

testAccepted([
  ["manual thinking that led to the call", { ...turns("?", [THINKING, call("a")], [result("a")]), ...MANUAL }],
  ["redacted manual thinking", { ...turns("?", [REDACTED, TEXT, call("a")], [result("a")]), ...MANUAL }],
  [
    "manual thinking before the first call of a turn only",
    { ...turns("?", [THINKING, call("a")], [result("a")], [call("b")], [result("b")]), ...MANUAL },
  ],
  [
    "an earlier turn without its manual thinking",
    { ...turns("?", [call("a")], [result("a")], "Sunny.", "And tomorrow?"), ...MANUAL },
  ],
  [
    "adaptive thinking, which may be left out",
    { ...turns("?", [call("a")], [result("a")]), thinking: { type: "adaptive" } },
  ],
]);

testRefused([
  [
    "manual thinking that is left out before the call",
    { ...turns("?", [call("a")], [result("a")]), ...MANUAL },
    withoutThinking(1, "tool_use"),
  ],
  [
    "manual thinking behind the text",
    { ...turns("?", [TEXT, THINKING, call("a")], [result("a")]), ...MANUAL },
    withoutThinking(1, "text"),
  ],
  [
    "thinking of an earlier turn only",
    {
      ...turns("?", [THINKING, call("a")], [result("a")], "Sunny.", "And?", [call("b")], [result("b"), TEXT]),
      ...MANUAL,
    },
    withoutThinking(5, "tool_use"),
  ],
]);
