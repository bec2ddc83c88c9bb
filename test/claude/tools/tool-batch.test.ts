import { expect, test } from "bun:test";
import { asksToGoOn, TOOL_BATCH_HOOK } from "../../../src/claude/tools/tool-batch.ts";

const question = (request: { subtype: string; callback_id?: string }) =>
  asksToGoOn({ type: "control_request", request_id: "r1", request });

test("the CLI is told exactly this, to ask before it goes on after a batch of calls", () => {
  expect(TOOL_BATCH_HOOK).toEqual({ hooks: { PostToolBatch: [{ hookCallbackIds: ["tool-batch"] }] } });
});

test("its question is told from all others", () => {
  expect(question({ subtype: "hook_callback", callback_id: "tool-batch" })).toBeTrue();
  expect(question({ subtype: "hook_callback", callback_id: "other" })).toBeFalse();
  expect(question({ subtype: "hook_callback" })).toBeFalse();
  expect(question({ subtype: "mcp_message", callback_id: "tool-batch" })).toBeFalse();
});
