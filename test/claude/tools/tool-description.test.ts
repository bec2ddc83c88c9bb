import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { describedWithin } from "../../../src/claude/tools/tool-description.ts";
import type { JsonObject } from "../../../src/core/json.ts";

const PARAMETERS = { type: "object", properties: { city: { type: "string" } } };
const within = (longest: number, description: string | undefined, own: JsonObject = {}) => {
  const parameters: JsonObject = { ...PARAMETERS, ...own };
  const tool = { name: "f", ...(description === undefined ? {} : { description }), parameters };
  return describedWithin(longest, tool);
};
const split = (longest: number, description: string) => {
  const { description: head, parameters } = within(longest, description);
  return [head, parameters.description];
};

describe("a description that is not too long", () => {
  test.each([[undefined], ["Short."], ["a".repeat(20)]])(
    "stays as it is, and so do the parameters: %j",
    (description) => {
      const parameters = { ...PARAMETERS, description: "A city." };
      expect(within(20, description, parameters)).toEqual({
        name: "f",
        ...(description === undefined ? {} : { description }),
        parameters,
      });
    },
  );
});

describe("a description that is too long goes on at the parameters", () => {
  test.each<[string, string, string[]]>([
    ["from a new line", "One line.\nTwo words more", ["One line.\n", "Two words more"]],
    ["from a new word", "A line\nof some many words", ["A line\nof some ", "many words"]],
    ["anywhere, where words are long", `a ${"b".repeat(20)}`, [`a ${"b".repeat(14)}`, "b".repeat(6)]],
    ["but not within an emoji", `${"b".repeat(15)}😀`, ["b".repeat(15), "😀"]],
    ["also behind one", `${"b".repeat(14)}😀c`, [`${"b".repeat(14)}😀`, "c"]],
  ])("%s", (_, description, expected) => {
    expect(split(16, description)).toEqual(expected);
  });

  test("in front of what they say themselves", () => {
    expect(within(10, "What it does.", { description: "A city." })).toEqual({
      name: "f",
      description: "What it ",
      parameters: { ...PARAMETERS, description: "does.\n\nA city." },
    });
  });

  test("whatever it is: nothing is lost, and what stays is not cut", () => {
    const anyText = fc.string({ unit: fc.constantFrom("a", " ", "\n", "😀", "é") });
    fc.assert(
      fc.property(anyText, fc.integer({ min: 2, max: 12 }), (description, longest) => {
        const [head = "", rest = ""] = split(longest, description);
        expect(`${head}${rest}`).toBe(description);
        expect(String(head).length).toBeLessThanOrEqual(longest);
        expect(String(head).isWellFormed()).toBeTrue();
      }),
    );
  });
});
