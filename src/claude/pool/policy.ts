import type { Turn } from "../../core/request.ts";
import { onlyToolResults } from "../../core/tool-calls.ts";
import { isDeliverable } from "../tools/tool-result.ts";
import type { Profile } from "./profile.ts";
import { commonPrefix, type TranscriptEntry } from "./transcript.ts";
import { canChangeWithinTurn, type TurnSettings } from "./turn-settings.ts";

/** What the choice needs to know of an idle process. */
export type IdleView = {
  readonly profile: Profile;
  readonly model: string | undefined;
  readonly transcript: readonly TranscriptEntry[];
};

/** A process in the middle of a turn: it waits for the results of the calls it made. */
export type ParkedView = IdleView & {
  readonly openCalls: ReadonlySet<string>;
  /** Those the turn began with. */
  readonly settings: TurnSettings;
};

export type Demand = {
  readonly profile: Profile;
  readonly model: string;
  readonly turns: readonly Turn[];
  readonly settings: TurnSettings;
};

/** How an idle process serves a request: it keeps the first `keep` turns, and everything after is cut back. */
export type Reuse<W> = { readonly worker: W; readonly keep: number };

/** The parked process that the request's tool results belong to, if they are all it waits for and nothing else has changed. */
export function chooseParked<W extends ParkedView>(parked: readonly W[], demand: Demand): W | undefined {
  const last = demand.turns.at(-1);
  const results = last && onlyToolResults(last);
  if (results === undefined || !results.every(isDeliverable)) return undefined;
  const history = demand.turns.slice(0, -1);
  return parked.find(
    ({ profile, model, transcript, openCalls, settings }) =>
      profile.key === demand.profile.key &&
      model === demand.model &&
      canChangeWithinTurn(settings, demand.settings) &&
      openCalls.size === results.length &&
      results.every(({ callId }) => openCalls.has(callId)) &&
      transcript.length === history.length &&
      commonPrefix(transcript, history) === history.length,
  );
}

/** The parked processes whose calls this request tells to be over: whatever becomes of it, nobody will answer them any more. */
export function supersededBy<W extends ParkedView>(parked: readonly W[], { turns }: Demand): W[] {
  const told = new Set(
    turns.flatMap(({ content }) => content.flatMap((block) => (block.type === "tool-result" ? [block.callId] : []))),
  );
  return parked.filter(({ openCalls }) => [...openCalls].some((id) => told.has(id)));
}

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
  if (profile.key !== demand.profile.key || model !== demand.model) return undefined;
  return rewindTarget(transcript, commonPrefix(transcript, demand.turns.slice(0, -1)));
}

/** The longest prefix, of at most `length` turns, that the process can be brought back to; undefined when there is none. */
function rewindTarget(transcript: readonly TranscriptEntry[], length: number): number | undefined {
  if (length === transcript.length) return length;
  for (let keep = length; keep >= 0; keep--) {
    const entry = transcript[keep];
    if (entry?.role === "user" && entry.uuid !== undefined) return keep;
  }
  return undefined;
}
