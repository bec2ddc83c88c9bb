import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { blocks, text, textBlock } from "../../src/simulator/reply.ts";
import type { Harness } from "../support/harness.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { sseChunks } from "../support/sse.ts";
import { readError } from "../support/wire.ts";

let app: Harness;
beforeAll(async () => {
  app = await shareHarness();
});
afterAll(() => app[Symbol.asyncDispose]());

const BODY = { model: "claude-sonnet-4", messages: [{ role: "user", content: "Count." }] };

async function complete(extra: object, reply = text("one two three")) {
  app.simulator.enqueue(reply);
  const response = await app.chat({ ...BODY, ...extra });
  const answer = JSON.parse(await response.text());
  expect(response.status).toBe(200);
  const request = app.simulator.requests.at(-1);
  if (request === undefined) throw new Error("no request arrived");
  const ignored = response.headers.get("x-claude-max-api-ignored");
  return { ignored, answer, choice: answer.choices[0], sent: request.body };
}

// A few questions carry all fields, and each test looks at some of them: a question costs more than all that is looked at.
type Asked = Awaited<ReturnType<typeof complete>>;
let cut: Asked;
let full: Asked;
let neutral: Asked;
let plain: Asked;
beforeAll(async () => {
  const long = text("a long answer that goes on and on");
  cut = await complete({ model: "claude-opus-4", max_tokens: 2, messages: [{ role: "user", content: "Talk." }] }, long);
  full = await complete({
    model: "openai/claude-sonnet-4",
    ...{ max_tokens: 5, max_completion_tokens: 1_000, reasoning_effort: "max", stop: ["three", "two"] },
    ...{ temperature: 0, top_p: 0.5, seed: 7, logprobs: true, user: "me", made_up: 1 },
  });
  const nothing = { temperature: 1, top_p: 1, n: 1, store: false, logprobs: false, tools: [], stop: null };
  neutral = await complete({ model: "haiku", reasoning_effort: "minimal", ...nothing });
  plain = await complete({ model: "gpt-4o" });
});

describe("models", () => {
  test("every id, short name, prefix and alias reaches the model that it names", () => {
    const reached: [Asked, RegExp][] = [
      [cut, /^claude-opus-/],
      [full, /^claude-sonnet-/],
      [neutral, /^claude-haiku-/],
      [plain, /^claude-haiku-/],
    ];
    for (const [{ sent, answer }, expected] of reached) {
      expect(sent.model).toMatch(expected);
      expect(answer.model).toBe(sent.model);
    }
  });

  test("an unknown model is a 404 that lists what there is, and nothing is asked", async () => {
    const before = app.simulator.requests.length;
    const response = await app.chat({ ...BODY, model: "gpt-5" });
    expect(response.status).toBe(404);
    const error = await readError(response);
    expect(error).toMatchObject({ code: "model_not_found", param: "model", type: "invalid_request_error" });
    expect(error.message).toContain("claude-opus-4");
    expect(app.simulator.requests.length).toBe(before);
  });
});

describe("limits", () => {
  test("max_tokens reaches the API, ends the answer with finish_reason length, and holds for one request only", () => {
    expect(cut.sent.max_tokens).toBe(2);
    expect(cut.choice.finish_reason).toBe("length");
    expect(neutral.sent.max_tokens).toBeGreaterThan(1000);
  });

  test("max_completion_tokens wins over max_tokens", () => {
    expect(full.sent.max_tokens).toBe(1_000);
  });

  test("a refusal is finish_reason content_filter, after one request", async () => {
    const before = app.simulator.requests.length;
    const { choice } = await complete({}, text("I can't", { stopReason: "refusal" }));
    expect(app.simulator.requests.length).toBe(before + 1);
    expect(choice).toMatchObject({ finish_reason: "content_filter", message: { content: "I can't" } });
  });

  test("after an answer that was cut short, the next request finds nothing of it", () => {
    expect(JSON.stringify(full.sent.messages)).not.toMatch(/Talk\.|interrupted/);
  });
});

describe("stop", () => {
  test("a stop text goes to the API, and ends the answer just before it", () => {
    expect(full.sent.stop_sequences).toEqual(["three", "two"]);
    expect(full.choice).toMatchObject({ message: { content: "one " }, finish_reason: "stop" });
    expect(neutral.sent.stop_sequences).toBeUndefined();
    expect(neutral.choice.message.content).toBe("one two three");
  });

  test("streaming: nothing of a stop text of white space, which the API refuses, or after it, reaches the client, across deltas", async () => {
    app.simulator.enqueue(blocks([textBlock("first\n\nsecond", ["first\n", "\nsec", "ond"])]));
    const body = await (await app.chat({ ...BODY, stream: true, stop: ["\n\n"] })).text();
    expect(app.simulator.requests.at(-1)?.body.stop_sequences).toBeUndefined();
    const choices = sseChunks(body).map(({ choices: [choice] }) => choice);
    expect(choices.map(({ delta }) => delta.content ?? "").join("")).toBe("first");
    expect(choices.at(-1).finish_reason).toBe("stop");
  });
});

test("every reasoning_effort reaches the API as the nearest level there is", () => {
  // All of them: test/claude/pool/turn-settings.test.ts.
  expect([full, neutral].map(({ sent }) => sent.output_config?.effort)).toEqual(["max", "low"]);
});

test("one request's effort does not reach the next", () => {
  expect(plain.sent.output_config?.effort).not.toBe("low");
});

describe("what cannot be honoured", () => {
  test("is accepted, and named in a header", () => {
    expect(full.ignored).toBe("temperature,top_p,seed,logprobs,user,made_up");
  });

  test("is not mentioned when its value asks for nothing", () => {
    expect(neutral.ignored).toBeNull();
  });

  test.each([
    ["n", { n: 9 }],
    ["response_format.type", { response_format: { type: "xml" } }],
    ["tools[0].custom.name", { tools: [{ type: "custom", custom: { description: "Patches." } }] }],
    ["modalities[0]", { modalities: ["audio"] }],
    [
      "messages[0].content[0].image_url.url",
      { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "x" } }] }] },
    ],
  ])("is refused when leaving it out would change the meaning: %s", async (param, extra) => {
    const response = await app.chat({ ...BODY, ...extra });
    expect(response.status).toBe(400);
    expect(await readError(response)).toMatchObject({ type: "invalid_request_error", param });
  });
});
