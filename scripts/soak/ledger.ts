/** How often a client's request may reach the model. */
export type Allowed = "once" | "never" | "at most once";

type Entry = { readonly form: string; allowed: Allowed };

export type Arrival = { readonly tag: number | undefined; readonly form: string };

/** What clients have sent, to be compared with what reached the model: each request exactly as it was, and no other. */
export class Ledger {
  readonly #entries = new Map<number, Entry>();

  /** `form`: the conversation in a form that can be compared. */
  sent(tag: number, form: string): void {
    this.#entries.set(tag, { form, allowed: "at most once" });
  }

  /** What is known of it once it is over. */
  expect(tag: number, allowed: Allowed): void {
    const entry = this.#entries.get(tag);
    if (entry !== undefined) entry.allowed = allowed;
  }

  faults(arrivals: readonly Arrival[]): string[] {
    const faults: string[] = [];
    const seen = new Map<number, number>();
    for (const { tag, form } of arrivals) {
      const entry = tag === undefined ? undefined : this.#entries.get(tag);
      if (tag === undefined || entry === undefined) {
        faults.push(`the model was asked what no client asked: ${form}`);
        continue;
      }
      seen.set(tag, (seen.get(tag) ?? 0) + 1);
      if (entry.form !== form)
        faults.push(`request ${tag} arrived changed\n  sent:    ${entry.form}\n  arrived: ${form}`);
    }
    for (const [tag, { allowed, form }] of this.#entries) {
      const times = seen.get(tag) ?? 0;
      if (!isAllowed(times, allowed))
        faults.push(`request ${tag} arrived ${times} times, and should ${allowed}: ${form}`);
    }
    return faults;
  }
}

function isAllowed(times: number, allowed: Allowed): boolean {
  switch (allowed) {
    case "once":
      return times === 1;
    case "never":
      return times === 0;
    case "at most once":
      return times <= 1;
  }
}
