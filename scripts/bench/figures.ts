/** What several measurements of the same come to. */
export type Figures = {
  readonly median: number;
  readonly p95: number;
  readonly min: number;
  readonly max: number;
  readonly n: number;
};

export type Row = {
  readonly label: string;
  readonly unit: string;
  /** By contestant; one that cannot do it, or did not take part, is missing. */
  readonly cells: Readonly<Record<string, Figures>>;
};

/** `isMet` is null when something that the goal compares with was not measured. */
export type Goal = {
  readonly text: string;
  readonly value: number | null;
  readonly isMet: boolean | null;
};

export type Report = {
  readonly rows: readonly Row[];
  readonly goals: readonly Goal[];
  readonly notes?: readonly string[];
};

export function figures(values: readonly number[]): Figures {
  return {
    median: quantile(values, 0.5),
    p95: quantile(values, 0.95),
    min: Math.min(...values),
    max: Math.max(...values),
    n: values.length,
  };
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

/** Values by contestant, as they are measured. */
export class Samples {
  readonly #values = new Map<string, number[]>();

  add(contestant: string, ...values: number[]): void {
    this.#values.set(contestant, [...this.of(contestant), ...values]);
  }

  of(contestant: string): readonly number[] {
    return this.#values.get(contestant) ?? [];
  }

  /** Undefined when there is none. */
  median(contestant: string): number | undefined {
    const values = this.of(contestant);
    return values.length === 0 ? undefined : quantile(values, 0.5);
  }

  row(label: string, unit: string): Row {
    const cells = Object.fromEntries([...this.#values].map(([name, values]) => [name, figures(values)]));
    return { label, unit, cells };
  }
}

export function atLeast(text: string, limit: number, value: number | undefined): Goal {
  return goal(`${text} at least ${limit}`, value, (figure) => figure >= limit);
}

export function below(text: string, limit: number, value: number | undefined): Goal {
  return goal(`${text} below ${limit}`, value, (figure) => figure < limit);
}

export function atMost(text: string, limit: number, value: number | undefined): Goal {
  return goal(`${text} at most ${limit}`, value, (figure) => figure <= limit);
}

/** Undefined when one of them is. */
export function ratio(over: number | undefined, under: number | undefined): number | undefined {
  return over === undefined || under === undefined ? undefined : over / under;
}

function goal(text: string, value: number | undefined, isMet: (figure: number) => boolean): Goal {
  if (value === undefined || Number.isNaN(value)) return { text, value: null, isMet: null };
  return { text, value, isMet: isMet(value) };
}
