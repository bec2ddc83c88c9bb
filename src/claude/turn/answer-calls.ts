import type { ToolResultBlock } from "../../core/request.ts";
import type { CliProcess } from "../process/cli-process.ts";
import type { CliMessage } from "../protocol/parse-message.ts";
import type { ClientTools } from "../tools/client-tools.ts";
import { awaitMessage } from "./await-message.ts";

/** The CLI tells of each result within a few milliseconds; without a word of it, only their order is at stake. */
const ECHO_TIMEOUT_MS = 200;

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
    await awaitMessage(process, () => tools.answer(result), {
      isAnswer: (message) => echoes(message, result.callId),
      timeoutMs: ECHO_TIMEOUT_MS,
    });
  }
}

function echoes(message: CliMessage, callId: string): boolean {
  if (message.type !== "user" || typeof message.message.content === "string") return false;
  return message.message.content.some((block) => block.tool_use_id === callId);
}
