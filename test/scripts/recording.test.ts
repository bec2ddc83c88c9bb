import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { renderSvg } from "../../scripts/recording/render-svg.ts";
import { COMMANDS, SERVER } from "../../scripts/recording/scenario.ts";
import { StyledTextReader } from "../../scripts/recording/styled-text.ts";

/** The lines of a picture, as its reader sees them in the end. */
function linesOf(svg: string): string[] {
  const texts = [...svg.matchAll(/<text [^>]*?x="([\d.]+)" y="(\d+)"[^>]*>(.*?)<\/text>/g)];
  const rows = Map.groupBy(texts, ([, , y]) => Number(y));
  return [...rows]
    .sort(([a], [b]) => a - b)
    .map(([, row]) =>
      row
        .sort(([, a], [, b]) => Number(a) - Number(b))
        .map(([, , , text = ""]) => text)
        .join("")
        .replaceAll("&quot;", '"')
        .replaceAll("&lt;", "<")
        .replaceAll("&amp;", "&"),
    );
}

describe("the README's picture: `bun run recording` makes it", () => {
  const lines = linesOf(readFileSync(join(import.meta.dir, "../../docs/first-answer.svg"), "utf8"));
  test("shows what is typed in it", () => {
    // Letter by letter, of which blank ones leave no trace.
    const typed = [SERVER.command, ...COMMANDS].map((line) => `$ ${line.replaceAll(" ", "")}`);
    expect(lines.filter((line) => line.startsWith("$ "))).toEqual(typed);
  });
  test("shows a program that works", () => {
    expect(lines.join("\n")).toMatch(/listens on http/);
    expect(lines.filter((line) => /^claude-max-api: (?!the server at)/.test(line))).toEqual([]);
  });
});

describe("a picture", () => {
  const at = 0;
  test("has each text where it was written, and colours where they were asked for", () => {
    const pieces = new StyledTextReader().read("a \u001b[1mb\u001b[22m\n<c> \u001b[32md\u001b[39m");
    const svg = renderSvg(
      "t",
      pieces.map((piece) => ({ at, piece })),
    );
    expect(linesOf(svg)).toEqual(["a b", "<c> d"]);
    expect(svg).toMatch(/class="t b"[^>]*>b</);
    expect(svg).toMatch(/fill:#[\da-f]{6};[^>]*>d</);
  });
  test("breaks a line at the terminal's edge", () => {
    const piece = { text: "x".repeat(100), styles: [] };
    expect(linesOf(renderSvg("t", [{ at, piece }])).map((line) => line.length)).toEqual([96, 4]);
  });
  test("keeps a colour from one piece of output to the next", () => {
    const reader = new StyledTextReader();
    expect([...reader.read("\u001b[31ma"), ...reader.read("b\u001b[0mc")]).toEqual([
      { text: "a", styles: ["red"] },
      { text: "b", styles: ["red"] },
      { text: "c", styles: [] },
    ]);
  });
});
