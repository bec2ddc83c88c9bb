import { testAccepted, testRefused, withBetas } from "./verdict.ts";

const user = { role: "user", content: "Hello" };
const assistant = { role: "assistant", content: "Hi" };
const system = (content: unknown, changes: object = {}) => ({ role: "system", content, ...changes });
const messages = (...list: object[]) => ({ messages: list });
const TURN_OUTPUT = withBetas("per-turn-control-2026-07-01");
const CHANGES = withBetas("mid-conversation-tool-changes-2026-07-01");
const DIRECTIVE = "the directive-only form (content: [] with output_config) is accepted at any position";
const tools = [
  { name: "a", input_schema: { type: "object" } },
  { name: "b", input_schema: { type: "object" }, defer_loading: true },
];
const change = (type: string, name: string) => ({
  tools,
  ...messages(user, system([{ type, tool: { type: "tool_reference", name } }])),
});

testAccepted([
  ["a system message at the end", messages(user, system("New."))],
  ["several before an answer", messages(user, system("New."), system("Newer."), assistant, user)],
  ["an effort alone, anywhere", messages(system([], { output_config: { effort: "low" } }), user), TURN_OUTPUT],
  ["a tool that is added", change("tool_addition", "b"), CHANGES],
  ["a tool that is taken away", change("tool_removal", "a"), CHANGES],
]);

testRefused([
  [
    "a system message before what the user says",
    messages(user, system("New."), user),
    `messages.1: role 'system' must precede an 'assistant' message or end the array; ${DIRECTIVE}`,
  ],
  [
    "a system message at the beginning",
    messages(system("New."), user),
    `messages.0: use the top-level 'system' parameter for the initial system prompt; ${DIRECTIVE}`,
  ],
  ["an empty system message", messages(user, system([])), "messages.1: system content must contain at least one block"],
  [
    "a blank system message",
    messages(user, system(" ")),
    "messages.1: system text blocks must contain non-whitespace text",
  ],
  [
    "a system message of a model that takes none",
    { model: "claude-haiku-4-5", ...messages(user, system("New.")) },
    "messages.1: role 'system' is not supported on this model",
  ],
  [
    "an effort without its beta value",
    messages(user, system("New.", { output_config: { effort: "low" } })),
    "messages.1.output_config: Extra inputs are not permitted",
  ],
  [
    "a tool that is added and is not there",
    change("tool_addition", "c"),
    "messages.1.content.0.tool_addition.tool: Tool 'c' not found in provided tools",
    CHANGES,
  ],
  [
    "a tool that is added and was not kept back",
    change("tool_addition", "a"),
    "messages.1.content.0.tool_addition.tool: Tool 'a' must have defer_loading set to true",
    CHANGES,
  ],
]);
