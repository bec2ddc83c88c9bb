import { expect, test } from "bun:test";
import { PLAIN_SETTINGS, settingsChange, type TurnSettings } from "../../../src/claude/pool/turn-settings.ts";

// What a turn sets for the API that the CLI knows nothing of, or keeps out.

const NOTHING = { CLAUDE_CODE_MAX_OUTPUT_TOKENS: "", CLAUDE_CODE_DISABLE_THINKING: "", CLAUDE_CODE_EXTRA_BODY: "" };
const format = { type: "json_schema", schema: { type: "object" } };
const cleared = { type: "clear_tool_uses_20250919" };

test.each<[string, Partial<TurnSettings>, Readonly<Record<string, string>>]>([
  ["lets through what goes with a search among tools", { searchesTools: true }, { ENABLE_TOOL_SEARCH: "true" }],
  ["asks for what the API has on trial", { betas: ["a", "b"] }, { ANTHROPIC_BETAS: "a,b" }],
  [
    "says fields of the API's, but for those that are the CLI's",
    { native: { container: "c", messages: [], metadata: {}, betas: [] } },
    { CLAUDE_CODE_EXTRA_BODY: JSON.stringify({ container: "c" }) },
  ],
  [
    "says of a field what is the client's, and what is ours",
    { native: { output_config: { task_budget: 1 } }, outputSchema: format.schema },
    { CLAUDE_CODE_EXTRA_BODY: JSON.stringify({ output_config: { task_budget: 1, format } }) },
  ],
  [
    "says nothing of thinking where there is none",
    { native: { context_management: { edits: [{ type: "clear_thinking_20251015" }] } }, thinkingOff: "omitted" },
    { CLAUDE_CODE_DISABLE_THINKING: "1" },
  ],
  [
    "says the rest of it all the same",
    {
      native: { context_management: { edits: [{ type: "clear_thinking_20251015" }, cleared] } },
      thinkingOff: "omitted",
    },
    {
      CLAUDE_CODE_DISABLE_THINKING: "1",
      CLAUDE_CODE_EXTRA_BODY: JSON.stringify({ context_management: { edits: [cleared] } }),
    },
  ],
])("a turn %s", (_, fields, env) => {
  expect(settingsChange(PLAIN_SETTINGS, { ...PLAIN_SETTINGS, ...fields })).toEqual({ env: { ...NOTHING, ...env } });
});
