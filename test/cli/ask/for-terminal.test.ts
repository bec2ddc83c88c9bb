import { expect, test } from "bun:test";
import { forTerminal } from "../../../src/cli/ask/for-terminal.ts";

test("a terminal is shown text, line breaks and tabs as they are", () => {
  const text = "Zwölf\n\tBoxkämpfer 👩‍🚀 → 漢字";
  expect(forTerminal(text)).toBe(text);
});

test("what would steer the terminal becomes visible", () => {
  expect(forTerminal("\u001b[2J\u001b]0;title\u0007\r\u009b1m\u007f")).toBe(
    "\uFFFD[2J\uFFFD]0;title\uFFFD\uFFFD\uFFFD1m\uFFFD",
  );
});
