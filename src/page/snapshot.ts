import type { BackendHealth, LimitWindow, Model, PlanLimits, ProcessState } from "../core/backend.ts";
import type { InteractiveLogin } from "../core/login.ts";
import type { TurnRecord } from "../core/turn-record.ts";
import type { RunningTurn, UsageFigures, UsageTotal } from "../core/usage.ts";
import { dayName, isoDay, wallClock } from "./wall-clock.ts";

/** What a program has to be told so that it asks this server. */
export type Guide = {
  readonly name: string;
  readonly title: string;
  readonly before: string;
  /** The text to paste. */
  readonly snippet: { readonly language: string; readonly text: string };
  readonly after: readonly string[];
  /** The document of its makers. */
  readonly document: string;
};

/** Where the page gets what it shows. */
export type PageSources = {
  readonly figures: UsageFigures;
  readonly running: () => readonly RunningTurn[];
  readonly processes: () => readonly ProcessState[];
  readonly limits: () => PlanLimits;
  /** When a window will be used up, where it will be before its reset; in milliseconds since the epoch. */
  readonly usedUpAt: (name: string, window: LimitWindow, now: number) => number | undefined;
  readonly health: () => BackendHealth;
  readonly models: () => readonly Model[];
  /** Ends a running turn; false when there is none of that id. */
  readonly cancel: (id: string) => boolean;
  /** The CLI's login, to be begun from here; absent: it cannot be. */
  readonly login?: InteractiveLogin | undefined;
  /** How to connect programs to a server at this address that has these models; absent: nothing is said of that. */
  readonly guides?: ((origin: string, models: readonly Model[]) => Promise<readonly Guide[]>) | undefined;
  readonly defaultModel: string;
  readonly version: string;
  readonly isDemo: boolean;
  readonly startedAt: Date;
  /** Whether requests need a key. */
  readonly wantsKey: boolean;
};

/** Who looks at the page. */
export type Reader = {
  /** The server's address as it reaches it. */
  readonly origin: string;
  /** Where its days begin: now, so that those before a change to or from summer time begin an hour off. */
  readonly minutesEast: number;
};

/** What changes from second to second; times are in milliseconds since the epoch. */
export type Present = Readonly<ReturnType<typeof presentOf>>;
export type ShownProcess = Present["processes"][number];

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** What would else be another figure at each look. */
function toThe(step: number, ms: number): number {
  return Math.round(ms / step) * step;
}

/** `origin`: the server's address as who looks reaches it. */
export function presentOf(sources: PageSources, origin: string, now: number) {
  const limits = sources.limits();
  const forecasts = Object.entries(limits.windows).flatMap(([name, window]) => {
    const at = sources.usedUpAt(name, window, now);
    return at === undefined ? [] : [[name, toThe(MINUTE_MS, at)] as const];
  });
  return {
    now,
    startedAt: sources.startedAt.getTime(),
    health: sources.health(),
    limits,
    // By window, to the minute.
    usedUpAt: Object.fromEntries(forecasts),
    running: sources.running(),
    // Each with since when it is in its state, to the second.
    processes: sources.processes().map(({ forMs, ...process }) => ({ ...process, at: toThe(SECOND_MS, now - forMs) })),
    login: sources.login?.step(),
    isDemo: sources.isDemo,
    origin,
  };
}

/** What was used in some days, all together and told apart. */
export type Period = Readonly<ReturnType<typeof periodOf>>;
/** Of an hour or a day: what stands below it, what it is called, and what was used. */
export type Slot = Period["slots"][number];

const DAY_MS = 86_400_000;

/** The last days, today being the last of them: today by the hour, others by the day. */
export function periodOf(figures: UsageFigures, days: number, now: number, minutesEast: number) {
  const today = wallClock(now, () => minutesEast);
  const dayAt = (offset: number) => new Date(today.getTime() - (today.getTime() % DAY_MS) + offset * DAY_MS);
  const range = { from: dayAt(1 - days).getTime() - minutesEast * 60_000, to: now + 1, minutesEast };
  const [[total] = [], byModel = [], byClient = [], byTime = []] = figures.totalsBy(
    [undefined, "model", "client", days === 1 ? "hour" : "day"],
    range,
  );
  const slots = new Map(byTime.map((total) => [total.name, total]));
  const named =
    days === 1
      ? Array.from({ length: 24 }, (_, hour) => {
          const label = String(hour).padStart(2, "0");
          return { key: `${isoDay(today)}T${label}`, label, title: `${label}:00 to ${label}:59` };
        })
      : Array.from({ length: days }, (_, index) => {
          const date = dayAt(index + 1 - days);
          const label = days > 7 ? String(date.getUTCDate()) : dayName(date, "weekday");
          return { key: isoDay(date), label, title: dayName(date, "both") };
        });
  return {
    id: days === 1 ? "today" : `days-${days}`,
    title: days === 1 ? "Today" : `${days} days`,
    ...{ total, byModel, byClient },
    slots: named.map(({ key, label, title }) => ({ label, title, total: slots.get(key) })),
  };
}

/** The prompt's tokens of a total or a turn, cached or not. */
export function promptOf(tokens: Pick<TurnRecord, "inputTokens" | "cacheReadTokens" | "cacheWriteTokens">): number {
  return tokens.inputTokens + tokens.cacheReadTokens + tokens.cacheWriteTokens;
}

export function failuresOf({ failed }: UsageTotal): number {
  return Object.values(failed).reduce((sum, number) => sum + number, 0);
}
