import Type from "typebox";
import { lazyCheck } from "../protocol/lazy-check.ts";
import type { ControlRequestMessage } from "../protocol/messages.ts";

const CALLBACK = "tool-batch";

/**
 * Part of `initialize`: lets the CLI ask us, by a `hook_callback`, whenever all calls of an answer have their results and before
 * it asks the model again. It waits for our answer, so a turn that shall not go on can be interrupted without another request.
 */
export const TOOL_BATCH_HOOK = { hooks: { PostToolBatch: [{ hookCallbackIds: [CALLBACK] }] } } as const;

const HookCallback = lazyCheck(
  Type.Object({ subtype: Type.Literal("hook_callback"), callback_id: Type.Literal(CALLBACK) }),
);

/** Whether this is the CLI's question before it goes on after a batch of calls. */
export function asksToGoOn({ request }: ControlRequestMessage): boolean {
  return HookCallback.Check(request);
}
