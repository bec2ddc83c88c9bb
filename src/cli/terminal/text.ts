import { styleText } from "node:util";

const NAMES = ["bold", "dim", "red", "green", "yellow", "cyan"] as const;

/** Marks texts for the eye: each returns its text, coloured or as it was. */
export type Style = Readonly<Record<(typeof NAMES)[number], (text: string) => string>>;

export function createStyle(isOn: boolean): Style {
  const mark = (name: (typeof NAMES)[number]) => (text: string) =>
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
