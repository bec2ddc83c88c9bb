import { describe, expect, test } from "bun:test";
import Type from "typebox";
import { inOneStep, lenientSchema } from "../../../src/api/lenient/lenient-schema.ts";
import { optional } from "../../../src/api/validation/optional.ts";
import { OversizedBody } from "../../../src/api/validation/oversized-body.ts";
import { standardSchema } from "../../../src/api/validation/standard-schema.ts";
import { atOnce } from "../../../src/core/pace.ts";

const Body = Type.Object({
  model: Type.String({ minLength: 1 }),
  max_tokens: optional(Type.Integer({ minimum: 1 })),
  temperature: optional(Type.Number({ minimum: 0, maximum: 2 })),
  stream: optional(Type.Boolean()),
  stop: optional(Type.Union([Type.String(), Type.Array(Type.String())])),
  effort: optional(Type.Union([Type.Literal("low"), Type.Literal("high")])),
  thinking: optional(Type.Union([Type.Boolean(), Type.Literal("adaptive")])),
  kind: Type.Optional(Type.Literal("function")),
  options: optional(Type.Object({ include_usage: optional(Type.Boolean()) })),
  messages: optional(
    Type.Array(
      Type.Union([
        Type.Object({ role: Type.Literal("user"), content: Type.String(), cached: optional(Type.Boolean()) }),
        Type.Object({ role: Type.Literal("tool"), content: Type.Array(Type.Object({ index: Type.Integer() })) }),
      ]),
    ),
  ),
  tools: optional(Type.Array(Type.Object({ parameters: Type.Record(Type.String(), Type.Unknown()) }))),
});

const schema = standardSchema(Body);
const lenient = lenientSchema(
  schema,
  inOneStep((body) => body),
);
const strict = lenientSchema(schema, undefined);
const take = (fields: object) => atOnce(lenient.check({ model: "m", ...fields }));

describe("a scalar that is written as another one is taken for what it means", () => {
  test.each<[given: object, meant: object]>([
    [{ max_tokens: "100" }, { max_tokens: 100 }],
    [{ max_tokens: " 100.0 " }, { max_tokens: 100 }],
    [{ temperature: "0.7" }, { temperature: 0.7 }],
    [{ stream: "true" }, { stream: true }],
    [{ stream: "False" }, { stream: false }],
    [{ stream: 1 }, { stream: true }],
    [{ stream: 0 }, { stream: false }],
    [{ stream: "1" }, { stream: true }],
    [{ thinking: "TRUE" }, { thinking: true }],
    [{ options: { include_usage: "true" } }, { options: { include_usage: true } }],
    [{ kind: null, stream: "true" }, { stream: true }],
    [{ kind: null }, {}],
    [
      { messages: [{ role: "user", content: "5", cached: "true" }] },
      { messages: [{ role: "user", content: "5", cached: true }] },
    ],
    [
      { messages: [{ role: "tool", content: [{ index: "3" }] }] },
      { messages: [{ role: "tool", content: [{ index: 3 }] }] },
    ],
  ])("%j", (given, meant) => expect<unknown>(take(given)).toEqual({ body: { model: "m", ...meant }, notes: [] }));
});

describe("what has no plain meaning is refused as it was sent", () => {
  test.each<[given: object, message: string]>([
    [{ max_tokens: "many" }, 'expected an integer of at least 1 or null, but got the string "many"'],
    [{ max_tokens: "1.5" }, 'but got the string "1.5"'],
    [{ max_tokens: "0" }, 'but got the string "0"'],
    [{ max_tokens: "1e3" }, 'but got the string "1e3"'],
    [{ max_tokens: "0x10" }, 'but got the string "0x10"'],
    [{ max_tokens: "" }, 'but got the string ""'],
    [{ max_tokens: true }, "but got the boolean true"],
    [{ temperature: "hot" }, 'but got the string "hot"'],
    [{ stream: "yes" }, 'but got the string "yes"'],
    [{ stream: 2 }, "but got the number 2"],
    [{ effort: "1" }, 'but got the string "1"'],
    [{ stop: 5 }, "but got the number 5"],
    [{ messages: [{ role: "user", content: 5 }] }, "but got the number 5"],
    [{ model: null }, "but got null"],
    [{ max_tokens: { toString: 1 } }, "but got an object"],
  ])("%j", (given, message) => expect(() => take(given)).toThrow(message));
});

test("what the schema takes as it is stays the same value, texts of numbers and functions' schemas too", () => {
  const body = {
    model: "5",
    stop: "1",
    user: "true",
    tools: [{ parameters: { type: "object", maximum: "5", nullable: "true" } }],
    max_tokens: null,
  };
  expect<unknown>(atOnce(lenient.check(body)).body).toBe(body);
  const mended = { ...body, stream: "true" };
  expect<unknown>(atOnce(lenient.check(mended)).body).toEqual({ ...body, stream: true });
});

test("a strict server takes no other spelling", () => {
  expect(() => atOnce(strict.check({ model: "m", max_tokens: "100" }))).toThrow("max_tokens");
});

test("of a list of many, all that have a meaning are mended, and the first that has none is told", () => {
  const many = Array.from({ length: 1000 }, (_, index) => ({
    role: "user",
    content: "a",
    cached: index % 3 ? "true" : true,
  }));
  const mended = many.map((message) => ({ ...message, cached: true }));
  expect(take({ messages: many }).body.messages).toEqual(mended as never);
  const wrong = many.map((message, index) => (index >= 700 ? { ...message, content: index } : message));
  expect(() => take({ messages: wrong })).toThrow("messages[700].content");
});

test("a body of too many values is refused unmended", () => {
  const overfull = new OversizedBody({ model: "m", max_tokens: "100" }, 1);
  expect(() => atOnce(lenient.check(overfull))).toThrow("max_tokens");
  expect(() => atOnce(lenient.check(new OversizedBody({ model: "m" }, 1)))).toThrow("more than 1 values");
});
