import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { factsOf } from "../../src/claude/models/facts.ts";
import { parseModelName } from "../../src/claude/models/model-name.ts";
import type { MessagesBody } from "../../src/simulator/messages-body.ts";
import { apiError, blocks, type Reply, text, toolUse } from "../../src/simulator/reply.ts";
import { type Harness, startHarness } from "../support/harness.ts";
import { receivedTurns } from "../support/received.ts";
import { functionTool, readMessage, result, user } from "../support/tools.ts";

// Each model with each wish that not all models take: the simulated API refuses what the real one does, so an answer is the proof.

let app: Harness;
/** What the API does not take of a model, though nothing said so. */
let refuse: (body: MessagesBody) => string | undefined;
beforeAll(async () => {
  const reply = (said: string | undefined): Reply =>
    said === undefined ? text("one END two") : apiError(400, "invalid_request_error", said);
  app = await startHarness({ responder: ({ body }) => reply(refuse(body)) });
});
afterAll(() => app[Symbol.asyncDispose]());
afterEach(() => app.simulator.clearQueue());

const MODELS = [
  "claude-haiku-4-5",
  "claude-sonnet-4-6",
  "claude-opus-4-8",
  "claude-opus-5",
  "claude-sonnet-5",
  "claude-fable-5",
  "claude-haiku-5-5",
  "claude-sonnet-5-5",
  "claude-opus-5-5",
  "claude-fable-5-2",
];
const tools = [functionTool("look"), functionTool("write")];
const NAMED = { tools, tool_choice: { type: "function", function: { name: "write" } } };
const FORCED = { tools, tool_choice: "required" };
/** Each kind of wish once; their combinations, and each with each model, without the CLI: test/model-matrix.test.ts. */
const WISHES: object[] = [
  { reasoning_effort: "none" },
  { reasoning_effort: "xhigh" },
  { max_tokens: 20 },
  FORCED,
  { ...NAMED, reasoning_effort: "max", parallel_tool_calls: false },
  { temperature: 0.2, reasoning_effort: "none" },
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

describe("wishes are answered by", () => {
  test.each(MODELS.map((model, index) => [model, index] as const))("%s", async (model, index) => {
    const { takesForcedCalls, takesSampling, thinkingOff } = factsOf(parseModelName(model));
    // Of every two models that follow one another, each wish is one's.
    for (const wish of WISHES.filter((_, at) => (at + index) % 2 === 0)) {
      const { sent, lastTurn, ignored } = await ask({ model, ...wish });
      const about = `${model} ${JSON.stringify(wish)}`;
      const isForced = "tool_choice" in wish;
      expect(["any", "tool"].includes(String(sent.choice)), about).toBe(isForced && takesForcedCalls);
      expect(lastTurn.includes("must call"), about).toBe(isForced && !takesForcedCalls);
      expect(ignored.includes("tool_choice"), about).toBe(isForced && !takesForcedCalls);
      const isOff = JSON.stringify(wish).includes("none") || "max_tokens" in wish;
      if (isOff) {
        const left = { omitted: undefined, never: "adaptive", disabled: "disabled", between_tools: "between_tools" };
        expect(sent.thinking, about).toBe(left[thinkingOff]);
      }
      const isCold = "temperature" in wish;
      const takesHeat = isCold && takesSampling && sent.thinking === undefined;
      if (takesHeat) expect(sent.temperature, about).toBeLessThan(1);
      expect(ignored.includes("temperature"), about).toBe(isCold && !takesHeat);
    }
  });
});

describe("a call that is asked for in words", () => {
  const model = "claude-opus-5-5";

  test("keeps the process, in the middle of a turn and after it", async () => {
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
    await step(text("Done."), {});
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
    expect(turns[1]?.at(-1)).toContain("must call the tool `write`");
    expect(turns[3]?.at(-1)).not.toContain("must call");
  });

  test("is asked for behind the results, too, where the turn ends with them", async () => {
    app.simulator.enqueue(blocks([toolUse("toolu_w3", "look", {})]));
    const messages: object[] = [user("Look there.")];
    const { message } = await readMessage(app.chat({ model, messages, tools }));
    messages.push(message, result("toolu_w3", "a roof"));
    const { lastTurn, sent } = await ask({ model, ...FORCED, max_tokens: 9_999 }, messages);
    expect(lastTurn).toMatch(/a roof.*must call at least one/);
    expect(sent.choice).toBeUndefined();
  });

  test("and is not made, is answered as it is, and logged", async () => {
    app.simulator.enqueue(text("I would rather not."));
    const { message } = await readMessage(app.chat({ model, messages: [user("Write.")], ...NAMED }));
    expect(message.content).toBe("I would rather not.");
    expect(app.log.some((line) => line.includes("the model did not call a tool"))).toBeTrue();
  });
});

describe("a refusal that nobody foresaw", () => {
  const effortOf = ({ output_config: config }: MessagesBody) => config?.effort;
  type Case = [string, string, object, typeof refuse, object];

  test.each<Case>([
    [
      "a forced call",
      "claude-sonnet-5",
      FORCED,
      ({ tool_choice }) =>
        tool_choice?.type === "any"
          ? 'tool_choice: type "tool" and "any" are not supported for this model.'
          : undefined,
      { choice: undefined },
    ],
    [
      "a level of effort",
      "claude-opus-5",
      { reasoning_effort: "max" },
      (body) =>
        effortOf(body) === "max"
          ? "This model does not support effort level 'max'. Supported levels: high, low, medium."
          : undefined,
      { effort: "high" },
    ],
    [
      "the effort",
      "claude-haiku-5-5",
      { reasoning_effort: "low" },
      (body) => (effortOf(body) === undefined ? undefined : "This model does not support the effort parameter."),
      { effort: undefined },
    ],
    [
      "stop sequences",
      "claude-opus-4-8",
      { stop: ["END"] },
      (body) => (body.stop_sequences ? "stop_sequences: Extra inputs are not permitted" : undefined),
      { stops: undefined },
    ],
    [
      "a limit",
      "claude-sonnet-4-6",
      { max_tokens: 99_000 },
      ({ max_tokens = 0 }) =>
        max_tokens > 50_000
          ? `max_tokens: ${max_tokens} > 50000, which is the maximum allowed number of output tokens for this model`
          : undefined,
      { limit: 50_000 },
    ],
  ])(
    "of %s is learnt: what the model does not take is left out, at once and later",
    async (_, model, fields, rule, sent) => {
      refuse = rule;
      const asked = app.simulator.requests.length;
      for (const question of ["Count.", "Count again."]) {
        const content = await app.ask({ model, messages: [user(question)], ...fields });
        expect(content).toBe("stop" in fields ? "one " : "one END two");
        const { body } = app.simulator.requests.at(-1) ?? {};
        if (body === undefined) throw new Error("nothing was asked");
        const choice = body.tool_choice?.type;
        const last = { effort: effortOf(body), stops: body.stop_sequences, limit: body.max_tokens, choice };
        expect(last).toMatchObject(sent);
      }
      const refused = app.simulator.requests.slice(asked).filter(({ body }) => rule(body) !== undefined);
      // The CLI, too, tries again, some of it as its API wants it; then nothing is left to learn here.
      expect(refused.length).toBeLessThanOrEqual(3);
      expect(app.log.filter((line) => line.includes("does not take") && line.includes(model)).length).toBeLessThan(2);
    },
  );

  test.each<[string, string, object, typeof refuse, string]>([
    [
      "/v1/chat/completions",
      "claude-haiku-4-5",
      { temperature: 0.5, reasoning_effort: "none" },
      ({ temperature }: MessagesBody & { temperature?: unknown }) =>
        temperature === 0.5 ? "temperature: Extra inputs are not permitted" : undefined,
      "temperature",
    ],
    [
      "/v1/messages",
      "claude-opus-4-6",
      {
        tools: [{ name: "look", input_schema: { type: "object" } }],
        tool_choice: { type: "auto", disable_parallel_tool_use: true },
      },
      ({ tool_choice }) =>
        JSON.stringify(tool_choice)?.includes("parallel")
          ? "tool_choice.auto.disable_parallel_tool_use: Extra inputs are not permitted"
          : undefined,
      "tool_choice.disable_parallel_tool_use",
    ],
    [
      "/v1/chat/completions",
      "claude-sonnet-4-5",
      { reasoning_effort: "high", stream: true },
      ({ thinking }) =>
        thinking === undefined ? undefined : `thinking.type.${thinking.type} is not supported for this model`,
      "reasoning_effort",
    ],
  ])(
    "%s of %s names what was learnt already in the answer that it was learnt by: %j",
    async (path, model, fields, rule, named) => {
      refuse = rule;
      for (const question of ["Once?", "Twice?"]) {
        const asked = app.simulator.requests.length;
        const response = await fetch(`${app.url}${path}`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ model, max_tokens: 4_000, messages: [user(question)], ...fields }),
        });
        expect([response.status, response.headers.get("x-claude-max-api-ignored")], await response.text()).toEqual([
          200,
          named,
        ]);
        const refused = app.simulator.requests.slice(asked).filter(({ body }) => rule(body) !== undefined);
        if (question === "Twice?") expect(refused).toEqual([]);
      }
      expect(app.log.some((line) => line.includes("asking again without what the model does not take"))).toBeTrue();
    },
  );

  test("and that nobody understands is told, and not tried again", async () => {
    refuse = () => "messages: something else is wrong";
    const response = await app.chat({ model: "claude-opus-4-7", messages: [user("Count.")], stop: ["END"] });
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining("something else is wrong")]);
    expect(app.log.some((line) => line.includes("does not take") && line.includes("opus-4-7"))).toBeFalse();
  });
});

