import Type from "typebox";
import { lazyCheck } from "../protocol/lazy-check.ts";

/** What the turns of one process would have cost at list price, by the CLI's own sums over the life of the process. */
export class SpendingMeter {
  #told = 0;
  #taken = 0;

  /** The CLI has told a sum, in US dollars; whatever is none is passed over. */
  note(totalUsd: unknown): void {
    if (typeof totalUsd === "number" && Number.isFinite(totalUsd)) this.#told = totalUsd;
  }

  /** What has come to it since it was taken last; undefined: nothing, as of a turn of which the CLI tells no cost. */
  take(): number | undefined {
    const more = this.#told - this.#taken;
    this.#taken = this.#told;
    // The sums are of binary fractions; no price is below a billionth of a dollar.
    return more > 0 ? Math.round(more * 1e9) / 1e9 : undefined;
  }
}

const Reply = lazyCheck(Type.Object({ session: Type.Object({ total_cost_usd: Type.Number() }) }));

/** The sum in the answer to `get_usage`; undefined: there is none. */
export function totalCostIn(reply: unknown): number | undefined {
  return Reply.Check(reply) ? reply.session.total_cost_usd : undefined;
}
