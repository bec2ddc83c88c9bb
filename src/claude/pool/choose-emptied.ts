import type { Turn } from "../../core/request.ts";
import type { Demand, ProcessView } from "./choice.ts";
import { canRebind } from "./profile.ts";
import { isAskedOnce, isLight } from "./transcript.ts";

// Of the processes that would have to forget all that they remember, which serves a request.

/** The one with least to lose. */
export function chooseAny<W extends ProcessView>(
  emptied: readonly W[],
  unasked: readonly W[],
  demand: Demand,
): W | undefined {
  const once = emptied.filter(({ transcript }) => isAskedOnce(transcript));
  const light = emptied.filter(({ transcript }) => isLight(transcript));
  return (
    fitting(
      once.filter((worker) => light.includes(worker)),
      demand,
    ) ??
    fitting(unasked, demand) ??
    fitting(light, demand) ??
    fitting(once, demand) ??
    fitting(emptied, demand)
  );
}

/** One that nobody is likely to miss, where there are more than so many: of its own kind first, so that a batch goes on in its own. */
export function chooseSpare<W extends ProcessView>(
  emptied: readonly W[],
  unasked: readonly W[],
  demand: Demand,
  leaves: number,
): W | undefined {
  const once = emptied.filter(({ transcript }) => isAskedOnce(transcript));
  if (once.length + unasked.length <= leaves) return undefined;
  return (
    fitting(
      once.filter(({ transcript }) => isLight(transcript)),
      demand,
    ) ??
    once.find((worker) => isBoundTo(worker, demand)) ??
    fitting(unasked, demand) ??
    fitting(once, demand)
  );
}

/** Whether the process can serve the request once it has forgotten everything. */
export function servesEmptied(worker: ProcessView, demand: Demand): boolean {
  if (rewindTarget(worker, 0) !== 0) return false;
  if (worker.profile === undefined) return true;
  return isBoundTo(worker, demand) || (worker.rebinds && canRebind(worker.profile, demand.profile));
}

export function isBoundTo({ profile, model }: ProcessView, demand: Demand): boolean {
  return profile?.key === demand.profile.key && model === demand.model;
}

/**
 * The first that has the profile and the model already; else one that needs least for it. One that never had tools, or a system
 * prompt, is the only one for a request without, so it comes last.
 */
function fitting<W extends ProcessView>(workers: readonly W[], demand: Demand): W | undefined {
  const withTools = workers.filter(({ profile }) => profile?.toolsKey === demand.profile.toolsKey);
  return (
    workers.find((worker) => isBoundTo(worker, demand)) ??
    withTools.find(({ profile }) => profile?.system !== "") ??
    withTools[0] ??
    workers.find(({ profile }) => profile !== undefined) ??
    workers[0]
  );
}

/** The CLI does not tear calls from their results. */
function hasResults({ content }: Turn): boolean {
  return content.some(({ type }) => type === "tool-result");
}

/**
 * The longest prefix, of at most `length` turns, that the process can be brought back to; undefined when there is none. One that waits in
 * the middle of a turn gives that up.
 */
export function rewindTarget({ transcript, openCalls }: ProcessView, length: number): number | undefined {
  if (length === transcript.length && openCalls.size === 0) return length;
  for (let keep = length; keep >= 0; keep--) {
    const entry = transcript[keep];
    if (entry?.role === "user" && entry.uuid !== undefined && !hasResults(entry.turn)) return keep;
  }
  return undefined;
}
