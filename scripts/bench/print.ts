import type { Figures, Goal, Report, Row } from "./figures.ts";

export type NamedReport = Report & {
  readonly name: string;
  readonly title: string;
  readonly seconds: number;
  /** Why there are no figures. */
  readonly failure?: string;
};

/** Contestants in the order of the columns; others follow. */
export type Columns = readonly string[];

const LABEL_WIDTH = 56;
const CELL_WIDTH = 22;

/** One scenario as a table: a line of `median / p95 (n)`, and below it from the least to the most. */
export function printReport({ title, rows, goals, notes = [], failure }: NamedReport, columns: Columns): void {
  if (failure !== undefined) {
    console.log(`\n${title}\n\n  FAILED: ${failure}`);
    return;
  }
  const shown = columns.filter((name) => rows.some(({ cells }) => cells[name] !== undefined));
  console.log(`\n${title}\n`);
  console.log("".padEnd(LABEL_WIDTH) + shown.map((name) => name.padStart(CELL_WIDTH)).join(""));
  for (const row of rows) printRow(row, shown);
  for (const goal of goals) console.log(goalLine(goal));
  for (const note of notes) console.log(`  ${note}`);
}

function printRow({ label, unit, cells }: Row, columns: Columns): void {
  const name = unit === "" ? label : `${label}, ${unit}`;
  const line = (show: (figures: Figures) => string) =>
    columns.map((column) => (cells[column] ? show(cells[column]) : "").padStart(CELL_WIDTH)).join("");
  console.log(name.padEnd(LABEL_WIDTH) + line(({ median, p95, n }) => `${short(median)} / ${short(p95)} (${n})`));
  if (Object.values(cells).some(({ n }) => n > 1)) {
    console.log("".padEnd(LABEL_WIDTH) + line(({ min, max }) => `${short(min)} to ${short(max)}`));
  }
}

function goalLine({ text, value, isMet }: Goal): string {
  if (value === null) return `  goal, not measured: ${text}`;
  return `  goal ${isMet ? "met   " : "MISSED"} ${text}: ${short(value)}`;
}

function short(value: number): string {
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}
