import type { ToolResultBlock } from "../../core/request.ts";
import { toolResultsOf } from "../../core/tool-calls.ts";
import { hasBlock, hasThinking } from "../../core/turns.ts";
import { isDeliverable } from "../turn/encode-content.ts";
import type { Choice, Demand, ProcessView, Resting } from "./choice.ts";
import { canRebind, canRebindWithin, holdsThought } from "./profile.ts";
import {
  isAskedOnce,
  isIdOf,
  isLight,
  type Match,
  matchTranscript,
  NO_MATCH,
  type OwnIds,
  type TranscriptEntry,
} from "./transcript.ts";
import { goesOnWith } from "./turn-settings.ts";

/**
 * To feed a process so many turns takes as long as to start one that reads them: 5 to 10 ms for a question and its answer, or 300 to
 * 400 ms for all.
 */
const MANY_TURNS = 100;

/** The same where a process waits for its transcript, which then takes some 100 ms. */
const MANY_TURNS_AWAITED = 40;

/**
 * Which process serves a request. The first of these that there is:
 * 1. the one that waits for its tool results;
 * 2. the one that remembers most of the conversation, at least a turn;
 * 3. one that remembers no more than a short question and its answer;
 * 4. one never asked;
 * 5. one whose conversation is little to lose;
 * 6. one asked once;
 * 7. the one that rests longest, whatever it remembers.
 *
 * Of equals, one that has the profile and the model already. A process is started from a transcript instead, if one can be written, where
 * many turns would have to be fed, or where Anthropic's cache holds a conversation that no process remembers. `leaves`: how many it leaves of
 * those never asked, or asked once, and all that were asked again: one is started for it instead; undefined: it takes whichever there is.
 */
export function chooseProcess<W extends ProcessView>(
  { parked, idle, warm }: Resting<W>,
  demand: Demand,
  { canRestore = false, leaves }: { readonly canRestore?: boolean } & Pick<Demand, "leaves"> = {},
): Choice<W> {
  const waiting = chooseParked(parked, demand);
  if (waiting) return waiting;
  // Nobody will answer their calls: what they remember up to the question serves like any other's.
  const givenUp = supersededBy(parked, demand);
  const remembering = chooseRemembering([...givenUp, ...idle], demand);
  const keep = remembering?.type === "reuse" ? remembering.keep : 0;
  const missing = demand.turns.length - 1 - keep;
  const many = demand.isAwaited?.() ? MANY_TURNS_AWAITED : MANY_TURNS;
  const mustRestore = missing >= many || (demand.isBound && hasThinking(demand.turns.slice(keep)));
  if (canRestore && mustRestore) return { type: "restore" };
  if (remembering) return remembering;
  if (canRestore && missing > 0 && demand.isCached?.() === true) return { type: "restore" };
  const serving = (workers: readonly W[]) => workers.filter((worker) => servesEmptied(worker, demand));
  const choose = leaves === undefined ? chooseAny : chooseSpare;
  const worker = serving(givenUp)[0] ?? choose(serving(idle), serving(warm), demand, leaves ?? 0);
  return worker ? { type: "reuse", worker, keep: 0, ownIds: NO_MATCH.ownIds } : { type: "start" };
}

/** The choice of a process that was started for the request: it keeps the conversation that it was started with, if any. */
export function keepingAll<W extends ProcessView>(worker: W) {
  return { type: "reuse", worker, keep: worker.transcript.length, ownIds: NO_MATCH.ownIds } as const;
}

/** The parked processes whose calls this request shows to be over: nobody will answer them any more, whatever becomes of it. */
export function supersededBy<W extends ProcessView>(parked: readonly W[], demand: Demand): W[] {
  if (parked.length === 0) return [];
  const told = new Set<string>();
  for (const { content } of demand.turns)
    for (const block of content) if (block.type === "tool-result") told.add(block.callId);
  const named = parked.filter(({ openCalls }) => [...openCalls].some((id) => told.has(id)));
  // A client that makes up ids of its own is known by the words alone; those of another may be the same. Where all of the conversation is part
  // of the request, it has gone on elsewhere, or does so now.
  const knows = (worker: W) => {
    const { length } = matchOf(worker, demand);
    return isBoundTo(worker, demand) && length > 0 && length === worker.transcript.length;
  };
  return named.length > 0 ? named : parked.filter(knows);
}

/**
 * The parked process that the request's tool results belong to, if they are all it waits for and nothing before them has changed. What
 * stands behind them, and the settings, may ask for another turn of it.
 */
function chooseParked<W extends ProcessView>(parked: readonly W[], demand: Demand): Choice<W> | undefined {
  const last = demand.turns.at(-1);
  const results = last ? toolResultsOf(last) : [];
  if (last === undefined || results.length === 0 || !results.every(isDeliverable)) return undefined;
  let renamed: Choice<W> | undefined;
  for (const worker of parked) {
    const { settings, openCalls } = worker;
    const way = settings && goesOnWith(last, settings, demand.settings);
    const isBound = isBoundTo(worker, demand);
    if (way === undefined || ((way === "settled" || !isBound) && !worker.settles)) continue;
    const ownIds = matchWaiting(worker, demand, results);
    // Without the ids, others may have come to the same words.
    if (ownIds === undefined || (!isBound && ownIds.size > 0)) continue;
    const answered = new Set(results.map(({ callId }) => ownIds.get(callId) ?? callId));
    if (answered.size !== openCalls.size || !answered.isSubsetOf(openCalls)) continue;
    // Another conversation may have come to the same words and calls: the ids tell whose they are.
    if (ownIds.size === 0) return { type: "resume", worker, ownIds };
    renamed ??= { type: "resume", worker, ownIds };
  }
  return renamed;
}

