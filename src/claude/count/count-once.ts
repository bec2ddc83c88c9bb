import { ApiError } from "../../core/error.ts";
import { type Countable, type CountingProcess, countParts, type Parts } from "./count-parts.ts";

/**
 * Counts in a process that is used for nothing else, and is gone when this settles: only then is it known that the CLI estimated
 * nothing. Rejects with an ApiError, or with the signal's reason.
 */
export async function countOnce(
  start: () => CountingProcess,
  countable: Countable,
  signal: AbortSignal,
): Promise<Parts> {
  signal.throwIfAborted();
  const counting = start();
  const { process, estimates } = counting;
  const abandon = () => void process.terminate();
  signal.addEventListener("abort", abandon, { once: true });
  try {
    const parts = await countParts(counting, countable);
    await process.close();
    signal.throwIfAborted();
    if (estimates.any()) throw estimates.why();
    if (parts.conversation === 0) throw new Error("it told no count of the conversation");
    return parts;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof ApiError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ApiError("cli_failed", `The Claude CLI did not count the tokens: ${reason}`, { cause: error });
  } finally {
    signal.removeEventListener("abort", abandon);
    await process.terminate();
  }
}
