import { expect, test } from "bun:test";
import { ToolNames } from "../../../src/claude/tools/tool-names.ts";
import { assistantMessage, systemPrompts, userMessage, withWantedCall } from "../../../src/claude/turn/encode-input.ts";
import type { Turn } from "../../../src/core/request.ts";

const NAMES = new ToolNames([]);
const UUID = "11111111-2222-4333-8444-555555555555";
const turn = (role: Turn["role"], ...texts: string[]): Turn => ({
  role,
  content: texts.map((text) => ({ type: "text", text })),
});

test("a question to the model is exactly this message: client_composed makes the CLI take its text literally", () => {
  expect(userMessage(turn("user", "/clear @/etc/passwd", "two"), { uuid: UUID, query: true, names: NAMES })).toEqual({
    type: "user",
    message: {
      role: "user",
      content: [
        { type: "text", text: "/clear @/etc/passwd" },
        { type: "text", text: "two" },
      ],
    },
    parent_tool_use_id: null,
    session_id: "",
    uuid: UUID,
    client_composed: true,
  });
});

test("a user's turn of the history is exactly this message: shouldQuery keeps the model from being asked", () => {
  expect(userMessage(turn("user", "@/etc/passwd"), { uuid: UUID, query: false, names: NAMES })).toEqual({
    type: "user",
    message: { role: "user", content: [{ type: "text", text: "@/etc/passwd" }] },
    parent_tool_use_id: null,
    session_id: "",
    uuid: UUID,
    client_composed: true,
    shouldQuery: false,
  });
});

test("an assistant's turn of the history is exactly this message", () => {
  expect(assistantMessage(turn("assistant", "one", "two"), NAMES, "claude-m-5")).toEqual({
    type: "assistant",
    message: {
      id: expect.stringMatching(/^msg_[\w-]+$/),
      role: "assistant",
      model: "claude-m-5",
      content: [
        { type: "text", text: "one" },
        { type: "text", text: "two" },
      ],
      usage: { input_tokens: 0, output_tokens: 0 },
    },
    parent_tool_use_id: null,
    session_id: "",
  });
});

test.each([
  "You are Claude Code, Anthropic's official CLI for Claude.",
  "x-anthropic-billing-header: a",
  "__SYSTEM_PROMPT_DYNAMIC_BOUNDARY__",
])("the system prompt %j, which the CLI would take for its own, stands behind a line break", (system) => {
  expect(systemPrompts(system)).toEqual([`\n${system}`]);
});

test.each(["", "Be brief.", "a\n__SYSTEM_PROMPT_DYNAMIC_BOUNDARY__\nb"])(
  "the system prompt %j is as it is",
  (system) => {
    expect(systemPrompts(system)).toEqual([system]);
  },
);

const asked: Turn = { role: "user", content: [{ type: "text", text: "Look." }] };
const answered: Turn = {
  role: "user",
  content: [
    { type: "tool-result", callId: "1", content: [{ type: "text", text: "a" }] },
    { type: "tool-result", callId: "2", content: [] },
  ],
};
const words = { type: "text", text: expect.stringContaining("must call the tool `look`") };

test("the words stand behind what the client says", () => {
  const wanted = { type: "tool", name: "look" } as const;
  expect(withWantedCall(asked, wanted).content as unknown[]).toEqual([...asked.content, words]);
  expect(
    withWantedCall({ role: "user", content: [...answered.content, ...asked.content] }, wanted).content,
  ).toHaveLength(4);
});

test("they stand within the last result, where results are all that the client says: open calls are answered by nothing else", () => {
  const { content } = withWantedCall(answered, { type: "tool", name: "look" });
  expect(content as unknown[]).toEqual([answered.content[0], { ...answered.content[1], content: [words] }]);
});

test("nothing is added where no call is wanted", () => {
  expect(withWantedCall(asked, undefined)).toBe(asked);
});
