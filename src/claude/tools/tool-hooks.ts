import Type from "typebox";
import { lazyCheck } from "../protocol/lazy-check.ts";
import type { ControlRequestMessage } from "../protocol/messages.ts";

const BATCH = "tool-batch";
const RESULT = "tool-result";

/**
 * Part of `initialize`: lets the CLI ask us, by a `hook_callback`, after each result, which may then be replaced, and whenever all calls
 * of an answer have theirs, before it asks the model again. It waits for our answers, so a turn that shall not go on can be
 * interrupted without another request.
 */
export const TOOL_HOOKS = {
  hooks: { PostToolUse: [{ hookCallbackIds: [RESULT] }], PostToolBatch: [{ hookCallbackIds: [BATCH] }] },
} as const;

const AfterBatch = lazyCheck(Type.Object({ subtype: Type.Literal("hook_callback"), callback_id: Type.Literal(BATCH) }));
const AfterResult = lazyCheck(
  Type.Object({
    subtype: Type.Literal("hook_callback"),
    callback_id: Type.Literal(RESULT),
    tool_use_id: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  }),
);

/** Whether this is the CLI's question before it goes on after a batch of calls. */
export function asksToGoOn({ request }: ControlRequestMessage): boolean {
  return AfterBatch.Check(request);
}

/** The id of the call whose result the CLI asks about; undefined when it asks something else. */
export function asksAboutResult({ request }: ControlRequestMessage): string | undefined {
  return AfterResult.Check(request) ? (request.tool_use_id ?? "") : undefined;
}

/** The answer that puts these blocks in the place of a result. */
export function replaceResult(blocks: readonly object[]): object {
  return { hookSpecificOutput: { hookEventName: "PostToolUse", updatedToolOutput: blocks } };
}
