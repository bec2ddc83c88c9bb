import { styleText } from "node:util";

/** Marks texts for the eye: each returns its text, coloured or as it was. */
export type Style = Readonly<ReturnType<typeof createStyle>>;

export function createStyle(isOn: boolean) {
  const mark = (name: Parameters<typeof styleText>[0]) => (text: string) =>
    isOn ? styleText(name, text, { validateStream: false }) : text;
  return {
    bold: mark("bold"),
    dim: mark("dim"),
    red: mark("red"),
    green: mark("green"),
    yellow: mark("yellow"),
    cyan: mark("cyan"),
  };
}

/** Rows under a heading, in columns as wide as their widest cell; colours do not count. No line ends with a blank. */
export function renderTable(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...lines.map((cells) => Bun.stringWidth(cells[column] ?? ""))));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - Bun.stringWidth(cell)))
      .join("  ")
      .trimEnd();
  return `${lines.map(line).join("\n")}\n`;
}

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
