import type { Probe, ProbeTarget } from "./probe.ts";

const MOST_FAILURES = 3;

/** Whether processes of the installed CLI can do something that is no documented feature. */
export class Ability {
  #works: boolean | undefined;
  #failures = 0;

  /** Undefined: it is not known, and until it is nobody relies on it. */
  constructor(works: boolean | undefined) {
    this.#works = works;
  }

  get works(): boolean {
    return this.#works === true;
  }

  get isUntried(): boolean {
    return this.#works === undefined;
  }

  conclude(works: boolean): void {
    if (this.isUntried) this.#works = works;
  }

  succeed(): void {
    this.#failures = 0;
  }

  /** A process did not do it. One may be sick; after several in a row it is the version, and nobody shall wait for it again. */
  fail(): void {
    if (++this.#failures >= MOST_FAILURES) this.#works = false;
  }
}

/** Whether processes of the installed CLI can do something that is no documented feature, of each version. */
export class Abilities {
  readonly #ofVersion: (version: string) => boolean | undefined;
  readonly #probes: readonly Probe<boolean>[];
  readonly #known = new Map<string, Ability>();

  /** `ofVersion`: whether a version can, as far as is known; undefined: it is probed, and all probes must show that it can. */
  constructor(ofVersion: (version: string) => boolean | undefined, ...probes: Probe<boolean>[]) {
    this.#ofVersion = ofVersion;
    this.#probes = probes;
  }

  /** Of a version that is not known it is found out in the background, once; until then, and where that fails, nobody relies on it. */
  of({ path, version }: ProbeTarget): Ability {
    const key = JSON.stringify([path, version]);
    const known = this.#known.get(key);
    if (known) return known;
    const found = new Ability(this.#ofVersion(version));
    this.#known.set(key, found);
    if (found.isUntried) void this.#conclude(found, { path, version });
    return found;
  }

  /** Resolves when nothing is probed. */
  async close(): Promise<void> {
    await Promise.all(this.#probes.map((probe) => probe.close()));
  }

  async #conclude(found: Ability, target: ProbeTarget): Promise<void> {
    const outcomes: boolean[] = [];
    for (const probe of this.#probes) outcomes.push((await probe.find(target).catch(() => false)) === true);
    found.conclude(outcomes.length > 0 && outcomes.every(Boolean));
  }
}
