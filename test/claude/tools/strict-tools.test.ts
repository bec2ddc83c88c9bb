import { expect, test } from "bun:test";
import { lacksStrict, withStrictSchemas } from "../../../src/claude/tools/strict-tools.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import type { Tool } from "../../../src/core/request.ts";

const closed = (properties: JsonObject, required = Object.keys(properties)): JsonObject => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});
const CITY = closed({ city: { type: "string" } });
const strict = (name: string, parameters = CITY): Tool => ({ name, parameters, strict: true });
/** The names of those that are strict for the API. */
const strictOf = (tools: readonly Tool[], isTaken = true) =>
  withStrictSchemas(tools, isTaken).flatMap(({ name, native }) => (native?.strict === true ? [name] : []));

test("a function is strict where that is wanted, taken, and its whole schema kept", () => {
  const open = { ...CITY, additionalProperties: true };
  const long = closed({ city: { type: "string", minLength: 3 } });
  const tools = [strict("a"), { name: "b", parameters: CITY }, strict("c", open), strict("d", long)];
  expect(strictOf(tools)).toEqual(["a"]);
  expect(strictOf(tools, false)).toEqual([]);
  for (const isTaken of [true, false])
    expect(withStrictSchemas(tools, isTaken).some((tool) => "strict" in tool)).toBeFalse();
});

test("what the API itself knows as strict stays so", () => {
  const own: Tool = { name: "a", parameters: CITY, native: { strict: true } };
  expect(withStrictSchemas([own], false)).toEqual([own]);
});

test("so many are strict as the API takes, and no more properties and alternatives", () => {
  const names = Array.from({ length: 25 }, (_, index) => `f${index}`);
  expect(strictOf(names.map((name) => strict(name)))).toEqual(names.slice(0, 20));
  const tenOptional = closed(Object.fromEntries(names.slice(0, 10).map((name) => [name, { type: "string" }])), []);
  expect(strictOf([strict("a", tenOptional), strict("b", tenOptional), strict("c", tenOptional), strict("d")])).toEqual(
    ["a", "b", "d"],
  );
  const tenUnions = closed(Object.fromEntries(names.slice(0, 10).map((name) => [name, { type: ["string", "null"] }])));
  expect(strictOf([strict("a", tenUnions), strict("b", tenUnions), strict("c")])).toEqual(["a", "c"]);
});

test("a wish is lacking where one of those that are offered is not strict", () => {
  const wanted = [strict("a"), { name: "b", parameters: CITY }];
  expect(lacksStrict(wanted, withStrictSchemas(wanted, true))).toBeFalse();
  expect(lacksStrict(wanted, withStrictSchemas(wanted, false))).toBeTrue();
  expect(lacksStrict([{ name: "b", parameters: CITY }], [])).toBeFalse();
});
