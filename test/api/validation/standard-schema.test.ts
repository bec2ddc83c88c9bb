import { describe, expect, test } from "bun:test";
import Type, { type TSchema } from "typebox";
import { OversizedBody } from "../../../src/api/validation/oversized-body.ts";
import { standardSchema } from "../../../src/api/validation/standard-schema.ts";
import { ApiError } from "../../../src/core/error.ts";
import { atOnce } from "../../../src/core/pace.ts";

const TextPart = Type.Object({ type: Type.Literal("text"), text: Type.String() });
const ImagePart = Type.Object({
  type: Type.Literal("image_url"),
  image_url: Type.Object({ url: Type.String(), detail: Type.Optional(Type.Enum(["auto", "low", "high"])) }),
});
const Content = Type.Union([Type.String(), Type.Array(Type.Union([TextPart, ImagePart]))]);
const Message = Type.Union([
  Type.Object({ role: Type.Union([Type.Literal("system"), Type.Literal("developer")]), content: Content }),
  Type.Object({ role: Type.Literal("user"), content: Content, name: Type.Optional(Type.String()) }),
  Type.Object({
    role: Type.Literal("assistant"),
    content: Type.Optional(Type.Union([Type.String(), Type.Null(), Type.Array(TextPart)])),
  }),
]);
const Request = Type.Object({
  model: Type.String({ minLength: 1 }),
  messages: Type.Array(Message, { minItems: 1 }),
  n: Type.Optional(Type.Union([Type.Integer({ minimum: 1, maximum: 4 }), Type.Null()])),
  temperature: Type.Optional(Type.Number({ minimum: 0 })),
  stream: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
  reasoning_effort: Type.Optional(Type.Union([Type.Enum(["low", "high"]), Type.Null()])),
  stop: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String(), { maxItems: 4 }), Type.Null()])),
  metadata: Type.Optional(Type.Record(Type.String(), Type.String())),
});

const issueOf = (schema: TSchema, value: unknown) => {
  try {
    atOnce(standardSchema(schema).check(value));
  } catch (error) {
    if (error instanceof ApiError) return { at: error.param ?? "", message: error.message };
  }
  throw new Error("valid");
};
const user = { role: "user", content: "hi" };
const withMessages = (...messages: unknown[]) => ({ model: "m", messages });

describe("the one issue names the field, what was given and what would be accepted", () => {
  const cases: Record<string, [value: unknown, at: string, message: string]> = {
    "no body": [undefined, "", "Invalid type for the request body: expected an object, but got nothing."],
    "an array for a body": [[1], "", "Invalid type for the request body: expected an object, but got an array."],
    "a field missing": [
      { model: "m" },
      "messages",
      "Missing required parameter: 'messages'. Expected an array of at least 1 item.",
    ],
    "an empty array": [
      { model: "m", messages: [] },
      "messages",
      "Invalid value for 'messages': expected an array of at least 1 item, but got an empty array.",
    ],
    "an empty string": [
      { model: "", messages: [user] },
      "model",
      "Invalid value for 'model': expected a string of at least 1 character, but got the string \"\".",
    ],
    "a number out of range, where null would do too": [
      { ...withMessages(user), n: 9 },
      "n",
      "Invalid value for 'n': expected an integer from 1 to 4 or null, but got the number 9.",
    ],
    "half a number": [
      { ...withMessages(user), n: 1.5 },
      "n",
      "Invalid value for 'n': expected an integer from 1 to 4 or null, but got the number 1.5.",
    ],
    "a number below the least": [
      { ...withMessages(user), temperature: -1 },
      "temperature",
      "Invalid value for 'temperature': expected a number of at least 0, but got the number -1.",
    ],
    "a string for a boolean": [
      { ...withMessages(user), stream: "true" },
      "stream",
      "Invalid type for 'stream': expected a boolean or null, but got the string \"true\".",
    ],
    "an unknown word": [
      { ...withMessages(user), reasoning_effort: "ultra" },
      "reasoning_effort",
      'Invalid value for \'reasoning_effort\': expected one of "low", "high" or null, but got the string "ultra".',
    ],
    "a long string is not repeated": [
      { ...withMessages(user), reasoning_effort: "x".repeat(500) },
      "reasoning_effort",
      'Invalid value for \'reasoning_effort\': expected one of "low", "high" or null, but got a string of 500 characters.',
    ],
    "too many items": [
      { ...withMessages(user), stop: ["a", "b", "c", "d", "e"] },
      "stop",
      "Invalid value for 'stop': expected a string, an array of at most 4 items or null, but got an array.",
    ],
    "a wrong item": [
      { ...withMessages(user), stop: ["a", 5] },
      "stop[1]",
      "Invalid type for 'stop[1]': expected a string, but got the number 5.",
    ],
    "a key that is no identifier": [
      { ...withMessages(user), metadata: { "my key": 1 } },
      'metadata["my key"]',
      "Invalid type for 'metadata[\"my key\"]': expected a string, but got the number 1.",
    ],
  };
  for (const [name, [value, at, message]] of Object.entries(cases)) {
    test(name, () => expect(issueOf(Request, value)).toEqual({ at, message }));
  }
});

