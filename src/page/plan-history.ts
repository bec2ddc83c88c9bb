import type { LimitWindow, PlanLimits } from "../core/backend.ts";

/** A part of a window that was used, at a time in milliseconds since the epoch. */
export type Sample = { readonly at: number; readonly used: number };

const LOOK_BACK_MS = 30 * 60_000;
/** A pace that was seen for less time than this says nothing. */
const SHORTEST_LOOK_MS = 5 * 60_000;
/** The last of several within so little time stands for all. */
const STEP_MS = 30_000;

type Window = { readonly resetsAt: number; readonly samples: readonly Sample[] };

/** How the use of the plan's windows went in the last half hour. Noting takes no time that counts: a few numbers for each turn. */
export class PlanHistory {
  readonly #windows = new Map<string, Window>();

  /** Takes note of what is known after a turn. */
  note({ windows }: PlanLimits, now = Date.now()): void {
    for (const [name, { utilization, resetsAt }] of Object.entries(windows)) {
      const known = this.#windows.get(name);
      // The API tells a reset by the second, and not always the same one.
      const isSame = known !== undefined && Math.abs(known.resetsAt - resetsAt) < 60;
      const samples = withSample(isSame ? known.samples : [], { at: now, used: utilization });
      this.#windows.set(name, { resetsAt, samples });
    }
  }

  /** When a window is used up at the last half hour's pace, where that is before its reset; in milliseconds since the epoch. */
  usedUpAt(name: string, window: LimitWindow, now: number): number | undefined {
    const known = this.#windows.get(name);
    if (known === undefined || Math.abs(known.resetsAt - window.resetsAt) >= 60) return undefined;
    return forecast(known.samples, window.resetsAt * 1000, now);
  }
}

/** The samples with a new one, as far back as the last half hour needs them: one that is older tells how it began. */
function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples.at(-2);
  const kept = last !== undefined && sample.at - last.at < STEP_MS ? samples.slice(0, -1) : samples;
  const begin = sample.at - LOOK_BACK_MS;
  const older = kept.findLastIndex(({ at }) => at <= begin);
  return [...kept.slice(Math.max(0, older)), sample];
}

/** When all is used at the last half hour's pace; undefined: not before the reset, or not enough was seen. */
export function forecast(samples: readonly Sample[], resetsAt: number, now: number): number | undefined {
  const begin = now - LOOK_BACK_MS;
  const first = samples.findLast(({ at }) => at <= begin) ?? samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.used >= 1) return undefined;
  const passed = now - Math.max(begin, first.at);
  const grown = last.used - first.used;
  if (passed < SHORTEST_LOOK_MS || grown <= 0) return undefined;
  const usedUpAt = now + ((1 - last.used) / grown) * passed;
  return usedUpAt < resetsAt ? usedUpAt : undefined;
}
