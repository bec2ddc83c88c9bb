import type { SseItem } from "../api/answer/sse.ts";
import { sleep, type Wait } from "../api/health/report.ts";
import { DAYS, presentSections, type Sections, usedSections } from "./document.ts";
import { type PageSources, type Period, periodOf, type Reader } from "./snapshot.ts";

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
};

const EVERY_MS = 1_000;
/** So long the sums of a period stand while turns end: those of many days take the longest to add up, and change the least. */
const STAND_MS = { 1: 2_000, 7: 30_000, 30: 120_000 } as const;
/** Days end, and times are told by their distance. */
const ANEW_MS = 60_000;

/** The parts of the page as they change, an event each; all of them at first. Nothing is looked at but while somebody pulls. */
export async function* liveSections({
  sources,
  reader,
  ended,
  signal,
  now = Date.now,
  wait = sleep,
}: LiveOptions): AsyncGenerator<SseItem, void, void> {
  const sent = new Map<string, string>();
  const used = new UsedParts(sources, reader, ended);
  while (!signal.aborted) {
    const time = now();
    for (const [id, { text }] of Object.entries({
      ...presentSections(sources, reader.origin, time),
      ...used.at(time),
    })) {
      if (sent.get(id) === text) continue;
      sent.set(id, text);
      yield { event: "section", data: JSON.stringify({ id, html: text }) };
    }
    await wait(EVERY_MS, signal);
  }
}

/** What was used, added up no more often than it pays. */
class UsedParts {
  readonly #sources: PageSources;
  readonly #reader: Reader;
  readonly #ended: () => number;
  readonly #periods = new Map<number, { readonly period: Period; readonly ended: number; readonly at: number }>();
  #sections: Sections = {};

  constructor(sources: PageSources, reader: Reader, ended: () => number) {
    this.#sources = sources;
    this.#reader = reader;
    this.#ended = ended;
  }

  at(now: number): Sections {
    const ended = this.#ended();
    let hasChanged = false;
    for (const days of DAYS) {
      const known = this.#periods.get(days);
      const passed = known === undefined ? Number.POSITIVE_INFINITY : now - known.at;
      const isNews = known?.ended !== ended && passed >= STAND_MS[days];
      if (!isNews && passed < Math.max(ANEW_MS, STAND_MS[days])) continue;
      const period = periodOf(this.#sources.figures, days, now, this.#reader.minutesEast);
      this.#periods.set(days, { period, ended, at: now });
      hasChanged = true;
    }
    if (hasChanged) {
      const periods = [...this.#periods.values()].map(({ period }) => period);
      this.#sections = usedSections(this.#sources, periods, now);
    }
    return this.#sections;
  }
}