describe("a union reports the branch that the value came closest to", () => {
  const cases: Record<string, [message: unknown, at: string, message: string]> = {
    "the branch its role names": [
      { role: "user", content: 5 },
      "messages[1].content",
      "Invalid type for 'messages[1].content': expected a string or an array, but got the number 5.",
    ],
    "null where only the assistant's may be": [
      { role: "user", content: null },
      "messages[1].content",
      "Invalid type for 'messages[1].content': expected a string or an array, but got null.",
    ],
    "a field of that branch missing": [
      { role: "developer" },
      "messages[1].content",
      "Missing required parameter: 'messages[1].content'. Expected a string or an array.",
    ],
    "an unknown role": [
      { role: "robot", content: "x" },
      "messages[1].role",
      'Invalid value for \'messages[1].role\': expected one of "system", "developer", "user", "assistant", but got the string "robot".',
    ],
    "no role": [
      { content: "x" },
      "messages[1].role",
      'Missing required parameter: \'messages[1].role\'. Expected one of "system", "developer", "user", "assistant".',
    ],
    "a role of another type": [
      { role: 1, content: "x" },
      "messages[1].role",
      'Invalid type for \'messages[1].role\': expected one of "system", "developer", "user", "assistant", but got the number 1.',
    ],
    "no object at all": [
      "hello",
      "messages[1]",
      "Invalid type for 'messages[1]': expected an object, but got the string \"hello\".",
    ],
    "deep in the array branch of its content": [
      {
        role: "user",
        content: [
          { type: "text", text: "a" },
          { type: "image_url", image_url: { url: 5 } },
        ],
      },
      "messages[1].content[1].image_url.url",
      "Invalid type for 'messages[1].content[1].image_url.url': expected a string, but got the number 5.",
    ],
    "an unknown type of part": [
      { role: "user", content: [{ type: "video" }] },
      "messages[1].content[0].type",
      'Invalid value for \'messages[1].content[0].type\': expected one of "text", "image_url", but got the string "video".',
    ],
  };
  for (const [name, [message, at, text]] of Object.entries(cases)) {
    test(name, () => expect(issueOf(Request, withMessages(user, message))).toEqual({ at, message: text }));
  }

  test("without a discriminator, the branch it got furthest into", () => {
    const schema = Type.Union([
      Type.Object({ url: Type.String() }),
      Type.Object({ file: Type.Object({ name: Type.String(), data: Type.String() }) }),
    ]);
    expect(issueOf(schema, { file: { name: "a" } }).at).toBe("file.data");
  });

  test("a branch whose discriminator may be left out serves values that have none", () => {
    const schema = Type.Union([
      Type.Object({ role: Type.String(), content: Type.String() }),
      Type.Object({ type: Type.Literal("call"), id: Type.String() }),
      Type.Object({ type: Type.Literal("output"), id: Type.String() }),
    ]);
    expect(issueOf(schema, { role: "user" }).at).toBe("content");
    expect(issueOf(schema, { type: "call" }).at).toBe("id");
  });
});

describe("other shapes a schema may have", () => {
  test("patterns, told by their description", () => {
    const schema = Type.String({ pattern: "^data:", description: "a data: URL" });
    expect(issueOf(schema, "http:").message).toContain('expected a string (a data: URL), but got the string "http:"');
  });
  test("what is only known to TypeBox is told in its words", () => {
    const schema = Type.Object({ a: Type.Array(Type.String({ format: "email" })) });
    expect(issueOf(schema, { a: ["x"] })).toMatchObject({ at: "a[0]", message: expect.stringContaining("'a[0]'") });
  });
});

describe("a value that fits", () => {
  test("is returned itself, unknown fields and all, with nothing coerced", () => {
    const value: unknown = { ...withMessages({ ...user, extra: { a: [1] } }), unknown: "kept", n: null };
    expect<unknown>(atOnce(standardSchema(Request).check(value))).toBe(value);
  });
});

describe("as an Elysia body", () => {
  const check = (value: unknown) => {
    try {
      return atOnce(standardSchema(Request).check(value));
    } catch (error) {
      return error;
    }
  };
  test("a mismatch is thrown as the error clients get", () => {
    const error = check(withMessages(user, { role: "user", content: 5 }));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code: "invalid_request", param: "messages[1].content" });
  });
  test("a mismatch of the body itself has no param", () => {
    expect(check([])).toMatchObject({ code: "invalid_request", param: undefined });
  });
  test("a thousand good messages before the bad one hide nothing", () => {
    const messages = [...Array<unknown>(1000).fill(user), { role: "user", content: [{ type: "text" }] }];
    expect(check(withMessages(...messages))).toMatchObject({ param: "messages[1000].content[0].text" });
  });
  test("each message of many is looked at once, however many are before the wrong one", () => {
    let looks = 0;
    const watched = Array.from({ length: 5000 }, () => ({
      get role() {
        looks++;
        return "user";
      },
      content: "a",
    }));
    expect(check(withMessages(...watched, { role: "user", content: 5 }))).toMatchObject({
      param: "messages[5000].content",
    });
    // The compiled check reads the role twice for each of three branches: to tell that something is wrong, and to find what.
    expect(looks / watched.length).toBeLessThanOrEqual(2 * 2 * 3);
  });
  test("a body of too many values is refused for what is wrong with it, and else for their number", () => {
    expect(check(new OversizedBody(withMessages(user, { role: "user", content: 5 }), 7))).toMatchObject({
      code: "invalid_request",
      param: "messages[1].content",
    });
    expect(check(new OversizedBody(withMessages(user), 7))).toMatchObject({ code: "request_too_large" });
  });
});
