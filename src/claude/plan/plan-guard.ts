import { setTimeout } from "node:timers/promises";
import type { LimitWindow, PlanLimits } from "../../core/backend.ts";
import { ApiError, type ErrorCode, reasonOf } from "../../core/error.ts";
import type { ChatEvent } from "../../core/event.ts";
import { limitName } from "../../core/plan-windows.ts";
import type { Logger } from "../../observability/logger.ts";
import { current, NO_LIMITS, type RateLimitInfo, type Warned, warningsOf, withAnswer, withReport } from "./limits.ts";
import type { PlanStore } from "./plan-store.ts";
import { type GuardSettings, isoTime, judge, limitReached, percent, planLimitError, type Verdict } from "./verdict.ts";

export type PlanGuardOptions = {
  readonly settings: GuardSettings;
  /** The API's id of the model that a client's, or the CLI's, name means. */
  readonly idOf: (model: string) => string;
  /** Something that changes when the user logs in anew, where that can be seen. */
  readonly credentials: () => string | undefined;
  /** Whether the login is a token of the environment, which goes before a stored one. */
  readonly usesToken?: boolean;
  readonly logger: Logger;
  readonly store?: PlanStore | undefined;
  /** Seconds since the epoch. */
  readonly now?: () => number;
};

/** They hold for whatever is asked, until the login is another, or an answer comes. */
const ABOUT_LOGIN: ReadonlySet<ErrorCode> = new Set(["login_refused", "login_unread"]);

/** So many requests may wait for a reset. */
const MOST_HELD = 200;
/** Utilization changes with every answer; nobody misses the last minute of it. */
const WRITE_EVERY_S = 60;
/** A timer takes no more than 24 days. */
const LONGEST_SLEEP_MS = 86_400_000;

/** Knows the plan's limits and whether the login is taken, and keeps requests from being asked in vain, or for money. */
export class PlanGuard {
  readonly #options: PlanGuardOptions;
  readonly #now: () => number;
  #limits: PlanLimits;
  #login: { readonly error: ApiError; readonly credentials: string | undefined } | undefined;
  #probedAt: number | undefined;
  #warned: Warned;
  #writtenAt = 0;
  #held = 0;

