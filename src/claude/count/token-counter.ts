import type { CountRequest, TokenCount } from "../../core/backend.ts";
import { ApiError, reasonOf, shuttingDown } from "../../core/error.ts";
import { each, inTurns, type Steps } from "../../core/pace.ts";
import type { Tool, Turn } from "../../core/request.ts";
import { isBlank } from "../../core/turns.ts";
import { cliArguments } from "../cli/invocation.ts";
import { countsDescriptions, takenOffTools } from "../cli/version.ts";
import { countsTokens } from "../probe/counting.ts";
import { Probe } from "../probe/probe.ts";
import { CliProcess, type CliProcessOptions } from "../process/cli-process.ts";
import { RecentMap } from "../recent-map.ts";
import { isKnownToApi, mendTools } from "../tools/tool-definitions.ts";
import { CountingProcess, type Parts, PLACEHOLDER } from "./counting-process.ts";
import {
  CountingProcesses,
  type CountingProcessesOptions,
  type CountNeed,
  type Installed,
} from "./counting-processes.ts";
import { SharedWork } from "./shared-work.ts";

export type TokenCounterOptions = CountingProcessesOptions & {
  /** How many tokens the installed CLI takes off those of tools; undefined: it does not count as is known, or not for free. */
  readonly takenOff: (installed: Installed, signal: AbortSignal) => Promise<number | undefined>;
  /** Resolves when that is tried no more. */
  readonly closeProbe: () => Promise<void>;
};

type Demand = Omit<CountNeed, "tools"> & { readonly request: CountRequest };

type Count = (turns: readonly Turn[], tools: readonly Tool[]) => Promise<Parts>;

/** Some hundred bytes each; a client's tools, its prompts and the questions of an hour. */
const MOST_REMEMBERED = 5_000;

const NO_TURNS: readonly Turn[] = [PLACEHOLDER];

/**
 * Has Anthropic count what requests say, through the CLI. The system prompt is counted as a text of the first message, and tools apart
 * from the conversation, since the CLI never asks for all in one. What was counted is remembered, and what is being counted is not
 * asked for again.
 */
export class TokenCounter {
  readonly #options: TokenCounterOptions;
  readonly #processes: CountingProcesses;
  /** By hashes of what was counted. */
  readonly #remembered = new RecentMap<string, number>(MOST_REMEMBERED);
  readonly #asking = new SharedWork<Parts>();
  readonly #closing = new AbortController();

  constructor(options: TokenCounterOptions) {
    this.#options = options;
    this.#processes = new CountingProcesses(options);
  }

  /** Rejects with an ApiError, or with the signal's reason. */
  async count({ request, ...asked }: Demand, leaving: AbortSignal): Promise<TokenCount> {
    const signal = AbortSignal.any([leaving, this.#closing.signal]);
    const { installed } = asked;
    const cannotTell = failed("It could not be tried how the Claude CLI counts", signal);
    const takenOff = await this.#options.takenOff(installed, signal).catch(cannotTell);
    if (takenOff === undefined) throw uncounted(installed);
    const count: Count = (turns, tools) => this.#ask({ ...asked, turns, tools }, signal);
    // Of those that the API knows by their type, the CLI has none counted.
    const tools = mendTools(request.tools.filter((tool) => !isKnownToApi(tool)));
    const turns = withSystem(request);
    if (tools.length === 0) {
      const { conversation } = await count(turns, []);
      return { inputTokens: conversation, counted: turns === request.turns ? "whole" : "parts" };
    }
    const filler = fillerBeside(tools);
    const [constants, parts] = await Promise.all([constantsOf(filler, count), count(turns, [...tools, filler])]);
    const ofTools = parts.tools + takenOff - constants.filler - constants.placeholder;
    // The tools and the filler are more than the filler: less is known to be wrong.
    if (parts.tools === 0 || ofTools <= 0) throw contradictory();
    return { inputTokens: parts.conversation + ofTools, counted: "parts" };
  }

  /** Ends the processes that rest: what they were started with is no longer true. */
  reset(): void {
    this.#processes.reset();
  }

  /** Resolves when nothing is counted any more. */
  async close(): Promise<void> {
    this.#closing.abort(shuttingDown());
    await Promise.all([this.#asking.settled(), this.#options.closeProbe()]);
    await this.#processes.close();
  }

  /** What Anthropic counts; from memory as far as it was counted before. */
  async #ask(asked: Asked, signal: AbortSignal): Promise<Parts> {
    const { installed, model, turns, tools } = asked;
    const setting = [installed.path, installed.version, model];
    const keyOf = (kind: "turns" | "tools") => inTurns(contentKey([setting, kind], asked[kind]));
    const keys = { turns: await keyOf("turns"), tools: await keyOf("tools") };
    const conversation = this.#remembered.get(keys.turns);
    const ofTools = tools.length === 0 ? 0 : this.#remembered.get(keys.tools);
    if (conversation !== undefined && ofTools !== undefined) return { conversation, tools: ofTools };
    const [isSaid, isOffered] = [conversation === undefined, ofTools === undefined];
    const rest = { ...asked, turns: isSaid ? turns : NO_TURNS, tools: isOffered ? tools : [] };
    const restKey = `${isSaid && keys.turns} ${isOffered && keys.tools}`;
    const counted = await this.#asking.join(restKey, signal, (shared) =>
      this.#countNow(rest, shared).catch(failed("The Claude CLI did not count the tokens", shared)),
    );
    const parts = { conversation: conversation ?? counted.conversation, tools: ofTools ?? counted.tools };
    this.#remembered.set(keys.turns, parts.conversation);
    if (tools.length > 0) this.#remembered.set(keys.tools, parts.tools);
    return parts;
  }

  async #countNow(asked: Asked, signal: AbortSignal): Promise<Parts> {
    return await this.#processes.use(asked, signal, async (process) => {
      const { parts, estimated } = await process.count(asked);
      signal.throwIfAborted();
      if (estimated) throw estimated;
      if (parts.conversation === 0) throw new Error("it told no count of the conversation");
      return parts;
    });
  }
}

