import { rebinding } from "../cli/version.ts";
import { Ability } from "../pool/ability.ts";
import type { Rehearsal } from "./stage.ts";
import { tryRebinding } from "./try-rebinding.ts";

export type TrialOptions = Omit<Rehearsal, "path" | "model" | "signal" | "address" | "timeoutMs"> & {
  /** For tests. */
  readonly tryOut?: (rehearsal: Rehearsal) => Promise<boolean>;
};

const TIMEOUT_MS = 20_000;
/** Any will do, and this one is always there. */
const MODEL = "sonnet";

/**
 * Knows, or finds out, of which installations processes can be given another system prompt and model. Older versions say yes and go on
 * with the old system prompt, so those that we do not know are tried first.
 */
export class RebindingTrials {
  readonly #options: TrialOptions;
  readonly #known = new Map<string, Ability>();
  readonly #running = new Set<Promise<void>>();
  readonly #closing = new AbortController();

  constructor(options: TrialOptions) {
    this.#options = options;
  }

  /** Of one newer than those we know it is found out in the background, once. */
  of({ path, version }: { readonly path: string; readonly version: string }): Ability {
    const key = JSON.stringify([path, version]);
    const known = this.#known.get(key);
    if (known) return known;
    const found = new Ability(rebinding(version));
    this.#known.set(key, found);
    if (found.isUntried) this.#find(path, found);
    return found;
  }

  /** Resolves when no trial runs. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#running);
  }

  #find(path: string, found: Ability): void {
    const { tryOut = tryRebinding, ...stage } = this.#options;
    const { signal } = this.#closing;
    const trial = tryOut({ ...stage, path, model: MODEL, address: undefined, signal, timeoutMs: TIMEOUT_MS })
      .catch((error: unknown) => {
        if (!signal.aborted) this.#options.logger.warn("rebinding could not be tried", { reason: String(error) });
        return false;
      })
      .then((works) => {
        found.conclude(works);
        if (!signal.aborted) this.#options.logger.debug("rebinding tried", { works });
      })
      .finally(() => this.#running.delete(trial));
    this.#running.add(trial);
  }
}
