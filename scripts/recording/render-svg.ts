import type { Piece, StyleName } from "./styled-text.ts";

/** Some text, and when it appeared, in milliseconds from the beginning. */
export type Moment = { readonly at: number; readonly piece: Piece };

const COLUMNS = 96;
const CHARACTER = { width: 8.4, height: 20 };
const MARGIN = 20;
const TITLE_BAR = 34;

const COLOURS: Readonly<Partial<Record<StyleName, string>>> = {
  red: "#f38ba8",
  green: "#a6e3a1",
  yellow: "#f9e2af",
  cyan: "#89dceb",
  dim: "#9399b2",
};

type Placed = Moment & { readonly row: number; readonly column: number };

/** A terminal with these texts in it, each appearing when it did; all at once for whoever wants no motion. */
export function renderSvg(title: string, moments: readonly Moment[]): string {
  const placed = place(moments);
  const rows = Math.max(0, ...placed.map(({ row }) => row)) + 1;
  const width = COLUMNS * CHARACTER.width + 2 * MARGIN;
  const height = TITLE_BAR + rows * CHARACTER.height + 2 * MARGIN - 10;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${height}" width="${round(width)}" height="${height}" xml:space="preserve" role="img" aria-label="${escapeXml(title)}">`,
    "<style>",
    "text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#cdd6f4;white-space:pre}",
    ".b{font-weight:700}",
    "@media (prefers-reduced-motion:no-preference){.t{opacity:0;animation:show 1ms forwards}}",
    "@keyframes show{to{opacity:1}}",
    "</style>",
    `<rect width="100%" height="100%" rx="8" fill="#1e1e2e"/>`,
    ...["#f38ba8", "#f9e2af", "#a6e3a1"].map(
      (fill, index) => `<circle cx="${MARGIN + index * 20}" cy="18" r="6" fill="${fill}"/>`,
    ),
    ...placed.map(renderText),
    "</svg>",
    "",
  ].join("\n");
}

function renderText({ at, piece: { text, styles }, row, column }: Placed): string {
  const x = round(MARGIN + column * CHARACTER.width);
  const y = TITLE_BAR + MARGIN + row * CHARACTER.height;
  const fill = styles.map((style) => COLOURS[style]).find((colour) => colour !== undefined);
  const weight = styles.includes("bold") ? " b" : "";
  // The length is said, so that a font of another width keeps the columns.
  const length = round(text.length * CHARACTER.width);
  return (
    `<text class="t${weight}" x="${x}" y="${y}" textLength="${length}"${fill ? ` style="fill:${fill};` : ` style="`}` +
    `animation-delay:${Math.round(at)}ms">${escapeXml(text)}</text>`
  );
}

/** Breaks texts where lines end, in the text or at the terminal's edge. */
function place(moments: readonly Moment[]): Placed[] {
  const placed: Placed[] = [];
  let [row, column] = [0, 0];
  for (const { at, piece } of moments) {
    for (const [index, line] of piece.text.split("\n").entries()) {
      if (index > 0) [row, column] = [row + 1, 0];
      for (let rest = line; rest !== ""; ) {
        if (column >= COLUMNS) [row, column] = [row + 1, 0];
        const text = rest.slice(0, COLUMNS - column);
        placed.push({ at, piece: { ...piece, text }, row, column });
        column += text.length;
        rest = rest.slice(text.length);
      }
    }
  }
  return placed.filter(({ piece }) => piece.text.trim() !== "");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
