import { expect, test } from "bun:test";
import { asksAboutResult, asksToGoOn, replaceResult, TOOL_HOOKS } from "../../../src/claude/tools/tool-hooks.ts";

const question = (request: { subtype: string; callback_id?: string; tool_use_id?: string }) =>
  ({ type: "control_request", request_id: "r1", request }) as const;

test("the CLI is told exactly this, to ask after each result, and before it goes on after a batch of calls", () => {
  expect(TOOL_HOOKS).toEqual({
    hooks: {
      PostToolUse: [{ hookCallbackIds: ["tool-result"] }],
      PostToolBatch: [{ hookCallbackIds: ["tool-batch"] }],
    },
  });
});

test("its questions are told from each other and from all others", () => {
  const ids = ["tool-batch", "tool-result", "other", undefined];
  const hooks = ids.map((id) => question({ subtype: "hook_callback", ...(id ? { callback_id: id } : {}) }));
  expect(hooks.map(asksToGoOn)).toEqual([true, false, false, false]);
  expect(hooks.map(asksAboutResult)).toEqual([undefined, "", undefined, undefined]);
  expect(asksAboutResult(question({ subtype: "hook_callback", callback_id: "tool-result", tool_use_id: "1" }))).toBe(
    "1",
  );
  expect(asksToGoOn(question({ subtype: "mcp_message", callback_id: "tool-batch" }))).toBeFalse();
});

test("a result is replaced by blocks of the API", () => {
  expect(replaceResult([{ type: "text", text: "a" }])).toEqual({
    hookSpecificOutput: { hookEventName: "PostToolUse", updatedToolOutput: [{ type: "text", text: "a" }] },
  });
});
