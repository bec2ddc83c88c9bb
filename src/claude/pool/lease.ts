import type { OwnIds } from "./transcript.ts";
import type { Worker } from "./worker.ts";

/** `resume`: the process waits for the tool results that the request brings. `keep`: how many of its turns the process keeps. */
export type Lease = {
  readonly worker: Worker;
  readonly keep: number;
  readonly resume: boolean;
  /** Whether the process goes on, keeps something of another turn, was started from a transcript, or was never asked. */
  readonly how: "resume" | "reuse" | "restore" | "new";
  readonly ownIds: OwnIds;
};

/** `fresh`: in a process that is started for it. `signal` ends the wait. */
export type LeaseOptions = {
  readonly fresh: boolean;
  readonly signal?: AbortSignal;
  /** A process that was started with the conversation has failed already. */
  readonly isAgain?: boolean;
};