test.each<[string, object, string | null]>([
  [
    "/v1/messages",
    { tools: [{ name: "look", input_schema: { type: "object" } }], tool_choice: { type: "any" } },
    "tool_choice",
  ],
  [
    "/v1/responses",
    { tools: [{ type: "function", name: "look" }], tool_choice: "required", temperature: 0 },
    "temperature,tool_choice",
  ],
  ["/v1/chat/completions", { functions: [{ name: "look" }], function_call: { name: "look" } }, "function_call"],
  ["/v1/completions", { temperature: 0.5, top_p: 0.5 }, "temperature,top_p"],
  ["/v1/completions", { temperature: 0.5, model: "claude-opus-4-6" }, null],
  ["/v1/messages", { thinking: { type: "disabled" }, top_k: 3, temperature: 0, model: "claude-sonnet-4-6" }, null],
])("%s names what the model does not take: %j", async (path, fields, named) => {
  app.simulator.enqueue(text("Well."));
  const said = path.endsWith("/completions") && !path.includes("chat") ? { prompt: "Go." } : {};
  const turns = path === "/v1/responses" ? { input: "Go." } : { messages: [user("Go.")] };
  const body = { model: "claude-opus-5-5", max_tokens: path === "/v1/responses" ? undefined : 2000, ...fields };
  const response = await fetch(`${app.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...body, ...("prompt" in said ? said : turns) }),
  });
  const answer = await response.text();
  expect([response.status, response.headers.get("x-claude-max-api-ignored")], answer).toEqual([200, named]);
});
