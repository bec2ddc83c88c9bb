import type { CliProcess } from "../process/cli-process.ts";

/** For one turn of history; the CLI acknowledges in about 10 ms. */
const APPEND_TIMEOUT_MS = 15_000;

/**
 * Writes a user's turn of the history and waits for its acknowledgement: only then does the CLI keep the order of what is
 * written next. Throws when it does anything else than append.
 */
export async function appendUserTurn(process: CliProcess, message: object): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(
    () => reject(new Error("the CLI did not acknowledge a turn of the history")),
    APPEND_TIMEOUT_MS,
  );
  process.listen({
    message: (message) => {
      if (message.type !== "result") return;
      if (message.is_error || message.num_turns !== 0)
        reject(new Error("the CLI did not just append a turn of the history"));
      else resolve();
    },
    died: reject,
  });
  process.send(message);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    process.listen(undefined);
  }
}
