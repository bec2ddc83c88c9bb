import Type from "typebox";
import { Compile } from "typebox/compile";
import type { Tool, Turn } from "../../core/request.ts";
import type { Binding } from "../pool/binding.ts";
import type { CliProcess } from "../process/cli-process.ts";
import { onStage, type Rehearsal, type Stage } from "../session/stage.ts";
import { type CountingProcess, countParts, type Parts, UnknownAnswer } from "./count-parts.ts";
import { Estimates } from "./estimates.ts";

/** What is known of how a version of the CLI counts: how much it takes off what Anthropic says of tools. */
export type Counting = { readonly takenOff: number };

const TURNS: readonly Turn[] = [
  { role: "user", content: [{ type: "text", text: "first question" }] },
  { role: "assistant", content: [{ type: "text", text: "first answer" }] },
  { role: "user", content: [{ type: "text", text: "second question" }] },
];
const TOOLS: readonly Tool[] = [{ name: "try_me", description: "A tool.", parameters: { type: "object" } }];
export const TOKENS = { conversation: 7_001, tools: 20_003 };

const Body = Compile(Type.Object({ tools: Type.Array(Type.Unknown()) }));

function count(body: unknown): number | undefined {
  if (!Body.Check(body)) return undefined;
  return body.tools.length > 0 ? TOKENS.tools : TOKENS.conversation;
}

/**
 * Whether this CLI counts as is known: it asks `count_tokens` and nothing that is paid, tells what it is told, and says on stderr when
 * it estimates instead. Versions before 2.1.261 ask the model for one token where they get no count. Tried in processes without a
 * login. Undefined: it does not. Throws when it cannot be tried.
 */
export async function tryCounting(
  rehearsal: Rehearsal,
  bind: (process: CliProcess) => Binding,
): Promise<Counting | undefined> {
  const told = await playCounting({ ...rehearsal, count }, bind);
  const untold = await playCounting({ ...rehearsal, count: () => undefined }, bind);
  return conclude(told, untold);
}

/** What a trial showed. Without `parts` the CLI's answer was of no known form. */
export type Played = { readonly parts: Parts | undefined; readonly estimated: boolean; readonly wasPaid: boolean };

/** `told`: where the API counted {@link TOKENS}. `untold`: where it did not. */
export function conclude(told: Played, untold: Played): Counting | undefined {
  if (told.wasPaid || untold.wasPaid || told.estimated || !untold.estimated || !told.parts) return undefined;
  const { conversation, tools } = told.parts;
  const takenOff = TOKENS.tools - tools;
  return conversation === TOKENS.conversation && tools > 0 && takenOff >= 0 ? { takenOff } : undefined;
}

async function playCounting(rehearsal: Rehearsal, bind: (process: CliProcess) => Binding): Promise<Played> {
  return await onStage(rehearsal, async ({ start, api }: Stage) => {
    const estimates = new Estimates();
    const process = start({ tellsEstimates: true, errors: estimates });
    const counting: CountingProcess = { process, binding: bind(process), estimates };
    const parts = await countParts(counting, { turns: TURNS, tools: TOOLS, model: rehearsal.model }).catch(
      unlessUnknown,
    );
    await process.close();
    return { parts, estimated: estimates.any(), wasPaid: api.bodies.length > 0 };
  });
}

function unlessUnknown(error: unknown): undefined {
  if (!(error instanceof UnknownAnswer)) throw error;
}
