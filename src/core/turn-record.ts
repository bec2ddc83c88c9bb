import type { ErrorCode, Fault } from "./error.ts";
import type { FinishReason } from "./event.ts";

/** The APIs that a turn may be asked by. */
export type Dialect = "chat" | "completions" | "responses" | "messages";

/** Who asks a turn, as far as it is recorded: names, never what was said. */
export type Caller = {
  readonly dialect: Dialect;
  /** The program, by what it calls itself. */
  readonly client: string;
  /** The name of the key it came with, where keys have names. */
  readonly key?: string | undefined;
  /** Told that a turn has begun, for each. */
  readonly onBegun?: () => void;
  /** Told of the turn once its outcome is known. */
  readonly onTurn?: (turn: TurnRecord) => void;
};

/**
 * How a process came to serve a turn: it waited for the results (`resume`), remembered the conversation (`continue`) or its beginning
 * (`rewind`), remembered something else (`rebind`), was started from a transcript (`restore`), or had never been asked (`new`).
 */
export type Served = "resume" | "continue" | "rewind" | "rebind" | "restore" | "new";

/** What a turn took of money, by the CLI's own figures. What the CLI does not tell is undefined, and never an estimate. */
export type Spending = {
  /** At Anthropic's list prices, in US dollars: what the plan paid for. Of several turns that the CLI tells together, with the last. */
  readonly costUsd?: number | undefined;
  /** Whether it was paid for as extra usage, beside the plan. */
  readonly isExtraUsage?: boolean | undefined;
};

/** What is kept of a turn. Never content: counts, times, codes, and names that people gave. */
export type TurnRecord = Spending & {
  /** When it was asked, in milliseconds since the epoch. */
  readonly at: number;
  readonly caller: Omit<Caller, "onBegun" | "onTurn">;
  /** The model as the client named it; `unknown` when there is none of that name, which may be anything. */
  readonly model: string;
  /** The one that answered; undefined: none did. */
  readonly answered?: string | undefined;
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  readonly searches: number;
  readonly outcome: FinishReason["unified"] | ErrorCode;
  /** Undefined: it did not fail. */
  readonly fault?: Fault | undefined;
  /** Until a process took it up; undefined: none did. */
  readonly waitedMs?: number | undefined;
  readonly firstTokenMs?: number | undefined;
  readonly totalMs: number;
  readonly served?: Served | undefined;
};