/**
 * The calls that a parked process knows by other ids, if the request tells its whole conversation; undefined if it does not. Some agents
 * put a text at the end of each request, and leave it out of the next. Where the request names the process' calls by their own ids, that
 * is the same conversation all the same.
 */
function matchWaiting(worker: ProcessView, demand: Demand, results: readonly ToolResultBlock[]): OwnIds | undefined {
  const isWhole = ({ length }: Match) => length === worker.transcript.length && length === demand.turns.length - 1;
  const match = matchOf(worker, demand);
  if (isWhole(match)) return match.ownIds;
  const isNamed = (own: string) => results.some(({ callId }) => isIdOf(callId, own));
  if (![...worker.openCalls].every(isNamed)) return undefined;
  const lenient = matchOf(worker, demand, true);
  return isWhole(lenient) ? lenient.ownIds : undefined;
}

function chooseRemembering<W extends ProcessView>(workers: readonly W[], demand: Demand): Choice<W> | undefined {
  let best: { worker: W; keep: number } | undefined;
  for (const worker of workers) {
    const keep = rewindTarget(worker, matchOf(worker, demand).length);
    if (keep === undefined || keep === 0) continue;
    const isBetter = () => keep === best?.keep && costOf(worker, keep, demand) < costOf(best.worker, keep, demand);
    if (best === undefined || keep > best.keep || isBetter()) best = { worker, keep };
  }
  if (best === undefined) return undefined;
  // What is forgotten is appended again by the client's ids: only calls that are kept go by other ones.
  const { ownIds } = matchTranscript(best.worker.transcript.slice(0, best.keep), demand.turns, demand.profile);
  return { type: "reuse", ...best, ownIds };
}

/** Of those that keep the same, one that need not be rewound is better, and one that is bound to what the request needs. */
function costOf(worker: ProcessView, keep: number, demand: Demand): number {
  return (keep === worker.transcript.length ? 0 : 2) + (isBoundTo(worker, demand) ? 0 : 1);
}

/** What the process remembers of what comes before the request's question. `allowsDropped`: see `matchTranscript`. */
function matchOf(worker: ProcessView, demand: Demand, allowsDropped = false): Match {
  const { profile, model, transcript, rebinds } = worker;
  if (profile === undefined || model !== demand.model) return NO_MATCH;
  // Whether it can go on with its conversation under what the request asks for.
  const canBeBound = () => rebinds && canRebindWithin(profile, demand.profile, model);
  if (!isBoundTo(worker, demand) && !canBeBound()) return NO_MATCH;
  const known = holdsThought(profile, demand.profile) ? transcript : beforeThought(transcript);
  return matchTranscript(known, demand.turns.slice(0, -1), { tools: demand.profile.tools, allowsDropped });
}

/**
 * What a process remembers up to where the model thought first. The API takes thinking back only with the system prompt and the tools that
 * it was thought under: its signature can cover these.
 */
function beforeThought(transcript: readonly TranscriptEntry[]): readonly TranscriptEntry[] {
  const thought = transcript.findIndex(({ turn }) => turn && hasBlock(turn, "thinking"));
  return thought < 0 ? transcript : transcript.slice(0, thought);
}

// Which process serves a request, of those that would have to forget all that they remember.

/** The one with least to lose. */
function chooseAny<W extends ProcessView>(emptied: readonly W[], unasked: readonly W[], demand: Demand): W | undefined {
  const once = emptied.filter(({ transcript }) => isAskedOnce(transcript));
  const light = emptied.filter(({ transcript }) => isLight(transcript));
  const lightOnce = once.filter((worker) => light.includes(worker));
  const first = [lightOnce, unasked, light, once, emptied].find((workers) => workers.length > 0);
  return first && fitting(first, demand);
}

/** For a batch: one that nobody will miss, if there are more than `leaves` of these. Its own kind comes first: so it goes on in its own. */
function chooseSpare<W extends ProcessView>(
  emptied: readonly W[],
  unasked: readonly W[],
  demand: Demand,
  leaves: number,
): W | undefined {
  const once = emptied.filter(({ transcript }) => isAskedOnce(transcript));
  if (once.length + unasked.length <= leaves) return undefined;
  const lightOnce = once.filter(({ transcript }) => isLight(transcript));
  return (
    fitting(lightOnce, demand) ??
    once.find((worker) => isBoundTo(worker, demand)) ??
    fitting(unasked, demand) ??
    fitting(once, demand)
  );
}

/** Whether the process can serve the request once it has forgotten everything. */
function servesEmptied(worker: ProcessView, demand: Demand): boolean {
  if (rewindTarget(worker, 0) !== 0) return false;
  if (worker.profile === undefined) return true;
  return isBoundTo(worker, demand) || (worker.rebinds && canRebind(worker.profile, demand.profile));
}

function isBoundTo({ profile, model }: ProcessView, demand: Demand): boolean {
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

/**
 * The longest prefix, of at most `length` turns, that the process can be brought back to; undefined when there is none. One that waits in
 * the middle of a turn gives that up.
 */
function rewindTarget({ transcript, openCalls }: ProcessView, length: number): number | undefined {
  if (length === transcript.length && openCalls.size === 0) return length;
  for (let keep = length; keep >= 0; keep--) {
    const entry = transcript[keep];
    // The CLI does not tear calls from their results.
    if (entry?.role === "user" && entry.uuid !== undefined && !hasBlock(entry.turn, "tool-result")) return keep;
  }
  return undefined;
}
