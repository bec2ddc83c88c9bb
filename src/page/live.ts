import type { SseItem } from "../api/answer/sse.ts";
import { sleep, type Wait } from "../api/health/report.ts";
import { DAYS, PRESENT_PARTS, type PresentPart, recentSection } from "./document.ts";
import type { Html } from "./html.ts";
import { renderPeriod } from "./sections/usage.ts";
import { type PageSources, type Present, periodOf, presentOf, type Reader } from "./snapshot.ts";

export type LiveOptions = {
  readonly sources: PageSources;
  /** Who listens. */
  readonly reader: Reader;
  /** How many turns have ended. */
  readonly ended: () => number;
  /** Aborted when who listens has left, or the server stops. */
  readonly signal: AbortSignal;
  readonly now?: () => number;
  readonly wait?: Wait;
  readonly parts?: typeof PRESENT_PARTS;
};

const EVERY_MS = 2_000;
/** So long a part stands while turns end, but for the first after a while: sums of many days take the longest, and change the least. */
const STAND_MS = { recent: 5_000, 1: 5_000, 7: 30_000, 30: 120_000 } as const;
/** And so long for each turn in it, which takes a microsecond or two to add up: looking never takes more than a fraction of a percent. */
const STAND_MS_A_TURN = 1;
/** Days end, and times are told by their distance. */
const ANEW_MS = 60_000;

/**
 * The parts of the page as they change, an event each, with the server's clock; all of them at first. Nothing is looked at but while
 * somebody pulls, and what is the same as at the last look is not rendered again. What only a clock changes, the page's script tells.
 */
export async function* liveSections(options: LiveOptions): AsyncGenerator<SseItem, void, void> {
  const { sources, reader, ended, signal, now = Date.now, wait = sleep, parts = PRESENT_PARTS } = options;
  const sent = new Map<string, string>();
  const present = Object.entries(parts).map(([id, part]) => presentPart(id, part));
  const used = usedParts(sources, reader);
  while (!signal.aborted) {
    const time = now();
    const figures = presentOf(sources, reader.origin, time);
    const changed = [...present.flatMap((look) => look(figures)), ...used.flatMap((look) => look(time, ended()))];
    for (const [id, { text }] of changed) {
      if (sent.get(id) === text) continue;
      sent.set(id, text);
      yield { event: "section", data: JSON.stringify({ id, html: text, now: time }) };
    }
    await wait(EVERY_MS, signal);
  }
}

/** One part with its id, or none. */
type Changed = readonly (readonly [id: string, Html])[];

/** Renders a part where its figures are not those of the last look. */
function presentPart(id: string, { of, render }: PresentPart): (present: Present) => Changed {
  let last = "";
  return (present) => {
    const seen = JSON.stringify([Math.floor(present.now / ANEW_MS), ...of.map((name) => present[name])]);
    if (seen === last) return [];
    last = seen;
    return [[id, render(present)]];
  };
}

/** Looks where that may have changed what it tells, and pays. */
type UsedPart = (now: number, ended: number) => Changed;

/** The parts that change with each turn. */
function usedParts(sources: PageSources, { minutesEast }: Reader): readonly UsedPart[] {
  return [
    ...DAYS.map((days) =>
      usedPart(STAND_MS[days], (now) => {
        const period = periodOf(sources.figures, days, now, minutesEast);
        return { id: period.id, html: renderPeriod(period), turns: period.total?.requests ?? 0 };
      }),
    ),
    usedPart(STAND_MS.recent, (now) => ({ id: "recent", html: recentSection(sources, now), turns: 0 })),
  ];
}

/** `turns`: how many it took to look at. */
function usedPart(leastMs: number, look: (now: number) => { id: string; html: Html; turns: number }): UsedPart {
  let last = { at: Number.NEGATIVE_INFINITY, ended: 0, standMs: 0 };
  return (now, ended) => {
    const passed = now - last.at;
    if (passed < (ended === last.ended ? Math.max(ANEW_MS, last.standMs) : last.standMs)) return [];
    const { id, html, turns } = look(now);
    last = { at: now, ended, standMs: Math.max(leastMs, turns * STAND_MS_A_TURN) };
    return [[id, html]];
  };
}
