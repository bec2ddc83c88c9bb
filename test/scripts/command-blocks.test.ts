import { describe, expect, test } from "bun:test";
import { commandBlocks, type Mark } from "../../scripts/walk/command-blocks.ts";

const page = (...lines: string[]) => commandBlocks("page.md", lines.join("\n"));

test("every block of a shell is found, others are not", () => {
  const blocks = page("text", "```sh", "one", "two", "```", "```json", "{}", "```", "```powershell", "three", "```");
  expect(blocks.map(({ line, language, code }) => ({ line, language, code }))).toEqual([
    { line: 2, language: "sh", code: "one\ntwo" },
    { line: 9, language: "powershell", code: "three" },
  ]);
});

test("a block in a list is read without its indent", () => {
  expect(page("- do", "", "  ```sh", "  one", "    two", "  ```")[0]?.code).toBe("one\n  two");
});

describe("the comment before a block", () => {
  test.each<[string, Mark]>([
    ["<!-- server -->", { kind: "server" }],
    ["<!-- clone server -->", { kind: "clone server" }],
    ["<!-- not run: there is no Mac here -->", { kind: "not run", reason: "there is no Mac here" }],
    ["<!-- something else -->", { kind: "plain" }],
    ["text", { kind: "plain" }],
  ])("%s is its mark", (comment, mark) => {
    expect(page(comment, "", "```sh", "one", "```")[0]?.mark).toEqual(mark);
  });
  test.each(["<!-- not run -->", "<!-- server please -->"])(
    "that looks like a mark, and is none, is refused: %s",
    (comment) => {
      expect(() => page(comment, "```sh", "one", "```")).toThrow("page.md:1: a mark is");
    },
  );
});

test("a block that is never closed is refused", () => {
  expect(() => page("```sh", "one")).toThrow("page.md:1: the block is never closed");
});
