import type { Logger } from "../../observability/logger.ts";
import type { ReportedModel } from "../protocol/messages.ts";
import type { Restored } from "../session/restorer.ts";
import type { Demand } from "./choice.ts";
import type { PoolLimits } from "./pool-state.ts";
import type { OwnIds } from "./transcript.ts";
import type { Worker } from "./worker.ts";

export type PoolOptions = PoolLimits & {
  /** Starts a process, with the model that the next request will probably name, or with a conversation and its model. */
  readonly startWorker: (expectedModel: string | undefined, restored?: Restored) => Worker;
  /** Called with what each new process reports. */
  readonly onModels: (models: readonly ReportedModel[]) => void;
  /**
   * Writes a request's history down for a process to be started from; undefined when that cannot be done. Rejects with an
   * `UnplacedThinking` where it can be without what was thought.
   */
  readonly restore: (demand: Demand) => Promise<Restored | undefined>;
  /** Whether the machine has the memory for one more process than is needed at the moment. */
  readonly hasRoom: () => boolean;
  readonly logger: Logger;
};

/** `keep`: how many of its turns the process keeps. */
export type Lease = {
  readonly worker: Worker;
  readonly keep: number;
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
