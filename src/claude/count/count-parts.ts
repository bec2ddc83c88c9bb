import Type from "typebox";
import { Compile } from "typebox/compile";
import type { Tool, Turn } from "../../core/request.ts";
import type { Binding } from "../pool/binding.ts";
import { makeProfile } from "../pool/profile.ts";
import type { CliProcess } from "../process/cli-process.ts";
import { appendUserTurn } from "../turn/append-turn.ts";
import { assistantMessage, userMessage } from "../turn/encode-input.ts";
import type { Estimates } from "./estimates.ts";

/** A process that counts. It is asked nothing else, and ends afterwards. */
export type CountingProcess = {
  readonly process: CliProcess;
  readonly binding: Binding;
  /** Reads what the process writes to stderr. */
  readonly estimates: Estimates;
};

/** What is counted. Who has the last word is all the same to the CLI. */
export type Countable = { readonly turns: readonly Turn[]; readonly tools: readonly Tool[]; readonly model: string };

/** What Anthropic counted, as the CLI tells it. */
export type Parts = {
  /** The conversation, as one request without system prompt and tools. */
  readonly conversation: number;
  /** The tools, with {@link PLACEHOLDER} as conversation, less what the CLI takes off; zero where that leaves nothing. */
  readonly tools: number;
};

/** The CLI told something, but not in the form that is known. */
export class UnknownAnswer extends Error {}

/** The CLI asks Anthropic, and tries once more when that fails. */
const COUNT_TIMEOUT_MS = 60_000;

/** The conversation beside which the CLI has tools counted, since the API counts no tools alone. */
export const PLACEHOLDER: Turn = { role: "user", content: [{ type: "text", text: "foo" }] };

/** The answer to `get_context_usage`. Categories without tokens are left out, and those of older versions have no id. */
const ContextUsage = Compile(
  Type.Object({ categories: Type.Array(Type.Object({ id: Type.String(), tokens: Type.Number() })) }),
);

/**
 * Has the CLI ask Anthropic's `count_tokens`, which costs nothing: once for the conversation, word for word, and once for all
 * tools. Throws when it does not tell. What it tells may be an estimate of its own: see estimates.ts.
 */
export async function countParts(
  { process, binding }: Omit<CountingProcess, "estimates">,
  { turns, tools, model }: Countable,
): Promise<Parts> {
  await binding.bind(makeProfile({ system: "", tools, outputSchema: undefined }), model, { isEmpty: true });
  for (const turn of turns) {
    if (turn.role === "assistant") process.send(assistantMessage(turn, binding.names));
    else {
      const options = { uuid: crypto.randomUUID(), query: false, names: binding.names };
      await appendUserTurn(process, userMessage(turn, options));
    }
  }
  const usage = await process.request({ subtype: "get_context_usage" }, COUNT_TIMEOUT_MS);
  if (!ContextUsage.Check(usage)) throw new UnknownAnswer("it does not tell its context usage as it was known to");
  const tokensOf = (category: string) => usage.categories.find(({ id }) => id === category)?.tokens ?? 0;
  return { conversation: tokensOf("messages"), tools: tokensOf("mcp_tools") };
}