  constructor(options: PlanGuardOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => Date.now() / 1000);
    this.#limits = options.store?.read() ?? NO_LIMITS;
    this.#probedAt = this.#limits.seenAt;
    // Of what was known before the start it was warned then.
    this.#warned = warningsOf(this.limits, {}).warned;
  }

  /** The limits as far as they still hold. */
  get limits(): PlanLimits {
    return current(this.#limits, this.#now());
  }

  /** Why requests are refused whatever they ask. */
  get problem(): ApiError | undefined {
    if (this.#login && this.#login.credentials !== this.#options.credentials()) this.#login = undefined;
    return this.#login?.error;
  }

  /** Resolves once a request may ask this model, with whether it is one that tries. Rejects with why it may not, or when the signal aborts. */
  async admit(model: string, signal: AbortSignal, onHold?: () => void): Promise<"pass" | "probe"> {
    for (let verdict = this.#judge(model); ; verdict = this.#judge(model)) {
      if (verdict.type === "probe") this.#probedAt = this.#now();
      if (verdict.type === "pass" || verdict.type === "probe") return verdict.type;
      if (verdict.type === "refuse" || this.#held >= MOST_HELD) throw verdict.error;
      onHold?.();
      await this.#hold(verdict.until, signal);
    }
  }

  /** Whether a request that waited for its turn meanwhile may still ask. */
  isOpen(model: string): boolean {
    return this.#judge(model).type === "pass";
  }

  /** The CLI told of limits with an answer of this model's. */
  report(model: string, info: RateLimitInfo): void {
    const before = this.limits;
    const now = this.#now();
    this.#limits = withReport(before, info, this.#options.idOf(model), now);
    const { overage, rejections } = this.#limits;
    if (overage && !before.overage) {
      const effect = this.#options.settings.allowExtraUsage ? "going on" : "refusing further requests until the reset";
      const told = { model, limit: overage.type, until: isoTime(overage.resetsAt) };
      this.#options.logger.warn(`the plan is used up, and an answer was paid for as extra usage: ${effect}`, told);
    }
    this.#warn();
    if (info.status === "rejected") this.#probedAt = now;
    const hasTurned = !!overage !== !!before.overage || rejections.length !== before.rejections.length;
    if (hasTurned || now - this.#writtenAt >= WRITE_EVERY_S) this.#write(now);
  }

  /** The CLI told of windows when it was asked. */
  learn(windows: Readonly<Record<string, LimitWindow>>): void {
    const now = this.#now();
    this.#limits = { ...this.#limits, windows: { ...this.#limits.windows, ...windows }, seenAt: now };
    this.#warn();
  }

  /** Learns from what a turn of this model came to, and gives back what to tell of it. */
  follow(event: ChatEvent, model: string): ChatEvent {
    // That an answer begins shows what holds now; one that ends may have begun before a limit was reached.
    if (event.type === "response-start") {
      this.#login = undefined;
      if (this.#limits.rejections.length > 0) this.#limits = withAnswer(this.#limits, this.#options.idOf(model));
    }
    if (event.type !== "error") return event;
    if (event.error.code === "rate_limited") {
      // A process tells of a limit once, and not again with each request that fails by it.
      const reached = limitReached(this.limits, this.#options.idOf(model));
      return reached ? { ...event, error: planLimitError(reached, this.#now(), event.error.upstreamStatus) } : event;
    }
    if (!ABOUT_LOGIN.has(event.error.code)) return event;
    const isToken = event.error.code === "login_refused" && this.#options.usesToken;
    const error = isToken ? aboutToken(event.error) : event.error;
    this.#login = { error, credentials: this.#options.credentials() };
    this.#probedAt = this.#now();
    return { ...event, error };
  }

  /** Somebody has logged in anew: the next request tells whether that is taken. */
  loginChanged(): void {
    this.#login = undefined;
  }

  /** Keeps what is known for the next start. */
  close(): void {
    if (this.#limits.seenAt !== undefined) this.#write(this.#now());
  }

  #warn(): void {
    const { warnings, warned } = warningsOf(this.#limits, this.#warned);
    this.#warned = warned;
    for (const { window, utilization, resetsAt } of warnings) {
      const used = `${percent(utilization)} of your Claude plan's ${limitName(window)} limit is used`;
      this.#options.logger.warn(used, { limit: window, until: isoTime(resetsAt) });
    }
  }

  #judge(model: string): Verdict {
    const state = { limits: this.#limits, loginRefused: this.problem, probedAt: this.#probedAt };
    return judge(state, this.#options.idOf(model), this.#now(), this.#options.settings);
  }

  async #hold(until: number, signal: AbortSignal): Promise<void> {
    this.#held++;
    const ms = Math.min(LONGEST_SLEEP_MS, Math.max(1, (until - this.#now()) * 1000));
    await setTimeout(ms, undefined, { signal }).catch(() => {});
    this.#held--;
    signal.throwIfAborted();
  }

  #write(now: number): void {
    this.#writtenAt = now;
    try {
      // What the account may spend is told anew with each answer.
      const { extraUsage: _, ...limits } = this.limits;
      this.#options.store?.write(limits);
    } catch (error) {
      const reason = reasonOf(error);
      this.#options.logger.warn("the plan's limits cannot be kept for the next start", { reason });
    }
  }
}

/** A login that was made since does not help as long as the token is set. */
function aboutToken(error: ApiError): ApiError {
  const message =
    `${error.message} What was refused is the token in CLAUDE_CODE_OAUTH_TOKEN, which goes before a stored login: take that variable away and start ` +
    "the server anew, or set it to a new token from `claude setup-token`.";
  const { upstreamStatus, cause } = error;
  return new ApiError(error.code, message, { upstreamStatus, cause });
}
