import type { Turn } from "../../core/request.ts";
import { commonPrefix, type TranscriptEntry } from "./transcript.ts";

/** What is fixed for the life of a process once it is initialised; so is, once it was asked, its model. */
export type Profile = { readonly system: string };

/** What the choice needs to know of an idle process. */
export type IdleView = {
  readonly profile: Profile;
  readonly model: string | undefined;
  readonly transcript: readonly TranscriptEntry[];
};

export type Demand = { readonly profile: Profile; readonly model: string; readonly turns: readonly Turn[] };

/** How an idle process serves a request: it keeps the first `keep` turns, and everything after is cut back. */
export type Reuse<W> = { readonly worker: W; readonly keep: number };

/**
 * The idle process to serve a request from, if any: the one that remembers most of the conversation. `keep` equal to the
 * length of its transcript continues it; less means to rewind it, which is possible only to just before a user's turn.
 */
export function chooseReuse<W extends IdleView>(idle: readonly W[], demand: Demand): Reuse<W> | undefined {
  let best: Reuse<W> | undefined;
  for (const worker of idle) {
    const keep = usablePrefix(worker, demand);
    if (keep !== undefined && (best === undefined || isBetter({ worker, keep }, best))) best = { worker, keep };
  }
  return best;
}

/** More is better; of the same, going on is better than rewinding. */
function isBetter<W extends IdleView>(one: Reuse<W>, other: Reuse<W>): boolean {
  if (one.keep !== other.keep) return one.keep > other.keep;
  return continues(one) && !continues(other);
}

function continues({ worker, keep }: Reuse<IdleView>): boolean {
  return keep === worker.transcript.length;
}

function usablePrefix({ profile, model, transcript }: IdleView, demand: Demand): number | undefined {
  if (profile.system !== demand.profile.system || model !== demand.model) return undefined;
  return rewindTarget(transcript, commonPrefix(transcript, demand.turns.slice(0, -1)));
}

/** The longest prefix, of at most `length` turns, that the process can be brought back to; undefined when there is none. */
function rewindTarget(transcript: readonly TranscriptEntry[], length: number): number | undefined {
  if (length === transcript.length) return length;
  for (let keep = length; keep >= 0; keep--) {
    if (transcript[keep]?.role === "user") return keep;
  }
  return undefined;
}
