import type { ToolResultBlock } from "../../core/request.ts";
import type { CliProcess } from "../process/cli-process.ts";
import type { ClientTools } from "../tools/client-tools.ts";

/** The CLI tells of each result within a few milliseconds; without a word of it, only their order is at stake. */
const ACKNOWLEDGE_TIMEOUT_MS = 200;

/**
 * Answers open calls one after the other. The CLI puts results together in the order in which it is done with them, so for the
 * model to see the calls' own order, each must be done before the next is answered. Throws when the process dies meanwhile.
 */
export async function answerCalls(
  process: CliProcess,
  tools: ClientTools,
  results: readonly ToolResultBlock[],
): Promise<void> {
  for (const result of results) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ACKNOWLEDGE_TIMEOUT_MS);
    process.listen({
      message: (message) => {
        if (message.type !== "user" || typeof message.message.content === "string") return;
        if (message.message.content.some((block) => block.tool_use_id === result.callId)) resolve();
      },
      died: reject,
    });
    tools.answer(result);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      process.listen(undefined);
    }
  }
}
