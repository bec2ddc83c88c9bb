import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { blocks, text, textBlock } from "../../src/simulator/reply.ts";
import { type Harness, startHarness } from "../support/harness.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { sseChunks } from "../support/sse.ts";
import { readError, readModelIds } from "../support/wire.ts";

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
  if (!request) throw new Error("no request arrived");
  return { response, answer, choice: answer.choices[0], sent: request.body };
}

describe("models", () => {
  test("every id, short name, prefix and alias reaches the model that it names", async () => {
    const names = [
      ["claude-opus-4", /^claude-opus-/],
      ["claude-sonnet-4", /^claude-sonnet-/],
      ["claude-haiku-4", /^claude-haiku-/],
      ["sonnet", /^claude-sonnet-/],
      ["openai/claude-opus-4", /^claude-opus-/],
      ["anthropic/claude-haiku-4", /^claude-haiku-/],
      ["claude-max/sonnet", /^claude-sonnet-/],
      ["gpt-4o", /^claude-haiku-/],
    ] as const;
    for (const [model, expected] of names) {
      const { sent, answer } = await complete({ model });
      expect(sent.model, model).toMatch(expected);
      expect(answer.model, model).toBe(sent.model);
    }
  });

  test("every listed id can be used, without asking the API whether it exists", async () => {
    const ids = await readModelIds(app.url);
    const before = app.simulator.requests.length;
    for (const model of ids) await complete({ model });
    expect(app.simulator.requests.length).toBe(before + ids.length);
    expect(ids).toContain("gpt-4o");
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
  test("max_tokens reaches the API, ends the answer with finish_reason length, and holds for one request only", async () => {
    const { choice, sent } = await complete({ max_tokens: 2 }, text("a long answer that goes on and on"));
    expect(sent.max_tokens).toBe(2);
    expect(choice.finish_reason).toBe("length");
    expect((await complete({})).sent.max_tokens).toBeGreaterThan(1000);
  });

  test("max_completion_tokens wins over max_tokens", async () => {
    expect((await complete({ max_tokens: 5, max_completion_tokens: 1000 })).sent.max_tokens).toBe(1000);
  });

  test("a refusal is finish_reason content_filter, after one request", async () => {
    const before = app.simulator.requests.length;
    const { choice } = await complete({}, text("I can't", { stopReason: "refusal" }));
    expect(choice.finish_reason).toBe("content_filter");
    expect(choice.message.content).toBe("I can't");
    expect(app.simulator.requests.length).toBe(before + 1);
  });

  test("after an answer that was cut short, the next request finds nothing of it", async () => {
    await complete({ max_tokens: 1 }, text("abcdefgh ijkl"));
    const { sent } = await complete({ messages: [{ role: "user", content: "Other." }] });
    expect(JSON.stringify(sent.messages)).not.toContain("Count.");
    expect(JSON.stringify(sent.messages)).not.toContain("interrupted");
  });
});

describe("stop", () => {
  test("a stop text goes to the API, and ends the answer just before it", async () => {
    const { choice, sent } = await complete({ stop: "two" });
    expect(sent.stop_sequences).toEqual(["two"]);
    expect(choice).toMatchObject({ message: { content: "one " }, finish_reason: "stop" });
    expect((await complete({})).sent.stop_sequences).toBeUndefined();
  });

  test("several stop texts: the first that occurs ends the answer", async () => {
    expect((await complete({ stop: ["three", "two"] })).choice.message.content).toBe("one ");
  });

  test("a stop text of white space, which the API refuses, works too, across deltas", async () => {
    const reply = blocks([textBlock("first\n\nsecond", ["first\n", "\nsec", "ond"])]);
    const { choice, sent } = await complete({ stop: "\n\n" }, reply);
    expect(sent.stop_sequences).toBeUndefined();
    expect(choice).toMatchObject({ message: { content: "first" }, finish_reason: "stop" });
  });

  test("streaming: nothing of the stop text, or after it, reaches the client", async () => {
    app.simulator.enqueue(blocks([textBlock("first\n\nsecond", ["first\n", "\nsec", "ond"])]));
    const body = await (await app.chat({ ...BODY, stream: true, stop: ["\n\n"] })).text();
    const choices = sseChunks(body).map(({ choices: [choice] }) => choice);
    expect(choices.map(({ delta }) => delta.content ?? "").join("")).toBe("first");
    expect(choices.at(-1).finish_reason).toBe("stop");
  });

  test("an empty stop list, an empty stop text and null ask for nothing", async () => {
    for (const stop of [[], "", null]) expect((await complete({ stop })).choice.message.content).toBe("one two three");
  });
});

describe("reasoning_effort", () => {
  test("every reasoning_effort reaches the API as the nearest level there is", async () => {
    const levels = {
      none: "low",
      minimal: "low",
      low: "low",
      medium: "medium",
      high: "high",
      xhigh: "xhigh",
      max: "max",
    };
    for (const [reasoning_effort, level] of Object.entries(levels)) {
      expect((await complete({ reasoning_effort })).sent.output_config?.effort, reasoning_effort).toBe(level);
    }
  });

  test("one request's effort does not reach the next", async () => {
    const usual = (await complete({})).sent.output_config?.effort;
    await complete({ reasoning_effort: "max" });
    expect((await complete({})).sent.output_config?.effort).toBe(usual);
  });
});

describe("what cannot be honoured", () => {
  test("is accepted, and named in a header", async () => {
    const { response } = await complete({
      temperature: 0,
      top_p: 0.5,
      seed: 7,
      logprobs: true,
      user: "me",
      made_up: 1,
      stop: null,
    });
    expect(response.headers.get("x-claude-max-api-ignored")).toBe("temperature,top_p,seed,logprobs,user,made_up");
  });

  test("is not mentioned when its value asks for nothing", async () => {
    const { response } = await complete({ temperature: 1, top_p: 1, n: 1, store: false, logprobs: false, tools: [] });
    expect(response.headers.get("x-claude-max-api-ignored")).toBeNull();
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

test("a server started with --strict refuses what would have no effect, and answers the rest", async () => {
  await using strict = await startHarness({ config: { strict: true, warm: 0 } });
  const response = await strict.chat({ ...BODY, temperature: 0, seed: 7 });
  expect(response.status).toBe(400);
  expect(await readError(response)).toMatchObject({ param: "temperature" });
  expect(await strict.ask({ ...BODY, temperature: 1 })).not.toBe("");
});
