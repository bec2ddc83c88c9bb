import type { ChatEvent } from "./event.ts";
import type { ChatRequest, EffortLevel } from "./request.ts";
import type { Caller, Served, Spending } from "./turn-record.ts";

/** Where `api` and `claude` meet: what a dialect may ask of whatever produces completions. */
export interface Backend {
  /**
   * Serves one request. Never throws and never rejects: a failure is an `error` event. Ending the iteration early, or
   * aborting the signal, ends the model's turn.
   */
  run(request: ChatRequest, signal: AbortSignal, options?: RunOptions): AsyncIterable<ChatEvent>;
  /**
   * Throws what {@link run} would refuse one of these with before it asks the model, if they all came now: who asks several turns for one
   * answer does not pay for some of them in vain. From memory, and asks nothing.
   */
  check(requests: readonly ChatRequest[], asking?: Asking): void;
  /**
   * Counts the tokens of what is said to the model, without asking it. Rejects with an ApiError, also where nobody can count:
   * the figure is never an estimate.
   */
  countTokens(request: CountRequest, signal: AbortSignal, asking?: Pick<Asking, "client">): Promise<TokenCount>;
  /**
   * Throws `model_not_found` for a name that no model has. From memory: as long as it is not known which models there are, any passes.
   */
  checkModel(name: string): void;
  /** What of the request the model cannot do that it means. From memory, and of a model that is not known nothing. */
  unmet(request: ChatRequest): readonly Unmet[];
  /** The models this account can use, answered from memory: never starts or waits for a process. */
  models(): readonly Model[];
  /** What is known of the model that a request with this name would ask, from memory. Throws `model_not_found`. */
  model(name: string): Model;
  /** The state as last seen, from memory. */
  health(): BackendHealth;
  /** What is known of the plan's limits, from memory. */
  limits(): PlanLimits;
}

/** Who asks, and how: what decides whose turn it is where many ask. */
export type Asking = {
  /** The client, as the server tells clients apart: each waits behind its own requests. Absent: one of those that nobody told apart. */
  readonly client?: string | undefined;
  /** The same for who reads of it later. */
  readonly caller?: Caller | undefined;
  /** Whether the answer is read as it is written. Default: it is not. */
  readonly isStreamed?: boolean;
};

export type RunOptions = Asking & {
  /** Called once the request is taken: it runs, or waits in line for that. */
  readonly onAdmitted?: () => void;
  /** Called when a process has taken the request up; again, where it has to be asked once more. */
  readonly onServed?: (how: Served) => void;
  /** Called with what a process tells that the turn took, mostly before its end, sometimes behind it; several calls add up. */
  readonly onSpent?: (spent: Spending) => void;
};

/**
 * What tokens are counted of. Other than in a request that is to be answered, the last turn may be the assistant's, and there may be
 * none beside a system prompt. A schema of structured output is not counted, nor are
 * tools that the model's API knows or runs itself, and fields that only it knows: whoever wants these must be told so.
 */
export type CountRequest = Pick<ChatRequest, "model" | "system" | "turns" | "tools">;

export type TokenCount = {
  readonly inputTokens: number;
  /** `whole`: the request was counted in one piece. `parts`: it is the sum of what was counted apart. */
  readonly counted: "whole" | "parts";
};

export type Model = {
  /** The id clients use. */
  readonly id: string;
  readonly displayName: string;
  /** The full id of the model that answers, when the id is an alias; undefined until the CLI has reported it. */
  readonly resolvedModel?: string;
  readonly facts: ModelFacts;
};

/**
 * `think-first`: that it thinks before it answers. `serial-calls`: that it calls one tool at a time. `strict-tools`: that its calls keep to the
 * schemas of functions.
 */
export type Refused = "effort" | "think-first" | "serial-calls" | "strict-tools";

