import type { CliProcess } from "../process/cli-process.ts";
import type { CliMessage } from "../protocol/parse-message.ts";
import { awaitMessage } from "./await-message.ts";

/** For one turn of history; the CLI acknowledges in about 10 ms. */
const APPEND_TIMEOUT_MS = 15_000;

/**
 * Writes a user's turn of the history and waits for its acknowledgement: only then does the CLI keep the order of what is
 * written next. Throws when it does anything else than append.
 */
export async function appendUserTurn(process: CliProcess, message: object): Promise<void> {
  const acknowledged = await awaitMessage(process, () => process.send(message), {
    isAnswer: isAcknowledgement,
    timeoutMs: APPEND_TIMEOUT_MS,
  });
  if (!acknowledged) throw new Error("the CLI did not acknowledge a turn of the history");
}

function isAcknowledgement(message: CliMessage): boolean {
  if (message.type !== "result") return false;
  if (message.is_error || message.num_turns !== 0) throw new Error("the CLI did not just append a turn of the history");
  return true;
}
