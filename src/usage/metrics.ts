import type { Spending, TurnRecord } from "../core/turn-record.ts";
import type { Instruments, MetricsState, Scraped } from "./instruments.ts";

/** Turns that are held until somebody looks for the first time; a server that is watched has few. */
const MOST_HELD = 10_000;

/**
 * What Prometheus is told. The library takes some megabytes and a moment to load, so that is done when somebody looks for the first time;
 * until then the turns are held.
 */
export class Metrics {
  readonly #state: MetricsState;
  #held: { readonly turn: TurnRecord; readonly more: Spending | undefined }[] = [];
  #instruments: Promise<Instruments> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(state: MetricsState) {
    this.#state = state;
  }

  /** `more`: what a turn took that was added before. */
  add(turn: TurnRecord, more?: Spending): void {
    if (this.#held.length < MOST_HELD) this.#held.push({ turn, more });
    if (this.#instruments) void this.#observe();
  }

  /** One after the other: the library has one form at a time. */
  scrape(isOpenMetrics: boolean): Promise<Scraped> {
    const scraped = this.#last.then(async () => (await this.#observe()).scrape(isOpenMetrics));
    this.#last = scraped.catch(() => {});
    return scraped;
  }

  async #observe(): Promise<Instruments> {
    this.#instruments ??= import("./instruments.ts").then(({ Instruments }) => new Instruments(this.#state));
    const instruments = await this.#instruments;
    for (const { turn, more } of this.#held.splice(0)) {
      if (more) instruments.observeSpending(turn, more);
      else instruments.observe(turn);
    }
    return instruments;
  }
}
