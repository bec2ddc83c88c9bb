import { describe, expect, test } from "bun:test";
import { mendTools } from "../../../src/claude/tools/mend-tools.ts";
import type { Json, JsonObject } from "../../../src/core/json.ts";

const refusalOf = (parameters: JsonObject) => {
  try {
    mendTools([
      { name: "fine", parameters: {} },
      { name: "f", parameters },
    ]);
    return undefined;
  } catch (error) {
    return error;
  }
};

describe("a schema that cannot be mended is refused by tool and place", () => {
  test.each<[Json, string]>([
    [{ type: "starship" }, "$.properties.$a.type must be one of"],
    [{ minimum: "low" }, "$.properties.$a.minimum must be a number."],
    [{ minLength: -1 }, "$.properties.$a.minLength must be a whole number"],
    [{ pattern: 5 }, "$.properties.$a.pattern must be a string."],
    [{ anyOf: [{ type: "string" }, 5] }, "$.properties.$a.anyOf[1] is no schema"],
    [5, "$.properties.$a is no schema"],
  ])("%j", (argument, problem) => {
    expect(refusalOf({ properties: { $a: argument } })).toMatchObject({
      code: "invalid_request",
      param: "tools",
      message: expect.stringContaining(`of the tool "f": ${problem}`),
    });
  });

  test.each<[JsonObject, string]>([
    [{ type: "string" }, '$.type must be "object"'],
    [{ anyOf: [{ type: "string" }, { type: "null" }] }, "$.anyOf has no branch that is an object."],
    [{ properties: 5 }, "$.properties must be an object of schemas."],
  ])("%j", (parameters, problem) => {
    expect(refusalOf(parameters)).toMatchObject({ message: expect.stringContaining(problem) });
  });
});

test("tools that need no mending stay the same", () => {
  const tools = [
    { name: "f", description: "F.", parameters: { type: "object", properties: { a: { type: "string" } } } },
  ];
  expect(mendTools(tools)[0]).toEqual(tools[0]);
});
