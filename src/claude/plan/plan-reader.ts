import Type from "typebox";
import type { LimitWindow } from "../../core/backend.ts";
import { isJsonObject } from "../../core/json.ts";
import { settingsChange, type TurnSettings } from "../pool/turn-settings.ts";
import type { CliProcess } from "../process/cli-process.ts";
import { lazyCheck } from "../protocol/lazy-check.ts";

/** So long the last word is taken for new, and so often at most it is asked for another. */
const OLD_AFTER_MS = 60_000;
/** Where nothing was told: the login may be another then, or the network be there. */
const AGAIN_AFTER_MS = 10 * 60_000;
/** So long somebody who looks waits for it; usually it takes a tenth of a second. */
const PATIENCE_MS = 1_000;
const SETTINGS_TIMEOUT_MS = 2_000;
/** The CLI itself gives Anthropic five seconds. */
const PLAN_TIMEOUT_MS = 6_000;

export type PlanReaderOptions = {
  /** Has a process that rests tell it; undefined: none does, and none is started for it. */
  readonly ask: () => Promise<unknown> | undefined;
  /** When the plan's limits were told last, in seconds since the epoch. */
  readonly seenAt: () => number | undefined;
  readonly learn: (windows: Readonly<Record<string, LimitWindow>>) => void;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
};

/** Has the CLI tell the plan's windows when somebody looks and the last answer that told of them is a minute old. */
export class PlanReader {
  readonly #options: PlanReaderOptions;
  readonly #now: () => number;
  #notBefore = 0;
  #reading: Promise<void> | undefined;

  constructor(options: PlanReaderOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Resolves once it is told, is not to be had, or takes too long. Never rejects. */
  async look(): Promise<void> {
    const now = this.#now();
    if (!this.#reading && now >= this.#notBefore && now - 1000 * (this.#options.seenAt() ?? 0) >= OLD_AFTER_MS) {
      const asked = this.#options.ask();
      if (asked) this.#reading = this.#read(asked, now).finally(() => (this.#reading = undefined));
    }
    if (this.#reading) await Promise.race([this.#reading, Bun.sleep(PATIENCE_MS)]);
  }

  async #read(asked: Promise<unknown>, now: number): Promise<void> {
    const windows = planWindows(await asked.catch(() => undefined), now / 1000);
    this.#notBefore = now + (windows === undefined ? AGAIN_AFTER_MS : OLD_AFTER_MS);
    if (windows) this.#options.learn(windows);
  }
}

/**
 * What the CLI tells of the plan (`get_usage`). With a stored login it asks Anthropic for that, at no cost, but not where all traffic is
 * turned off that is not essential, as by our environment: so that is taken back for the moment. Seen on 2.1.330 and 2.1.332:
 * nothing else is sent meanwhile. Rejects when the process cannot be relied on any more; for one that nobody uses.
 */
export async function readPlan(process: CliProcess, settings: TurnSettings): Promise<unknown> {
  const env = settingsChange(undefined, settings)?.env;
  // The CLI takes a new `env` in place of the one before.
  const apply = (more: object) => {
    const all = { ...(isJsonObject(env) ? env : {}), ...more };
    return process.request({ subtype: "apply_flag_settings", settings: { env: all } }, SETTINGS_TIMEOUT_MS);
  };
  await apply({ CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "" });
  const reply = await process.request({ subtype: "get_usage", skip_behaviors: true, detached: true }, PLAN_TIMEOUT_MS);
  await apply({});
  return reply;
}

const Reply = lazyCheck(Type.Object({ rate_limits: Type.Record(Type.String(), Type.Unknown()) }));
const Told = lazyCheck(Type.Object({ utilization: Type.Number(), resets_at: Type.String() }));

/** The windows in the answer to `get_usage`, which tells percent, and times as text. Undefined: there are none, as with a bare token. */
export function planWindows(reply: unknown, now: number): Record<string, LimitWindow> | undefined {
  if (!Reply.Check(reply)) return undefined;
  const windows: Record<string, LimitWindow> = {};
  for (const [name, told] of Object.entries(reply.rate_limits)) {
    if (!/^(five_hour|seven_day)/.test(name) || !Told.Check(told)) continue;
    const resetsAt = Date.parse(told.resets_at) / 1000;
    if (resetsAt > now)
      windows[name] = { utilization: told.utilization / 100, resetsAt: Math.round(resetsAt), seenAt: now };
  }
  return Object.keys(windows).length === 0 ? undefined : windows;
}
