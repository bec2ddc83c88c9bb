import { expect, test } from "bun:test";
import { acceptedBody } from "../../../src/api/openai-chat/decode/accept-body.ts";
import { acceptResponse } from "../../../src/api/openai-responses/decode/accept-body.ts";
import { OversizedBody } from "../../../src/api/validation/oversized-body.ts";
import { atOnce } from "../../../src/core/pace.ts";

const chat = (body: unknown) => atOnce(acceptedBody(false).check(new OversizedBody(body, 10)));
const response = (body: unknown) => atOnce(acceptResponse(new OversizedBody(body, 10), false));

test.each<[name: string, take: (body: unknown) => unknown, field: string]>([
  ["chat", chat, "messages"],
  ["chat in the shape of the Responses API", chat, "input"],
  ["response", response, "input"],
])("a %s of too many values is refused for what is wrong with it, and else for their number", (_, take, field) => {
  const body = (content: unknown) => ({ model: "opus", [field]: [{ role: "user", content }] });
  expect(() => take(body({}))).toThrow(`${field}[0].content`);
  expect(() => take(body("Hi."))).toThrow("more than 10 values");
});
