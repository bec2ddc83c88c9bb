import { describe, expect, test } from "bun:test";
import { isIdOf, sameCall } from "../../../src/claude/pool/transcript.ts";
import type { Tool, ToolCallBlock } from "../../../src/core/request.ts";

const ID = "toolu_01AbCdEf";
const TOOLS: Tool[] = [
  {
    name: "edit",
    parameters: {
      type: "object",
      properties: {
        count: { type: "number", default: 10 },
        steps: { type: "array", items: { type: "object", properties: { by: { type: "string", default: "me" } } } },
      },
    },
  },
];
const edit = (args: object, id = ID): ToolCallBlock => ({
  type: "tool-call",
  id,
  name: "edit",
  args: JSON.stringify(args),
});
const same = (own: object, told: object, id?: string) => sameCall(edit(own), edit(told, id), TOOLS);

describe("a call that a client has read and written again is the same", () => {
  test.each<[string, object, object]>([
    ["with a switch filled in", { path: "a" }, { replace_all: false, path: "a" }],
    ["with nulls and empty values filled in", {}, { a: null, b: "", c: [], d: {} }],
    ["with the schema's default filled in", {}, { count: 10 }],
    ["with a default in one of several members", { steps: [{ at: 1 }] }, { steps: [{ at: 1, by: "me" }] }],
    ["without what says nothing", { path: "a", note: "", all: false }, { path: "a" }],
    ["with numbers and switches for texts", { n: "5", b: "true" }, { n: 5, b: true }],
    ["with a list for the text of one", { steps: '[{"at":1}]' }, { steps: [{ at: 1 }] }],
    ["without white space at the ends of lines", { text: "a  \n b\t\n\n" }, { text: "a\n b" }],
  ])("%s", (_, own, told) => {
    expect(same(own, told)).toBeTrue();
    expect(same(told, own)).toBeTrue();
    // Without its id it is known by its words alone.
    expect(same(own, told, "other")).toBeFalse();
  });
});

describe("a call is an edited one", () => {
  test.each<[string, object, object]>([
    ["with another value", { path: "a" }, { path: "b" }],
    ["with a switch turned", { all: false }, { all: true }],
    ["with a member added that says something", { path: "a" }, { path: "a", force: true }],
    ["with a member added that is no default", {}, { count: 11 }],
    ["without a member that said something", { path: "a", limit: 5 }, { path: "a" }],
    ["with an item more", { steps: [] }, { steps: [{ at: 1 }] }],
    ["with white space within a line", { text: "a b" }, { text: "a  b" }],
    ["with white space at the beginning", { text: "a" }, { text: " a" }],
  ])("%s", (_, own, told) => {
    expect(same(own, told)).toBeFalse();
  });

  test("of another tool", () => {
    expect(sameCall(edit({}), { ...edit({}), name: "write" }, TOOLS)).toBeFalse();
  });
});

test("an id is known without its marks, and with more around it", () => {
  for (const told of [ID, "toolu01AbCdEf", `call_${ID}_fc_2`]) expect(isIdOf(told, ID)).toBeTrue();
  for (const told of ["toolu_01AbCdE", "call_1", ""]) expect(isIdOf(told, ID)).toBeFalse();
  // Ids that a client counts itself stand within one another.
  expect(isIdOf("call_10", "call_1")).toBeFalse();
});
