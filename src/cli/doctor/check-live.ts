import { remedyFor } from "../../claude/cli/shell-commands.ts";
import type { Config } from "../../config/config.ts";
import type { Surroundings } from "../command.ts";
import { RefusedError, streamChat } from "../running-server/api-client.ts";
import { openServer } from "../running-server/open-server.ts";
import type { Told } from "./finding.ts";

/** The smallest model, and an answer of a word. */
const QUESTION = {
  model: "claude-haiku-4",
  messages: [{ role: "user", content: "Answer with the word OK, and nothing else." }],
  max_tokens: 16,
  reasoning_effort: "none",
};

/**
 * Asks the model, by the server that runs or by one of our own, and tells how long it took. `cliPath`: the CLI that was found here. Throws only
 * what the signal does.
 */
export async function checkLive(
  config: Config,
  surroundings: Surroundings,
  signal: AbortSignal,
  cliPath?: string,
): Promise<Told> {
  try {
    await using server = await openServer(config, surroundings, { warm: 1 });
    const isDemo = config.demo || server.running?.demo === true;
    const who = isDemo
      ? "the simulated API one short question"
      : "Claude one short question, which spends a little of your plan";
    surroundings.terminal.writeError(`Asking ${who} …\n`);
    // A process of our own has to start first, as it would have with the server.
    await server.modelsKnown(signal);
    return describe(await measure(server, signal), { wasRunning: server.running !== undefined, isDemo });
  } catch (error) {
    if (signal.aborted || !(error instanceof Error)) throw error;
    const code = error instanceof RefusedError ? (error.code ?? "") : "";
    return {
      status: "problem",
      message: error.message,
      command: remedyFor(code, surroundings, cliPath),
      ...(code !== "" && { facts: { code } }),
    };
  }
}

async function measure(server: Parameters<typeof streamChat>[0], signal: AbortSignal) {
  const start = performance.now();
  let first: number | undefined;
  for await (const part of streamChat(server, QUESTION, signal)) {
    const now = performance.now() - start;
    first ??= now;
    if (part.type === "end") return { model: part.model, firstTokenMs: Math.round(first), totalMs: Math.round(now) };
  }
  throw new RefusedError("The answer had no end.");
}

type Server = { readonly wasRunning: boolean; readonly isDemo: boolean };

function describe(
  { model, firstTokenMs, totalMs }: Awaited<ReturnType<typeof measure>>,
  { wasRunning, isDemo }: Server,
): Told {
  const by = wasRunning ? "the server that runs" : "a server started for this";
  const simulated = isDemo ? " It is in demo mode: the answer was simulated, and Claude was not asked." : "";
  return {
    status: isDemo ? "warning" : "ok",
    message: `${model} answered by way of ${by}: the first token after ${firstTokenMs} ms, all of it after ${totalMs} ms.${simulated}`,
    facts: { model, first_token_ms: firstTokenMs, total_ms: totalMs, running_server: wasRunning, demo: isDemo },
  };
}
