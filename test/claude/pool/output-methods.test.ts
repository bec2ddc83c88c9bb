import { describe, expect, test } from "bun:test";
import { factsOf } from "../../../src/claude/models/facts.ts";
import { parseModelName } from "../../../src/claude/models/model-name.ts";
import { OutputMethods } from "../../../src/claude/pool/output-methods.ts";
import { ApiError } from "../../../src/core/error.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import type { ChatRequest, ContentBlock, ResultPart } from "../../../src/core/request.ts";
import { Logger } from "../../../src/observability/logger.ts";
import { catalog } from "../models/catalog-of.ts";
import { REQUEST, result, user } from "./turns.ts";

const object = (properties: JsonObject): JsonObject => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});
const CLOSED = object({ a: { type: "string" } });
const OTHER = object({ b: { type: "string" } });
const CHECKED = object({ n: { type: "integer", minimum: 1 } });

const asking = (schema: JsonObject, model = "sonnet"): ChatRequest => ({
  ...REQUEST,
  model,
  outputFormat: { schema, delivery: "whole" },
});
const refused = (said: string, upstreamStatus = 400) =>
  new ApiError("invalid_request", `The Anthropic API refused the request: 400 ${said}`, { upstreamStatus });
const TOO_COMPLEX = refused("Schema is too complex for compilation.");
const NO_FIELD = refused("output_config.format: Extra inputs are not permitted");

function ways() {
  const models = catalog();
  const [log, installed] = [[] as string[], { version: "2.1.330" }];
  const outputs = new OutputMethods({
    catalog: models,
    version: () => installed.version,
    logger: new Logger("debug", (line) => log.push(line)),
  });
  const wayOf = (request: ChatRequest) => outputs.of(request, models.resolve(request.model))?.type;
  return { outputs, models, log, installed, wayOf };
}

test("every model that is served holds its answers to a schema, by its facts", () => {
  for (const id of ["claude-haiku-4-5", "claude-opus-4-5", "claude-sonnet-4-6", "claude-opus-5-5", "claude-fable-5"])
    expect(factsOf(parseModelName(id)).takesOutputFormat).toBeTrue();
});

test("a schema that the API keeps goes to it, of a model that does so; others, and those of other models, to the CLI's tool", () => {
  const { outputs, models, wayOf } = ways();
  expect(wayOf(REQUEST)).toBeUndefined();
  expect(wayOf(asking(CLOSED))).toBe("native");
  expect(wayOf(asking(CHECKED))).toBe("tool");
  models.learnRule("sonnet", { takesOutputFormat: false });
  expect(outputs.of(asking(CLOSED), models.resolve("sonnet"))).toEqual({ type: "tool", schema: CLOSED });
  expect(wayOf(asking(CLOSED, "opus"))).toBe("native");
});

test.each([
  ["in what the user says", (block: ContentBlock) => [block]],
  ["in the result of a call", (block: ResultPart) => [{ ...result("toolu_1"), content: [block] }]],
])(
  "where sources are to be cited, which the API does not do by a schema, it goes to the CLI's tool: %s",
  (_, content) => {
    const { wayOf } = ways();
    const source = (enabled: boolean) =>
      ({ type: "native", block: { type: "search_result", citations: { enabled } } }) satisfies ResultPart;
    expect(wayOf({ ...asking(CLOSED), turns: [user(...content(source(true)))] })).toBe("tool");
    expect(wayOf({ ...asking(CLOSED), turns: [user(...content(source(false)))] })).toBe("native");
  },
);

test("a schema that goes neither way is a 400 that names the place", () => {
  const { wayOf } = ways();
  const schema = object({ a: { type: "string", pattern: "(" } });
  expect(() => wayOf(asking(schema))).toThrow("$.properties.a.pattern");
});

test("why a schema goes to the CLI's tool is logged at level debug, without a word of the schema", () => {
  const { log, wayOf } = ways();
  wayOf(asking(object({ place: { type: "string", enum: ["New York"] } })));
  expect(log.join("")).toContain("a value of `enum`");
  expect(log.join("")).not.toMatch(/place|New York/);
});

describe("after a refusal", () => {
  test.each([
    "Schema is too complex for compilation.",
    "output_config.format.schema: For 'string' type, property 'x' is not supported",
    "output_config.format.schema: Invalid schema: The compiled grammar is too large",
    "The compiled grammar is too large, which would cause performance issues.",
    "Schemas contains too many parameters with union types (17 parameters with type arrays or anyOf).",
    "Grammar compilation timed out.",
  ])("of a schema, that schema goes to the CLI's tool with this model: %s", (said) => {
    const { outputs, wayOf } = ways();
    expect(outputs.learn(asking(CLOSED), refused(said))).toBeTrue();
    expect(wayOf(asking(CLOSED))).toBe("tool");
    expect(wayOf(asking(OTHER))).toBe("native");
    expect(wayOf(asking(CLOSED, "opus"))).toBe("native");
  });

  test.each([
    "output_config.format: Extra inputs are not permitted",
    "output_format: This model does not support structured outputs.",
    "Structured outputs are not available to this account.",
    "'claude-sonnet-5-5' does not support structured outputs.",
    "This model does not support structured outputs.",
  ])("of the field, every schema does with this model: %s", (said) => {
    const { outputs, wayOf, log } = ways();
    expect(outputs.learn(asking(CLOSED), refused(said))).toBeTrue();
    expect(wayOf(asking(OTHER))).toBe("tool");
    expect(wayOf(asking(CLOSED, "opus"))).toBe("native");
    expect(log.filter((line) => line.includes(" warn "))).toHaveLength(1);
  });

  test("another version of the CLI is tried again", () => {
    const { outputs, wayOf, installed } = ways();
    outputs.learn(asking(CLOSED), NO_FIELD);
    installed.version = "2.1.332";
    expect(wayOf(asking(CLOSED))).toBe("native");
  });

  test("there is one more try, and no third", () => {
    const { outputs } = ways();
    expect(outputs.learn(asking(CLOSED), TOO_COMPLEX)).toBeTrue();
    expect(outputs.learn(asking(CLOSED), TOO_COMPLEX)).toBeFalse();
  });

  test("the latest 500 schemas are remembered", () => {
    const { outputs, wayOf } = ways();
    const nth = (n: number) => asking(object({ [`p${n}`]: { type: "string" } }));
    for (let n = 0; n <= 500; n++) outputs.learn(nth(n), TOO_COMPLEX);
    expect([0, 1, 500].map((n) => wayOf(nth(n)))).toEqual(["native", "tool", "tool"]);
  });
});

test.each<[string, ChatRequest, ApiError]>([
  ["a request without a schema", REQUEST, TOO_COMPLEX],
  ["a schema that went to the CLI's tool", asking(CHECKED), TOO_COMPLEX],
  ["another field", asking(CLOSED), refused("output_config.effort: Input should be 'low'")],
  ["what a message says", asking(CLOSED), refused("messages.0: output_config.format")],
  ["tools", asking(CLOSED), refused("tools.0.custom.input_schema: Schema is too complex")],
  ["another status", asking(CLOSED), refused("output_config.format: no", 422)],
])("nothing is learnt from a refusal that is about %s", (_, request, error) => {
  expect(ways().outputs.learn(request, error)).toBeFalse();
});
