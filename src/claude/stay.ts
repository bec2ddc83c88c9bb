import type { RunOptions } from "../core/backend.ts";
import { ApiError } from "../core/error.ts";
import type { ChatRequest } from "../core/request.ts";
import type { Served, Spending } from "../core/turn-record.ts";
import type { InstallationMonitor } from "./cli/installation-monitor.ts";
import type { PlanGuard } from "./plan/plan-guard.ts";
import type { Lease } from "./pool/lease.ts";
import { askerOf } from "./queue/lanes.ts";
import type { Place, TurnQueue } from "./queue/turn-queue.ts";

/** A request's stay: until when, what ends it early, and how to get a place, each time it asks. */
export type Stay = {
  readonly signal: AbortSignal;
  readonly whyAborted: () => ApiError;
  readonly enter: () => Promise<Place>;
  readonly onServed: (how: Served) => void;
  readonly onSpent: (spent: Spending) => void;
};

/** One try to answer: in the place that it has, and whether in a process that is started for it. */
export type Try = Pick<Stay, "signal" | "onServed" | "onSpent"> & { readonly place: Place; readonly fresh: boolean };

type StayOptions = {
  readonly monitor: Pick<InstallationMonitor, "ensure">;
  readonly queue: TurnQueue;
  readonly guard: PlanGuard;
  /** Aborted when the server ends what runs. */
  readonly ending: AbortSignal;
};

/** The stay of a request that has come, until `client` aborts. Whoever had a place once is next in line when it asks again. */
export function openStay(
  request: ChatRequest,
  client: AbortSignal,
  { onAdmitted, onServed = () => {}, onSpent = () => {}, ...asking }: RunOptions,
  { monitor, queue, guard, ending }: StayOptions,
): Stay {
  const signal = AbortSignal.any([client, ending]);
  const asker = askerOf(request, asking);
  let isAgain = false;
  const enter = async () => {
    await monitor.ensure();
    // Whoever had a place goes on with an answer that has begun.
    if (isAgain) return await queue.enter(asker, signal, { isAgain });
    for (;;) {
      const admitted = await guard.admit(request.model, signal, onAdmitted);
      const place = await queue.enter(asker, signal, { onAdmitted });
      isAgain = admitted === "probe" || guard.isOpen(request.model);
      if (isAgain) return place;
      // Something was learnt while it waited.
      place.leave();
    }
  };
  return { signal, whyAborted: () => whyAborted(client), enter, onServed, onSpent };
}

/** What a lease means, before it is used: of what the process remembers, all is of use, its beginning, or nothing. */
export function servedAs({ how, keep, worker }: Pick<Lease, "how" | "keep" | "worker">): Served {
  if (how !== "reuse") return how;
  if (keep === 0) return "rebind";
  return keep === worker.transcript.length ? "continue" : "rewind";
}

/** The signal that ends what runs is the client's, or the server's own. */
export function whyAborted(client: AbortSignal): ApiError {
  return client.aborted ? clientClosed() : shuttingDown();
}

export function clientClosed(): ApiError {
  return new ApiError("client_closed", "The client closed the connection.");
}

function shuttingDown(): ApiError {
  return new ApiError("shutting_down", "The server is shutting down. Try again once it is back.");
}
