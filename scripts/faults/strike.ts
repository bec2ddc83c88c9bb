/** What goes wrong at one step of what a program says, a step being a line of the CLI's or an event of the API's. */
export const FAULTS = [
  "ends",
  "hangs",
  "half of it",
  "a huge line",
  "invalid UTF-8",
  "said twice",
  "out of order",
  "left out",
] as const;
export type Fault = (typeof FAULTS)[number];

/** What is written, and whether the program goes on, ends there, or is silent from then on. */
export type Struck = { readonly bytes: readonly Uint8Array[]; readonly next: "goes on" | "ends" | "hangs" };

const HUGE_BYTES = 8 * 1024 * 1024;

/** Lets everything pass but the step of that number, counted from 0, of which it makes the fault. */
export class Strike {
  #step = 0;
  #held: string | undefined;
  /** Whether that step was reached. */
  hasStruck = false;

  constructor(
    private readonly fault: Fault,
    private readonly at: number,
    /** Asked when the step is reached: another may have struck before. */
    private readonly mayStrike: () => boolean = () => true,
  ) {}

  /** `unit` is a line or an event, with its end. */
  pass(unit: string): Struck {
    if (this.#step++ !== this.at || !this.mayStrike()) {
      const units = this.#held === undefined ? [unit] : [unit, this.#held];
      this.#held = undefined;
      return { bytes: units.map(bytesOf), next: "goes on" };
    }
    this.hasStruck = true;
    return this.#strike(unit);
  }

  #strike(unit: string): Struck {
    const whole = bytesOf(unit);
    const half = whole.slice(0, whole.length >> 1);
    switch (this.fault) {
      case "ends":
        return { bytes: [], next: "ends" };
      case "hangs":
        return { bytes: [], next: "hangs" };
      case "half of it":
        return { bytes: [half], next: "ends" };
      case "a huge line":
        return { bytes: [new Uint8Array(HUGE_BYTES).fill(120), bytesOf("\n"), whole], next: "goes on" };
      case "invalid UTF-8":
        return { bytes: [half, new Uint8Array([0xff, 0xfe, 0xc3]), whole.slice(half.length)], next: "goes on" };
      case "said twice":
        return { bytes: [whole, whole], next: "goes on" };
      case "out of order":
        this.#held = unit;
        return { bytes: [], next: "goes on" };
      case "left out":
        return { bytes: [], next: "goes on" };
    }
  }
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
