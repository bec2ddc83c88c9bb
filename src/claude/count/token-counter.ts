import type { CountRequest, TokenCount } from "../../core/backend.ts";
import { ApiError } from "../../core/error.ts";
import type { Tool, Turn } from "../../core/request.ts";
import { isBlank } from "../../core/turns.ts";
import { Limiter } from "../pool/limiter.ts";
import { countOnce } from "./count-once.ts";
import { type CountingProcess, type Parts, PLACEHOLDER } from "./count-parts.ts";
import { FIRST_FILLER, fillerBeside } from "./filler.ts";
import type { Counting } from "./try-counting.ts";

export type Installed = { readonly path: string; readonly version: string };

export type TokenCounterOptions = {
  /** A process that says on stderr when it estimates. */
  readonly start: (installed: Installed, model: string) => CountingProcess;
  /** How the installed CLI counts; undefined: not as is known, or not for free. Rejects when it cannot be tried. */
  readonly tryOut: (installed: Installed, signal: AbortSignal) => Promise<Counting | undefined>;
  /** Takes a place among all that runs; resolves with the function that gives it back. */
  readonly takePlace: (signal: AbortSignal) => Promise<() => void>;
};

export type Demand = {
  readonly request: CountRequest;
  /** A name of the CLI's. */
  readonly model: string;
  readonly installed: Installed;
};

type Count = (turns: readonly Turn[], tools: readonly Tool[]) => Promise<Parts>;

type Constants = { readonly placeholder: number; readonly filler: number };

/** Counts that may wait; one more is turned away. */
const MAX_QUEUED = 100;

/**
 * Has Anthropic count what requests say, through the CLI, one request at a time. The system prompt is counted as a text of the first
 * message, and tools apart from the conversation, since the CLI never asks for all in one.
 */
export class TokenCounter {
  readonly #options: TokenCounterOptions;
  readonly #line = new Limiter(1, MAX_QUEUED);
  readonly #known = new Map<string, Promise<Counting | undefined>>();
  readonly #constants = new Map<string, Constants>();
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: TokenCounterOptions) {
    this.#options = options;
  }

  /** Rejects with an ApiError, or with the signal's reason. */
  async count(demand: Demand, client: AbortSignal): Promise<TokenCount> {
    const signal = AbortSignal.any([client, this.#closing.signal]);
    const running = this.#countInTurn(demand, signal);
    const settled = running.then(
      () => {},
      () => {},
    );
    this.#running.add(settled);
    void settled.then(() => this.#running.delete(settled));
    return await running;
  }

  /** Resolves when nothing is counted any more. */
  async close(): Promise<void> {
    this.#closing.abort(new ApiError("shutting_down", "The server is shutting down."));
    await Promise.all(this.#running);
  }

  async #countInTurn(demand: Demand, signal: AbortSignal): Promise<TokenCount> {
    // First in line among counts: those that wait take no place from requests.
    const leaveLine = await this.#line.acquire(signal);
    try {
      const leavePlace = await this.#options.takePlace(signal);
      try {
        return await this.#countNow(demand, signal);
      } finally {
        leavePlace();
      }
    } finally {
      leaveLine();
    }
  }

  async #countNow({ request, model, installed }: Demand, signal: AbortSignal): Promise<TokenCount> {
    const counting = await this.#countingOf(installed, signal);
    if (counting === undefined)
      throw uncounted(`version ${installed.version} of it does not do so for free, as 2.1.330 does`);
    const count: Count = (turns, tools) =>
      countOnce(() => this.#options.start(installed, model), { turns, tools, model }, signal);
    const { tools } = request;
    const turns = withSystem(request);
    if (tools.length === 0) {
      const { conversation } = await count(turns, []);
      return { inputTokens: conversation, counted: turns === request.turns ? "whole" : "parts" };
    }
    const filler = fillerBeside(tools);
    const key = JSON.stringify([installed.path, installed.version, model, filler.name]);
    const constants = await this.#constantsOf(key, filler, count);
    const parts = await count(turns, [...tools, filler]);
    const ofTools = parts.tools + counting.takenOff - constants.filler - constants.placeholder;
    // The tools and the filler are more than the filler: less is known to be wrong.
    if (parts.tools === 0 || ofTools <= 0) throw contradictory();
    return { inputTokens: parts.conversation + ofTools, counted: "parts" };
  }

  /** What is counted beside a request's own tools, by this model's count. */
  async #constantsOf(key: string, filler: Tool, count: Count): Promise<Constants> {
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const first = await count([PLACEHOLDER], [FIRST_FILLER]);
    const both = await count([PLACEHOLDER], [FIRST_FILLER, filler]);
    if (first.tools === 0 || both.tools <= first.tools) throw contradictory();
    const found = { placeholder: first.conversation, filler: both.tools - first.tools };
    this.#constants.set(key, found);
    return found;
  }

  /** Found out once for each installation; what failed for another reason is tried again. */
  async #countingOf(installed: Installed, signal: AbortSignal): Promise<Counting | undefined> {
    const key = JSON.stringify([installed.path, installed.version]);
    const found = this.#known.get(key) ?? this.#options.tryOut(installed, signal);
    this.#known.set(key, found);
    return await found.catch((error: unknown) => {
      this.#known.delete(key);
      if (signal.aborted) throw signal.reason;
      const reason = error instanceof Error ? error.message : String(error);
      throw new ApiError("cli_failed", `It could not be tried how the Claude CLI counts: ${reason}`, { cause: error });
    });
  }
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
