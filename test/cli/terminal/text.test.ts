import { expect, test } from "bun:test";
import { createStyle, renderTable } from "../../../src/cli/terminal/text.ts";

test("columns are as wide as their widest cell, colours or not, and no line ends with a blank", () => {
  const rows = (style = createStyle(false)) =>
    renderTable(
      ["NAME", "WHAT"],
      [
        [style.cyan("a"), "one"],
        [style.cyan("漢字漢字"), ""],
      ],
    );
  expect(rows()).toBe("NAME      WHAT\na         one\n漢字漢字\n");
  expect(Bun.stripANSI(rows(createStyle(true)))).toBe(rows());
});