/** Tells what failed of what Anthropic did not refuse, and nobody gave up. */
function failed(what: string, signal: AbortSignal): (error: unknown) => never {
  return (error) => {
    if (signal.aborted) throw signal.reason;
    if (error instanceof ApiError) throw error;
    throw new ApiError("cli_failed", `${what}: ${reasonOf(error)}`, { cause: error });
  };
}

type Asked = CountNeed & { readonly turns: readonly Turn[] };

/** What is counted beside a request's own tools, by this model's count. */
async function constantsOf(filler: Tool, count: Count): Promise<{ placeholder: number; filler: number }> {
  const [first, both] = await Promise.all([count(NO_TURNS, [FIRST_FILLER]), count(NO_TURNS, [FIRST_FILLER, filler])]);
  if (first.tools === 0 || both.tools <= first.tools) throw contradictory();
  return { placeholder: first.conversation, filler: both.tools - first.tools };
}

/** The CLI has its system prompt counted as a message of its own: as a text of the first one, nothing is counted twice. */
function withSystem({ system, turns }: CountRequest): readonly Turn[] {
  if (isBlank(system)) return turns;
  const said = { type: "text", text: system } as const;
  const [first, ...others] = turns;
  if (first?.role !== "user") return [{ role: "user", content: [said] }, ...turns];
  return [{ role: "user", content: [said, ...first.content] }, ...others];
}

function contradictory(): ApiError {
  return new ApiError(
    "cli_failed",
    "The Claude CLI did not count the tokens of the tools: what it tells of them is less than they can be.",
  );
}

function uncounted({ version }: Installed): ApiError {
  const why = `version ${version} of it does not do so for free and in whole, as 2.1.330 does`;
  return new ApiError(
    "not_implemented",
    `These tokens cannot be counted: only Anthropic's API can, this server asks it through the Claude CLI, and ${why}. An estimate would ` +
      "be a made-up figure; the `usage` of an answer has the API's own.",
  );
}

/** Two characters for a token, or more than one token: over a thousand in all. */
const WORDS = "a b c d e f g h ".repeat(250);

const NAME = "claude_max_api_filler";

/**
 * Of the tokens of all tools the CLI takes some hundreds off, and tells nothing where that leaves nothing. So every request's tools are
 * counted together with this one, which is more than that. None of them has its name: the CLI takes two of one name for one.
 */
function fillerBeside(tools: readonly Pick<Tool, "name">[]): Tool {
  const taken = new Set(tools.map(({ name }) => name));
  let name = NAME;
  for (let number = 2; taken.has(name); number++) name = `${NAME}_${number}`;
  return filler(name);
}

/** What the other filler itself counts shows where it is added to this one. */
const FIRST_FILLER = filler("claude_max_api_first_filler");

function filler(name: string): Tool {
  return { name, description: WORDS, parameters: { type: "object", properties: {} } };
}

type CounterOptions = Pick<TokenCounterOptions, "takePlace" | "keepRoom"> &
  Pick<CliProcessOptions, "env" | "cwd" | "guard" | "logger"> & { readonly settings: string };

export function createTokenCounter({ settings, takePlace, keepRoom, ...running }: CounterOptions): TokenCounter {
  const admit = async (signal: AbortSignal) => {
    // It is for no client in particular.
    const leavePlace = await takePlace("", signal);
    const giveRoomBack = keepRoom({ isResting: false, retire: () => {} }, { mustBe: true });
    return () => {
      giveRoomBack?.();
      leavePlace();
    };
  };
  const probe = new Probe(countsTokens, { ...running, admit });
  return new TokenCounter({
    takePlace,
    keepRoom,
    start: ({ path }, model) => {
      const args = cliArguments({ settings, model, tellsEstimates: true });
      return new CountingProcess((errors) => new CliProcess({ ...running, path, args, errors }));
    },
    takenOff: async (installed, signal) => {
      const known = takenOffTools(installed.version);
      const isUnknown = known === undefined && countsDescriptions(installed.version);
      return isUnknown ? await probe.find(installed, signal) : known;
    },
    closeProbe: () => probe.close(),
  });
}

/** The same for the same content, and different for any other. */
export function* contentKey(setting: readonly unknown[], content: readonly unknown[]): Steps<string> {
  const hasher = new Bun.CryptoHasher("sha256").update(JSON.stringify(setting));
  yield* each(content, (member) => hasher.update(JSON.stringify(member)));
  return hasher.digest("base64");
}
