const UNITS = [
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
] as const;

/** A number in at most five characters: 999, 1.2k, 34k, 5.6M. */
export function count(number: number): string {
  const [size, unit] = UNITS.find(([size]) => number >= size) ?? [1, ""];
  const scaled = number / size;
  return `${unit === "" || scaled >= 10 ? Math.floor(scaled) : (Math.floor(scaled * 10) / 10).toFixed(1)}${unit}`;
}

/** Dollars in at most seven characters: $0.12, $1234, $12k; with a plus where some of it is not known. */
export function dollars({ costUsd, unpriced }: { readonly costUsd: number | null; readonly unpriced: number }): string {
  if (costUsd === null) return "";
  const whole = costUsd >= 10_000 ? count(costUsd) : Math.floor(costUsd).toString();
  return `$${costUsd < 100 ? costUsd.toFixed(2) : whole}${unpriced > 0 ? "+" : ""}`;
}

export function share(part: number, whole: number): string {
  return whole === 0 ? "" : `${Math.floor((100 * part) / whole)}%`;
}

/** A bar as long as the part, from 0 to 1, of a width; what is not nothing is seen. */
export function bar(part: number, width: number): string {
  const eighths = Math.max(part > 0 ? 1 : 0, Math.round(Math.min(part, 1) * width * 8));
  const rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8] ?? "";
  return "█".repeat(Math.floor(eighths / 8)) + rest;
}
