import { isJsonObject } from "../../core/json.ts";
import type { Tool, Turn } from "../../core/request.ts";
import { CountingProcess, type Parts, UnknownAnswer } from "../count/counting-process.ts";
import type { Script } from "./probe.ts";
import type { Sandbox } from "./sandbox.ts";

const TURNS: readonly Turn[] = [
  { role: "user", content: [{ type: "text", text: "first question" }] },
  { role: "assistant", content: [{ type: "text", text: "first answer" }] },
  { role: "user", content: [{ type: "text", text: "second question" }] },
];
const tool = (name: string): Tool => ({ name, description: "A tool.", parameters: { type: "object" } });
export const TOKENS = { conversation: 7_001, tools: 20_003 };

function count(body: unknown): number | undefined {
  const tools = isJsonObject(body) ? body.tools : undefined;
  return Array.isArray(tools) ? (tools.length > 0 ? TOKENS.tools : TOKENS.conversation) : undefined;
}

/**
 * Whether this CLI counts as is known: it asks `count_tokens` and nothing that is paid, tells what it is told, and says on stderr when
 * it estimates instead. Versions before 2.1.261 ask the model for one token where they get no count. Gives how many tokens it takes off what
 * Anthropic says of tools; undefined: it does not count so.
 */
export const countsTokens: Script<number | undefined> = {
  name: "counting",
  timeoutMs: 20_000,
  run: async (sandbox) => {
    const runCount = countRunner(sandbox);
    sandbox.api.count = count;
    const told = await runCount([tool("try_me")]);
    sandbox.api.count = undefined;
    // Of others: what it was told of the first it would remember.
    const untold = await runCount([tool("try_me_too")]);
    return conclude(told, untold, { wasPaid: sandbox.api.bodies.length > 0 });
  },
};

/** What a run showed. Without `parts` the CLI's answer was of no known form. */
export type CountRun = { readonly parts: Parts | undefined; readonly estimated: boolean };

/** `told`: where the API counted {@link TOKENS}. `untold`: where it did not. */
export function conclude(told: CountRun, untold: CountRun, { wasPaid }: { wasPaid: boolean }): number | undefined {
  if (wasPaid || told.estimated || !untold.estimated || !told.parts) return undefined;
  const { conversation, tools } = told.parts;
  const takenOff = TOKENS.tools - tools;
  return conversation === TOKENS.conversation && tools > 0 && takenOff >= 0 ? takenOff : undefined;
}

/** One process after the other, each for as long as it can go on. */
function countRunner({ start }: Sandbox) {
  let counting: CountingProcess | undefined;
  return async (tools: readonly Tool[]): Promise<CountRun> => {
    if (!counting?.canCount(tools)) {
      await counting?.close();
      counting = new CountingProcess((errors) => start({ errors }));
    }
    try {
      const { parts, estimated } = await counting.count({ turns: TURNS, tools });
      return { parts, estimated: estimated !== undefined };
    } catch (error) {
      if (!(error instanceof UnknownAnswer)) throw error;
      return { parts: undefined, estimated: false };
    }
  };
}
