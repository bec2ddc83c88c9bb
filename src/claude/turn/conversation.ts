import { isJsonObject } from "../../core/json.ts";
import type { ToolResultBlock } from "../../core/request.ts";
import type { CliProcess } from "../process/cli-process.ts";
import { within } from "../process/spawn.ts";
import type { CliMessage } from "../protocol/parse-message.ts";
import { asksToGoOn, type ClientTools } from "../tools/client-tools.ts";

// What brings a process' conversation forward, or back, without asking the model.

/** For one turn of history; the CLI acknowledges in about 10 ms. */
const APPEND_TIMEOUT_MS = 15_000;
/**
 * Answered within 10 ms, on a busy machine within seconds, or, by some older versions and in some conversations, never: a fresh process is
 * quicker then.
 */
const REWIND_TIMEOUT_MS = 3_000;
/** The CLI tells of each result within a few milliseconds; without a word of it, only their order is at stake. */
const ECHO_TIMEOUT_MS = 2_000;
/** For each of its two steps, which usually take 30 ms together. */
const SETTLE_TIMEOUT_MS = 5_000;

/**
 * Sends something and waits for what the CLI says to it, its question before it goes on after calls included: that is left open, so that it
 * waits. `isAnswer`: whether a message is the one to wait for; throws when it tells that none will come. False: nothing in time. Throws when
 * the process dies meanwhile.
 */
export async function awaitMessage(
  process: CliProcess,
  send: () => void,
  { isAnswer, timeoutMs }: { isAnswer: (message: CliMessage) => boolean; timeoutMs: number },
): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const message = (heard: CliMessage) => {
    try {
      if (isAnswer(heard)) resolve();
    } catch (error) {
      reject(error);
    }
  };
  process.listen({
    message,
    asked: (request) => {
      const goesOn = asksToGoOn(request);
      if (goesOn) message(request);
      return goesOn;
    },
    died: reject,
  });
  try {
    send();
    return await within(promise, timeoutMs);
  } finally {
    process.listen(undefined);
  }
}

/**
 * Writes a user's turn of the history and waits for its acknowledgement: only then does the CLI keep the order of what is
 * written next. Throws when it does anything else than append.
 */
export async function appendUserTurn(process: CliProcess, message: object): Promise<void> {
  const isAnswer = (said: CliMessage) => {
    if (said.type !== "result") return false;
    if (said.is_error || said.num_turns !== 0) throw new Error("the CLI did not just append a turn of the history");
    return true;
  };
  const send = () => process.send(message);
  if (!(await awaitMessage(process, send, { isAnswer, timeoutMs: APPEND_TIMEOUT_MS })))
    throw new Error("the CLI did not acknowledge a turn of the history");
}

/** Makes the process forget a user's message and all that follows it; `newest` is the last of the user's. Throws when it does not. */
export async function rewindTo(
  process: CliProcess,
  target: string,
  newest: string,
  timeoutMs = REWIND_TIMEOUT_MS,
): Promise<void> {
  const reply = await process.request(
    { subtype: "rewind_conversation", target_message_uuid: target, last_seen_user_message_uuid: newest },
    timeoutMs,
  );
  if (!isJsonObject(reply) || reply.rewound !== true) throw new Error("the CLI refused to rewind the conversation");
}

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
      isAnswer: (message) => blocksIn(message).some(({ tool_use_id }) => tool_use_id === result.callId),
      timeoutMs: ECHO_TIMEOUT_MS,
    });
  }
}

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
  const answerLast = () => {
    for (const last of results.slice(-1)) tools.answer(last);
  };
  const isQuestion = ({ type }: CliMessage) => type === "control_request";
  if (!(await awaitMessage(process, answerLast, { isAnswer: isQuestion, timeoutMs: SETTLE_TIMEOUT_MS })))
    throw new Error("the CLI did not ask before it goes on");
  const note = await interruptTurn(process);
  if (note === undefined) throw new Error("the CLI did not say how it noted the interruption");
  await rewindTo(process, note, note);
}

/** Ends the turn without the results. Throws when that fails: then the process is of no more use. */
export async function giveUpCalls(process: CliProcess, tools: ClientTools): Promise<void> {
  await interruptTurn(process);
  tools.reset();
}

/** Ends a turn that waits; no model is asked. Resolves with the uuid of the CLI's note of it, if there is one. Throws when it does not end. */
async function interruptTurn(process: CliProcess): Promise<string | undefined> {
  let note: string | undefined;
  const isAnswer = (message: CliMessage) => {
    const isNote = message.type === "user" && !blocksIn(message).some(({ type }) => type === "tool_result");
    if (isNote) note = message.uuid ?? note;
    return message.type === "result";
  };
  const [, hasEnded] = await Promise.all([
    process.request({ subtype: "interrupt" }, SETTLE_TIMEOUT_MS),
    awaitMessage(process, () => {}, { isAnswer, timeoutMs: SETTLE_TIMEOUT_MS }),
  ]);
  if (!hasEnded) throw new Error("the CLI did not end the turn");
  return note;
}

/** The blocks of what the CLI adds to the conversation as the user's. */
function blocksIn(message: CliMessage): readonly { readonly type: string; readonly tool_use_id?: string | null }[] {
  return message.type === "user" && typeof message.message.content !== "string" ? message.message.content : [];
}
