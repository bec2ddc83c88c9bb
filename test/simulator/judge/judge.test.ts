import { expect, test } from "bun:test";
import { text } from "../../../src/simulator/reply.ts";
import { message, post, postRaw, refusal } from "../api-client.ts";
import { simulatorPerTest } from "../simulator-fixture.ts";

const start = simulatorPerTest();
const user = (content: unknown) => ({ messages: [{ role: "user", content }] });

const REFUSED: [rule: string, changes: Record<string, unknown>, message: string][] = [
  ["a missing model", { model: undefined }, "model: Field required"],
  ["a missing max_tokens", { max_tokens: undefined }, "max_tokens: Field required"],
  ["max_tokens below zero", { max_tokens: -1 }, "max_tokens: must be greater than or equal to 0"],
  ["missing messages", { messages: undefined }, "messages: Field required"],
  ["empty messages", { messages: [] }, "messages: at least one message is required"],
  ["an unknown role", { messages: [{ role: "tool", content: "x" }] }, 'messages: Unexpected role "tool".'],
  ["a message without content", { messages: [{ role: "user" }] }, "messages.0.content: Field required"],
  ["a user message with no blocks", user([]), "messages.0: user messages must have non-empty content"],
  ["a user message that is an empty string", user(""), "messages.0: user messages must have non-empty content"],
  ["a whitespace text", user(" \n"), "messages: text content blocks must contain non-whitespace text"],
  [
    "a whitespace text block",
    user([
      { type: "text", text: "x" },
      { type: "text", text: " " },
    ]),
    "messages: text content blocks must contain non-whitespace text",
  ],
  ["an empty text block", user([{ type: "text", text: "" }]), "messages: text content blocks must be non-empty"],
  [
    "a blank assistant text",
    {
      messages: [
        { role: "assistant", content: "\t" },
        { role: "user", content: "x" },
      ],
    },
    "messages: text content blocks must contain non-whitespace text",
  ],
  ["a blank system block", { system: [{ type: "text", text: "" }] }, "system: text content blocks must be non-empty"],
  [
    "a whitespace stop sequence",
    { stop_sequences: ["END", "\n"] },
    "stop_sequences: each stop sequence must contain non-whitespace",
  ],
  ["half a surrogate pair", user("\ud83d"), "The request body is not valid JSON: no low surrogate in string"],
];

for (const [rule, changes, expected] of REFUSED) {
  test(`${rule} is refused with 400`, async () => {
    const refused = await refusal(await post(start(), changes));
    expect(refused).toMatchObject({ status: 400, type: "invalid_request_error" });
    expect(refused.message).toStartWith(expected);
  });
}

test("a body that is not JSON is refused with 400", async () => {
  const refused = await refusal(await postRaw(start(), '{"model":'));
  expect(refused).toMatchObject({ status: 400, type: "invalid_request_error" });
  expect(refused.message).toStartWith("The request body is not valid JSON");
});

test("a body above 32 MB is refused with 413", async () => {
  const refused = await refusal(await postRaw(start(), "x".repeat(32 * 1024 * 1024 + 1)));
  expect(refused).toEqual({ status: 413, type: "request_too_large", message: "Request exceeds the maximum size" });
});

test("a call without credentials is refused with 401", async () => {
  const refused = await refusal(await post(start(), {}, { headers: { "content-type": "application/json" } }));
  expect(refused).toMatchObject({ status: 401, type: "authentication_error" });
});

test("an API key serves as well as a bearer token", async () => {
  const response = await post(start(), {}, { headers: { "x-api-key": "sk-ant-test" } });
  expect(response.status).toBe(200);
  await response.text();
});

test("system messages at the end are legal", async () => {
  const messages = [
    { role: "user", content: "Hello" },
    { role: "system", content: "# Environment" },
    { role: "system", content: "The date has changed." },
  ];
  expect((await message(start(), { messages })).stop_reason).toBe("end_turn");
});

test("an empty system prompt is legal", async () => {
  expect((await message(start(), { system: "" })).stop_reason).toBe("end_turn");
});

test("a refused request is recorded and uses up no scripted reply", async () => {
  const simulator = start();
  simulator.enqueue(text("for the next one"));
  expect((await post(simulator, { messages: [] })).status).toBe(400);
  expect((await message(simulator)).content).toEqual([{ type: "text", text: "for the next one" }]);
  expect(simulator.requests.map((request) => request.refusal?.message)).toEqual([
    "messages: at least one message is required",
    undefined,
  ]);
});
