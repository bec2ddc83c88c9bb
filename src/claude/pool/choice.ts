import type { Turn } from "../../core/request.ts";
import type { Profile } from "./profile.ts";
import type { OwnIds } from "./transcript.ts";
import type { TurnSettings } from "./turn-settings.ts";
import type { Worker } from "./worker.ts";

/** What the choice needs to know of a process. */
export type ProcessView = Pick<
  Worker,
  "profile" | "model" | "transcript" | "rebinds" | "settles" | "openCalls" | "settings"
>;

export type Demand = {
  readonly profile: Profile;
  readonly model: string;
  readonly turns: readonly Turn[];
  readonly settings: TurnSettings;
  /** Whether there is thinking in it that only holds behind exactly what was told before it; default: there is not. */
  readonly isBound?: boolean;
  /** Behind which turn it was told of the CLI's environment, where that is known. */
  readonly environmentAt?: number | undefined;
  /** Whether Anthropic's prompt cache probably holds the conversation as a live process laid it out; absent: it does not. */
  readonly isCached?: () => boolean;
  /** Of a batch: how many processes it leaves ready for others; where it can, it leaves conversations to them, too. Absent: it takes any. */
  readonly leaves?: number | undefined;
  /** Whether a process waits for a conversation that is to be restored; absent: none does. */
  readonly isAwaited?: () => boolean;
};

/** The processes that no request uses, the one that rests longest first. */
export type Resting<W> = {
  /** In the middle of a turn: they wait for the results of the calls they made. */
  readonly parked: readonly W[];
  /** Asked before: they remember a conversation. */
  readonly idle: readonly W[];
  /** Never asked. */
  readonly warm: readonly W[];
};

/**
 * How a request is served.
 * - `resume`: its tool results answer the calls that the process waits with; the turn goes on, or is over and followed by another.
 * - `reuse`: the process keeps the first `keep` turns of the conversation, and forgets whatever else it remembers. If it waits in a turn, it
 *   gives that up.
 * - `restore`: a process is started from a transcript of the conversation.
 * - `start`: none will do; a process is started for it.
 */
export type Choice<W> =
  | { readonly type: "resume"; readonly worker: W; readonly ownIds: OwnIds }
  | { readonly type: "reuse"; readonly worker: W; readonly keep: number; readonly ownIds: OwnIds }
  | { readonly type: "restore" }
  | { readonly type: "start" };
