import type { CountRequest, TokenCount } from "../../core/backend.ts";
import { ApiError } from "../../core/error.ts";
import type { Tool, Turn } from "../../core/request.ts";
import { isBlank } from "../../core/turns.ts";
import type { Guest } from "../pool/pool-state.ts";
import { mendTools } from "../tools/mend-tools.ts";
import { isKnownToApi } from "../tools/tool-definitions.ts";
import { type Parts, PLACEHOLDER } from "./counting-process.ts";
import { CountingProcesses, type CountingProcessesOptions, type Installed } from "./counting-processes.ts";
import { FIRST_FILLER, fillerBeside } from "./filler.ts";
import { contentKey, RememberedCounts } from "./remembered-counts.ts";
import { SharedWork } from "./shared-work.ts";
import type { Counting } from "./try-counting.ts";

export type TokenCounterOptions = CountingProcessesOptions & {
  /** How the installed CLI counts, as its version tells; undefined: that is to be tried. */
  readonly known: (installed: Installed) => Counting | undefined;
  /** How it does; undefined: not as is known, or not for free. Rejects when it cannot be tried. */
  readonly tryOut: (installed: Installed, signal: AbortSignal) => Promise<Counting | undefined>;
};

export type Demand = {
  readonly request: CountRequest;
  /** A name of the CLI's. */
  readonly model: string;
  readonly installed: Installed;
};

type Count = (turns: readonly Turn[], tools: readonly Tool[]) => Promise<Parts>;

const NO_TURNS: readonly Turn[] = [PLACEHOLDER];

/**
 * Has Anthropic count what requests say, through the CLI. The system prompt is counted as a text of the first message, and tools apart
 * from the conversation, since the CLI never asks for all in one. What was counted is remembered, and what is being counted is not
 * asked for again.
 */
export class TokenCounter {
  readonly #options: TokenCounterOptions;
  readonly #processes: CountingProcesses;
  readonly #remembered = new RememberedCounts();
  readonly #asking = new SharedWork<Parts>();
  readonly #tried = new Map<string, Counting | undefined>();
  readonly #trying = new SharedWork<Counting | undefined>();
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: TokenCounterOptions) {
    this.#options = options;
    this.#processes = new CountingProcesses(options);
  }

  /** Rejects with an ApiError, or with the signal's reason. */
  async count({ request, model, installed }: Demand, client: AbortSignal): Promise<TokenCount> {
    const signal = AbortSignal.any([client, this.#closing.signal]);
    const counting = await this.#countingOf(installed, signal);
    if (counting === undefined)
      throw uncounted(`version ${installed.version} of it does not do so for free and in whole, as 2.1.330 does`);
    const count: Count = (turns, tools) => this.#ask({ installed, model, turns, tools }, signal);
    // Of those that the API knows by their type, the CLI has none counted.
    const tools = mendTools(request.tools.filter((tool) => !isKnownToApi(tool)));
    const turns = withSystem(request);
    if (tools.length === 0) {
      const { conversation } = await count(turns, []);
      return { inputTokens: conversation, counted: turns === request.turns ? "whole" : "parts" };
    }
    const filler = fillerBeside(tools);
    const [constants, parts] = await Promise.all([constantsOf(filler, count), count(turns, [...tools, filler])]);
    const ofTools = parts.tools + counting.takenOff - constants.filler - constants.placeholder;
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
    this.#closing.abort(new ApiError("shutting_down", "The server is shutting down."));
    await Promise.all(this.#running);
    await this.#processes.close();
  }

  /** What Anthropic counts; from memory as far as it was counted before. */
  async #ask(asked: Asked, signal: AbortSignal): Promise<Parts> {
    const { installed, model, turns, tools } = asked;
    const setting = [installed.path, installed.version, model];
    const keys = { turns: contentKey(setting, "turns", turns), tools: contentKey(setting, "tools", tools) };
    const conversation = this.#remembered.get(keys.turns);
    const ofTools = tools.length === 0 ? 0 : this.#remembered.get(keys.tools);
    if (conversation !== undefined && ofTools !== undefined) return { conversation, tools: ofTools };
    const rest = {
      ...asked,
      turns: conversation === undefined ? turns : NO_TURNS,
      tools: ofTools === undefined ? tools : [],
    };
    const restKey = contentKey(setting, rest.turns, rest.tools);
    const counted = await this.#asking.join(restKey, signal, (shared) => this.#keepTrack(this.#countNow(rest, shared)));
    const parts = { conversation: conversation ?? counted.conversation, tools: ofTools ?? counted.tools };
    this.#remembered.set(keys.turns, parts.conversation);
    if (tools.length > 0) this.#remembered.set(keys.tools, parts.tools);
    return parts;
  }

  async #countNow(asked: Asked, signal: AbortSignal): Promise<Parts> {
    try {
      return await this.#processes.use(asked, signal, async (process) => {
        const { parts, estimated } = await process.count(asked);
        signal.throwIfAborted();
        if (estimated) throw estimated;
        if (parts.conversation === 0) throw new Error("it told no count of the conversation");
        return parts;
      });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof ApiError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new ApiError("cli_failed", `The Claude CLI did not count the tokens: ${reason}`, { cause: error });
    }
  }

  /** Found out once for each installation; what failed for another reason is tried again. */
  async #countingOf(installed: Installed, signal: AbortSignal): Promise<Counting | undefined> {
    const key = JSON.stringify([installed.path, installed.version]);
    if (this.#tried.has(key)) return this.#tried.get(key);
    const known = this.#options.known(installed);
    if (known) return known;
    const found = await this.#trying.join(key, signal, (shared) => this.#keepTrack(this.#tryOut(installed, shared)));
    this.#tried.set(key, found);
    return found;
  }

  async #tryOut(installed: Installed, signal: AbortSignal): Promise<Counting | undefined> {
    const leavePlace = await this.#options.takePlace(signal);
    const giveRoomBack = this.#options.keepRoom(TRIAL, { mustBe: true });
    try {
      return await this.#options.tryOut(installed, signal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      const reason = error instanceof Error ? error.message : String(error);
      throw new ApiError("cli_failed", `It could not be tried how the Claude CLI counts: ${reason}`, { cause: error });
    } finally {
      giveRoomBack?.();
      leavePlace();
    }
  }

  /** Closing waits for it. */
  #keepTrack<T>(work: Promise<T>): Promise<T> {
    const settled = work.then(
      () => {},
      () => {},
    );
    this.#running.add(settled);
    void settled.then(() => this.#running.delete(settled));
    return work;
  }
}

type Asked = Omit<Demand, "request"> & { readonly turns: readonly Turn[]; readonly tools: readonly Tool[] };

const TRIAL: Guest = { isResting: false, retire: () => {} };

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

function uncounted(why: string): ApiError {
  return new ApiError(
    "not_implemented",
    `These tokens cannot be counted: only Anthropic's API can, this server asks it through the Claude CLI, and ${why}. An estimate would ` +
      "be a made-up figure; the `usage` of an answer has the API's own.",
  );
}
