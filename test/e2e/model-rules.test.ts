import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { factsOf } from "../../src/claude/models/facts.ts";
import { parseModelName } from "../../src/claude/models/model-name.ts";
import { blocks, text, toolUse } from "../../src/simulator/reply.ts";
import type { Harness } from "../support/harness.ts";
import { receivedTurns } from "../support/received.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { functionTool, readMessage, result, user } from "../support/tools.ts";

// Wishes that not all models take: the simulated API refuses what the real one does, so an answer is the proof. Each model with each wish,
// without the CLI: test/model-matrix.test.ts.

let app: Harness;
beforeAll(async () => {
  app = await shareHarness();
});
afterAll(() => app[Symbol.asyncDispose]());
afterEach(() => app.simulator.clearQueue());

const tools = [functionTool("look"), functionTool("write")];
const NAMED = { tools, tool_choice: { type: "function", function: { name: "write" } } };
const FORCED = { tools, tool_choice: "required" };
/** Each kind of wish, and each kind of model once. */
const WISHES: readonly (readonly [model: string, wish: object])[] = [
  ["claude-haiku-4-5", { temperature: 0.2, reasoning_effort: "none" }],
  ["claude-opus-4-8", { ...NAMED, reasoning_effort: "max", parallel_tool_calls: false }],
  ["claude-sonnet-5", { reasoning_effort: "none" }],
  ["claude-sonnet-5-5", { max_tokens: 20, temperature: 0.2 }],
  ["claude-fable-5", { reasoning_effort: "none" }],
  ["claude-opus-5-5", FORCED],
];

async function ask(body: object, messages: object[] = [user("Go.")]) {
  app.simulator.clearQueue();
  app.simulator.enqueue(text("Well."));
  const response = await app.chat({ messages, ...body });
  const answer = await response.text();
  const request = app.simulator.requests.at(-1);
  if (response.status !== 200 || request === undefined) throw new Error(`${JSON.stringify(body)}: ${answer}`);
  const { thinking, tool_choice, output_config, temperature } = request.body;
  return {
    sent: { thinking: thinking?.type, choice: tool_choice?.type, effort: output_config?.effort, temperature },
    lastTurn: JSON.stringify(receivedTurns(request).at(-1)),
    ignored: response.headers.get("x-claude-max-api-ignored")?.split(",") ?? [],
  };
}

test.each(WISHES)("%s answers, and does what it can of %j", async (model, wish) => {
  const { takesForcedCalls, takesSampling, thinkingOff } = factsOf(parseModelName(model));
  const { sent, lastTurn, ignored } = await ask({ model, ...wish });
  const isForced = "tool_choice" in wish;
  expect(["any", "tool"].includes(String(sent.choice))).toBe(isForced && takesForcedCalls);
  expect(lastTurn.includes("must call")).toBe(isForced && !takesForcedCalls);
  expect(ignored.includes("tool_choice")).toBe(isForced && !takesForcedCalls);
  const isOff = JSON.stringify(wish).includes("none") || "max_tokens" in wish;
  if (isOff) {
    const left = { omitted: undefined, never: "adaptive", disabled: "disabled", between_tools: "between_tools" };
    expect(sent.thinking).toBe(left[thinkingOff]);
  }
  const isCold = "temperature" in wish;
  const takesHeat = isCold && takesSampling && sent.thinking === undefined;
  if (takesHeat) expect(sent.temperature).toBe(0.2);
  expect(ignored.includes("temperature")).toBe(isCold && !takesHeat);
});

test("a call that is asked for in words keeps the process, in the middle of a turn and after it, and is logged where it is not made", async () => {
  const model = "claude-opus-5-5";
  const messages: object[] = [user("Look around.")];
  const step = async (reply: Parameters<typeof app.simulator.enqueue>[0], extra: object = FORCED) => {
    app.simulator.enqueue(reply);
    const { message } = await readMessage(app.chat({ model, messages, tools, ...extra }));
    messages.push(message);
    return message;
  };
  await step(blocks([toolUse("toolu_w1", "look", {})]));
  messages.push(result("toolu_w1", "a wall"));
  await step(blocks([toolUse("toolu_w2", "look", {})]), NAMED);
  messages.push(result("toolu_w2", "a door"));
  expect((await step(text("I would rather not."))).content).toBe("I would rather not.");
  expect(app.log.some((line) => line.includes("the model did not call a tool"))).toBeTrue();
  messages.push(user("Thanks."));
  await step(text("Welcome."), {});
  expect(app.log.filter((line) => line.includes(" debug served ")).slice(-4)).toEqual([
    expect.stringMatching(/how=(new|reuse)/),
    expect.stringContaining("how=resume"),
    expect.stringContaining("how=resume"),
    expect.stringMatching(/how=reuse keep=6 of=6/),
  ]);
  const turns = app.simulator.requests
    .slice(-4)
    .map((request) => receivedTurns(request).map((turn) => JSON.stringify(turn)));
  // The words stay where they were said, so that each request begins as the one before it.
  for (const [index, later] of turns.slice(1).entries()) {
    const earlier = turns[index] ?? [];
    expect(later.slice(0, earlier.length)).toEqual(earlier);
  }
  expect(turns[1]?.at(-1)).toMatch(/a wall.*must call the tool `write`/);
  expect(turns[2]?.at(-1)).toMatch(/a door.*must call at least one/);
  expect(turns[3]?.at(-1)).not.toContain("must call");
});

test.each<[string, object, string | null]>([
  [
    "/v1/responses",
    { tools: [{ type: "function", name: "look" }], tool_choice: "required", temperature: 0 },
    "temperature,tool_choice",
  ],
  ["/v1/chat/completions", { functions: [{ name: "look" }], function_call: { name: "look" } }, "function_call"],
  ["/v1/messages", { thinking: { type: "disabled" }, top_k: 3, temperature: 0, model: "claude-sonnet-4-6" }, null],
])("%s names what the model does not take: %j", async (path, fields, named) => {
  app.simulator.enqueue(text("Well."));
  const turns = path === "/v1/responses" ? { input: "Go." } : { messages: [user("Go.")] };
  const body = { model: "claude-opus-5-5", max_tokens: path === "/v1/responses" ? undefined : 2000, ...fields };
  const response = await fetch(`${app.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...body, ...turns }),
  });
  const answer = await response.text();
  expect([response.status, response.headers.get("x-claude-max-api-ignored")], answer).toEqual([200, named]);
});
