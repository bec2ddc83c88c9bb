import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { CONTINUE, FILL_IN } from "../../src/api/openai-completions/decode.ts";
import { text } from "../../src/simulator/reply.ts";
import type { Harness } from "../support/harness.ts";
import { receivedSystem, receivedTurns } from "../support/received.ts";
import { shareHarness } from "../support/shared-harness.ts";

let app: Harness;
beforeAll(async () => {
  app = await shareHarness();
});
afterAll(() => app[Symbol.asyncDispose]());

async function complete(fields: object, reply = text("one two three")) {
  app.simulator.enqueue(reply);
  const response = await fetch(`${app.url}/v1/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "claude-sonnet-4", prompt: "Count: ", ...fields }),
  });
  const answer = JSON.parse(await response.text());
  expect(response.status).toBe(200);
  const request = app.simulator.requests.at(-1);
  if (!request) throw new Error("no request arrived");
  return { choice: answer.choices[0], answer, request };
}

describe("a completion through the real CLI", () => {
  test("reaches the model that it names as one user turn, with the instruction as system prompt, and costs one request", async () => {
    const before = app.simulator.requests.length;
    const { choice, answer, request } = await complete({ model: "openai/claude-haiku-4" });
    expect(request.body.model).toMatch(/^claude-haiku-/);
    expect(answer.model).toBe(request.body.model);
    expect(choice).toEqual({ text: "one two three", index: 0, logprobs: null, finish_reason: "stop" });
    expect(receivedSystem(request)).toBe(CONTINUE);
    expect(receivedTurns(request)).toMatchObject([{ role: "user", content: [{ type: "text", text: "Count: " }] }]);
    expect(app.simulator.requests.length).toBe(before + 1);
  });

  test("does not think, so that max_tokens is spent on the text; without it the model's own maximum holds", async () => {
    const { request, choice } = await complete({ max_tokens: 2 }, text("a long answer that goes on and on"));
    expect(request.body.max_tokens).toBe(2);
    expect(["disabled", "between_tools"]).toContain(String(request.body.thinking?.type ?? "disabled"));
    expect(choice.finish_reason).toBe("length");
    expect(filled.request.body.max_tokens).toBeGreaterThan(1000);
  });

  let filled: Awaited<ReturnType<typeof complete>>;
  beforeAll(async () => {
    filled = await complete({ prompt: "a = ", suffix: "\nprint(a)", stop: ["two"] });
  });

  test("with a suffix has both parts in its turn", () => {
    expect(receivedSystem(filled.request)).toBe(FILL_IN);
    const asked = "<before>a = </before>\n<after>\nprint(a)</after>";
    expect(receivedTurns(filled.request)).toMatchObject([{ role: "user", content: [{ type: "text", text: asked }] }]);
  });

  test("ends at a stop text", () => {
    expect(filled.request.body.stop_sequences).toEqual(["two"]);
    expect(filled.choice).toMatchObject({ text: "one ", finish_reason: "stop" });
  });
});