/** What a model can, as far as requests depend on it. */
export type ModelFacts = {
  /** What is said to it and what it answers, together. */
  readonly contextTokens: number;
  /** The most that one answer may take. */
  readonly outputTokens: number;
  /** The levels of effort that it knows, the least first; none: it takes no word on that. */
  readonly efforts: readonly EffortLevel[];
  /** `adaptive`: it thinks as much as it sees fit. `budgeted`: up to a number of tokens. */
  readonly thinking: "adaptive" | "budgeted";
  /** What keeps it from thinking before it answers: a word, or that none is said of it. `never`: nothing does. */
  readonly thinkingOff: "disabled" | "between_tools" | "omitted" | "never";
  /** Whether it can be made to call a tool. */
  readonly takesForcedCalls: boolean;
  /** Whether it lets its sampling be steered, when it does not think. */
  readonly takesSampling: boolean;
  /** Whether its API ends an answer at the texts that a request names. */
  readonly takesStops: boolean;
  /** On what its API takes no word, as its refusals told, though models like it take one. Absent: on nothing. */
  readonly refuses?: readonly Refused[];
  /** Whether its API sees to it that an answer satisfies a schema. */
  readonly takesOutputFormat: boolean;
};

/**
 * What a request asks for and its model does not take: a call that must be made is asked for in words then, the others have no effect.
 * `thinking`: some of what the conversation says that was thought, which the model does not take back.
 */
export type Unmet = "forced-call" | "temperature" | "top-p" | "top-k" | "thinking" | Refused;

/** A window of the plan's limits, as the API last told it; times are seconds since the epoch. */
export type LimitWindow = {
  /** The part that is used: from 0 to 1, seldom more. */
  readonly utilization: number;
  readonly resetsAt: number;
  readonly status?: string;
  readonly surpassedThreshold?: number;
  readonly seenAt: number;
};

/** The plan's limits as the API last told them; times are seconds since the epoch. */
export type PlanLimits = {
  readonly seenAt?: number | undefined;
  /** The API's own word: `allowed`, `allowed_warning` or `rejected`. */
  readonly status?: string | undefined;
  /** The window that decides, and when it ends. */
  readonly claim?: string | undefined;
  readonly resetsAt?: number | undefined;
  /** By the CLI's names: `five_hour`, `seven_day` … */
  readonly windows: Readonly<Record<string, LimitWindow>>;
  /** The limits that are reached. `model`: the family that it binds; else all. */
  readonly rejections: readonly { readonly type: string; readonly resetsAt: number; readonly model?: string }[];
  /** What the account may spend beside the plan. */
  readonly extraUsage?:
    | { readonly status?: string; readonly resetsAt?: number; readonly disabledReason?: string }
    | undefined;
  /** Answers are paid for beside the plan, until its own usage begins again. */
  readonly overage?:
    | {
        readonly type?: string | undefined;
        readonly since: number;
        readonly resetsAt: number;
        /** The family whose answers are paid for; else all. */
        readonly model?: string;
      }
    | undefined;
};

/** A process of the backend's, as it is told to people: nothing of what was said. */
export type ProcessState = {
  readonly state: "starting" | "ready" | "busy" | "parked";
  /** Undefined: none was named yet. */
  readonly model?: string | undefined;
  /** For how long it has been in its state, in milliseconds. */
  readonly forMs: number;
  /** How many turns it remembers, the user's and the assistant's. */
  readonly turns: number;
};

export type BackendHealth = {
  readonly status: "ok" | "starting" | "unavailable";
  /** What is wrong and how to mend it; present when unavailable. */
  readonly problem?: { readonly code: string; readonly message: string };
  readonly cli?: { readonly path: string; readonly version: string };
  /** Which login the CLI uses: for people, without account data. */
  readonly login?: string;
  readonly workers: {
    readonly starting: number;
    readonly ready: number;
    readonly busy: number;
    /** In a turn that waits for the client's tool results. */
    readonly parked: number;
    readonly queued: number;
  };
};
