import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { apiError, blocks, text, toolUse } from "../../src/simulator/reply.ts";
import type { Harness } from "../support/harness.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { sseChunks } from "../support/sse.ts";
import { lastServed } from "../support/steps.ts";
import { readError } from "../support/wire.ts";

let app: Harness;
beforeAll(async () => {
  app = await shareHarness();
});
afterAll(() => app[Symbol.asyncDispose]());

const MESSAGES = [{ role: "user", content: "Hi." }];
const system = (content: string) => [{ role: "system", content }, ...MESSAGES];

/** The request that the model is asked with; there is exactly one, so nothing was paid to find out whether there is such a model. */
async function asked(body: object) {
  const before = app.simulator.requests.length;
  // Streamed, as for a question alone another process might be started.
  const response = await app.chat({ messages: MESSAGES, ...body, stream: true });
  const answer = await response.text();
  expect(response.status, answer).toBe(200);
  const requests = app.simulator.requests.slice(before);
  expect(requests.map(({ body }) => body.model)).toEqual([sseChunks(answer)[0]?.model]);
  const [only] = requests;
  if (only === undefined) throw new Error("no request arrived");
  return only.body;
}

describe("a name reaches exactly the model that it means, for one request to the API, and what that cannot do is done as nearly as it can", () => {
  // One after the other in the same process, so that each is set over the last; with a system prompt it must be bound anew, too, which cannot be
  // taken away again.
  // All names: test/claude/models.
  test.each<[string, object, string | RegExp, { effort?: string; limit?: number }]>([
    [
      "Anthropic/Claude-Sonnet-4.6",
      { reasoning_effort: "xhigh", max_tokens: 999_999 },
      "claude-sonnet-4-6",
      { effort: "high", limit: 128_000 },
    ],
    ["gpt-4o", {}, /^claude-haiku-/, {}],
    ["wide", { reasoning_effort: "low" }, "claude-sonnet-4-6", { effort: "low" }],
    ["", { max_tokens: 50_000 }, /^claude-sonnet-5/, { limit: 50_000 }],
    [
      "claude-opus-latest",
      { messages: system("For Opus."), reasoning_effort: "xhigh" },
      /^claude-opus-5/,
      { effort: "xhigh" },
    ],
    [
      "claude-sonnet-4-5-20250929",
      { messages: system("For Sonnet."), max_tokens: 100_000 },
      "claude-sonnet-4-5",
      { limit: 64_000 },
    ],
    ["wide", { messages: system("For wide.") }, "claude-sonnet-4-6", { effort: "high" }],
  ])("%s with %j", async (model, fields, expected, { effort, limit }) => {
    const sent = await asked({ model, ...fields });
    expect(sent.model).toMatch(expected);
    if (effort !== undefined) expect(sent.output_config).toMatchObject({ effort });
    if (limit !== undefined) expect(sent.max_tokens).toBe(limit);
  });

  test("a conversation goes on with it, in the process that remembers", async () => {
    const model = "claude-opus-4-7";
    app.simulator.enqueue(text("Hello"));
    await asked({ model, messages: system("Go on.") });
    const longer = [...system("Go on."), { role: "assistant", content: "Hello" }, { role: "user", content: "More." }];
    expect((await asked({ model, messages: longer })).model).toBe(model);
    expect(lastServed(app)).toStartWith("how=reuse keep=2");
  });
});

describe("of a model that thinks within a budget, a loop that is told again goes on without thinking, in one process:", () => {
  const tools = [{ type: "function", function: { name: "look" } }];
  const step = (id: string) => [
    { role: "assistant", tool_calls: [{ id, type: "function", function: { name: "look", arguments: "{}" } }] },
    { role: "tool", tool_call_id: id, content: "Nothing." },
  ];
  test("claude-sonnet-4-5", async () => {
    const model = "claude-sonnet-4-5";
    const told = [...system(`Look, ${model}.`), ...step("call_elsewhere")];
    app.simulator.enqueue(blocks([toolUse("toolu_again", "look", {})]));
    expect((await asked({ model, tools, messages: told })).thinking).toBeUndefined();
    const logged = app.log.length;
    expect((await asked({ model, tools, messages: [...told, ...step("toolu_again")] })).thinking).toBeUndefined();
    expect(app.log.slice(logged).join()).toContain("how=resume");
    expect((await asked({ model, tools, messages: system("Look.") })).thinking).toMatchObject({ type: "enabled" });
  });

  test("also one that began with a call which was forced", async () => {
    const model = "claude-haiku-4-5";
    const messages = system("Look first.");
    app.simulator.enqueue(blocks([toolUse("toolu_forced", "look", {})]));
    await asked({ model, tools, messages, tool_choice: "required" });
    const more = [...messages, ...step("toolu_forced")];
    expect((await asked({ model, tools, messages: more })).thinking).toBeUndefined();
  });
});

describe("a model that is not to be had is a 404", () => {
  test.each([
    ["claude-opus-4-1", "was retired by Anthropic"],
    ["gemini-3-pro", "does not exist here"],
  ])("that says why, and nothing is asked: %s", async (model, why) => {
    const before = app.simulator.requests.length;
    const response = await app.chat({ model, messages: MESSAGES });
    expect(response.status).toBe(404);
    const { code, param, message } = await readError(response);
    expect([code, param]).toEqual(["model_not_found", "model"]);
    expect(message).toContain(why);
    expect(app.simulator.requests.length).toBe(before);
  });

  test("where the API says so, and the process serves others on", async () => {
    app.simulator.enqueue(
      ...Array.from({ length: 3 }, () => apiError(404, "not_found_error", "model: claude-opus-4-8")),
    );
    const response = await app.chat({ model: "claude-opus-4-8", messages: system("Say."), stream: true });
    app.simulator.clearQueue();
    expect(response.status).toBe(404);
    expect(await readError(response)).toMatchObject({ code: "model_not_found", param: "model" });
    expect((await asked({ model: "claude-sonnet-4", messages: system("Say.") })).model).toMatch(/^claude-sonnet-/);
  });
});

test("GET /v1/models tells of each model what a request for it gets, and of those that are not listed, too", async () => {
  const read = async (path: string): Promise<unknown> => (await fetch(`${app.url}/v1/models${path}`)).json();
  expect(await read("/anthropic/claude-sonnet-4.6")).toMatchObject({
    id: "claude-sonnet-4-6",
    context_length: 200_000,
    max_completion_tokens: 128_000,
  });
  expect(await read("/claude-opus-4")).toMatchObject({ display_name: "Claude Opus", max_tokens: 128_000 });
  expect(await read("/claude-2.1")).toMatchObject({ error: { code: "model_not_found" } });
});
