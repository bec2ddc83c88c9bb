import type { ToolResultBlock } from "../../core/request.ts";
import type { CliProcess } from "../process/cli-process.ts";
import type { CliMessage } from "../protocol/parse-message.ts";
import type { ClientTools } from "../tools/client-tools.ts";
import { asksToGoOn } from "../tools/tool-hooks.ts";
import { answerCalls } from "./answer-calls.ts";
import { rewindTo } from "./rewind.ts";

/** Usually 30 ms in all. */
const SETTLE_TIMEOUT_MS = 5_000;

/**
 * Answers the open calls of a turn and ends it there: the process then remembers the conversation up to the results, what the model thought
 * included, and the next turn goes on behind them. Before it asks the model again the CLI asks us; interrupted there, it notes the
 * interruption as a message of the user's, which is taken back. Throws when any of that fails: then the process is of no more use.
 */
export async function settleCalls(
  process: CliProcess,
  tools: ClientTools,
  results: readonly ToolResultBlock[],
): Promise<void> {
  await answerCalls(process, tools, results.slice(0, -1));
  const note = await interruptAt(process, async (asksToGoOn) => {
    for (const last of results.slice(-1)) tools.answer(last);
    await asksToGoOn;
  });
  if (note === undefined) throw new Error("the CLI did not say how it noted the interruption");
  await rewindTo(process, note, note);
}

/** Ends the turn without the results; no model is asked. Throws when that fails: then the process is of no more use. */
export async function giveUpCalls(process: CliProcess, tools: ClientTools): Promise<void> {
  await interruptAt(process, async () => {});
  tools.reset();
}

/** Interrupts the turn once `ready` resolves, and waits for its end. Resolves with the uuid of the CLI's note of it. */
async function interruptAt(
  process: CliProcess,
  ready: (asksToGoOn: Promise<void>) => Promise<void>,
): Promise<string | undefined> {
  const asked = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const over = AbortSignal.timeout(SETTLE_TIMEOUT_MS);
  let note: string | undefined;
  const fail = (reason: unknown) => {
    asked.reject(reason);
    ended.reject(reason);
  };
  process.listen({
    message: (message) => {
      if (message.type === "result") ended.resolve();
      note = noteIn(message) ?? note;
    },
    asked: (request) => {
      const goesOn = asksToGoOn(request);
      if (goesOn) asked.resolve();
      return goesOn;
    },
    died: fail,
  });
  over.addEventListener("abort", () => fail(over.reason));
  // Whoever does not get as far as to wait for them hears of the failure elsewhere.
  asked.promise.catch(() => {});
  ended.promise.catch(() => {});
  try {
    await ready(asked.promise);
    await process.request({ subtype: "interrupt" }, SETTLE_TIMEOUT_MS);
    await ended.promise;
  } finally {
    process.listen(undefined);
  }
  return note;
}

/** The uuid of a user's message that is no result of a call. */
function noteIn(message: CliMessage): string | undefined {
  if (message.type !== "user") return undefined;
  const { content } = message.message;
  const hasResult = typeof content !== "string" && content.some(({ type }) => type === "tool_result");
  return hasResult ? undefined : (message.uuid ?? undefined);
}
