import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  blocks,
  hangMidStream,
  type Reply,
  text,
  textBlock,
  thinkingBlock,
  toolUse,
} from "../../src/simulator/reply.ts";
import type { Harness } from "../support/harness.ts";
import { PNG } from "../support/media.ts";
import { TAKES_FORCED_CALLS } from "../support/models.ts";
import { receivedSystem, receivedTurns } from "../support/received.ts";
import { shareHarness } from "../support/shared-harness.ts";

// What becomes of the fields of the Responses and the Messages API, through the real CLI: what the model was asked is the proof.
// Those of a chat are in parameters.test.ts.

let app: Harness;
beforeAll(async () => {
  app = await shareHarness();
});
afterAll(() => app[Symbol.asyncDispose]());

const IGNORED = "x-claude-max-api-ignored";
const SCHEMA = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const said = (content: string) => ({ type: "text", text: content });
const image = { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } };

const post = (path: string, body: object) =>
  fetch(`${app.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

async function ask(path: string, body: object, reply: Reply) {
  app.simulator.enqueue(reply);
  const response = await post(path, body);
  const answer = JSON.parse(await response.text());
  expect(response.status).toBe(200);
  const request = app.simulator.requests.at(-1);
  if (!request) throw new Error("no request arrived");
  return { answer, request, sent: request.body, ignored: response.headers.get(IGNORED) };
}

/** What is told of an answer that the model began with `first`, and does not go on with. */
async function streamed(path: string, body: object) {
  app.simulator.enqueue(hangMidStream([textBlock("first", ["first"])]));
  const response = await post(path, { ...body, stream: true });
  const decoder = new TextDecoder();
  let told = "";
  for await (const bytes of response.body ?? []) {
    told += decoder.decode(bytes, { stream: true });
    if (/"(delta|text)":"first"/.test(told)) break;
  }
  return { told, ignored: response.headers.get(IGNORED) };
}

test("in every dialect a small limit makes the model think as little as it can, unless an effort is asked for", async () => {
  const model = "claude-sonnet-4";
  const messages = [{ role: "user", content: "Count." }];
  const little = { effort: "low", thinks: false };
  const usual = (await ask("/v1/chat/completions", { model, messages }, text("one"))).sent;
  const own = { effort: usual.output_config?.effort, thinks: true };
  const high = { effort: "high", thinks: true };
  const cases: [string, object, { effort: unknown; thinks: boolean }, number][] = [
    ["/v1/chat/completions", { messages, max_tokens: 1 }, little, 1],
    ["/v1/chat/completions", { messages, max_completion_tokens: 1_024 }, little, 1_024],
    ["/v1/chat/completions", { messages, max_tokens: 1_025 }, own, 1_025],
    ["/v1/chat/completions", { messages, max_tokens: 20, reasoning_effort: "high" }, high, 20],
    ["/v1/responses", { input: "Count.", max_output_tokens: 16 }, little, 16],
    ["/v1/responses", { input: "Count.", max_output_tokens: 16, reasoning: { effort: "high" } }, high, 16],
    ["/v1/messages", { messages, max_tokens: 5 }, little, 5],
    ["/v1/messages", { messages, max_tokens: 5, output_config: { effort: "high" } }, high, 5],
    ["/v1/messages", { messages, max_tokens: 5, thinking: { type: "disabled" } }, little, 5],
    ["/v1/messages", { messages, max_tokens: 5_000, thinking: { type: "disabled" } }, little, 5_000],
    ["/v1/messages", { messages, max_tokens: 5_000 }, own, 5_000],
  ];
  for (const [path, body, expected, limit] of cases) {
    const { sent } = await ask(path, { model, ...body }, text("one"));
    const thinks = !["disabled", "between_tools"].includes(String(sent.thinking?.type ?? "disabled"));
    expect({ path, body, effort: sent.output_config?.effort, thinks, limit: sent.max_tokens }).toEqual({
      path,
      body,
      ...expected,
      limit,
    });
  }
});

const THOUGHT = blocks([thinkingBlock("Hm."), textBlock("So.")]);

describe("the Responses API", () => {
  const respond = (fields: object, reply = text("one two three")) =>
    ask("/v1/responses", { model: "claude-sonnet-4", input: "Count.", ...fields }, reply);
  const weather = { type: "function", name: "weather", description: "Tells the weather.", parameters: SCHEMA };

  test("model reaches the model that it names", async () => {
    for (const [model, expected] of MODELS) {
      const { sent, answer } = await respond({ model });
      expect(sent.model).toMatch(expected);
      expect(answer.model).toBe(sent.model);
    }
  });

  test("input arrives as native turns: messages of all roles, images, calls and their results", async () => {
    const { request } = await respond({
      tools: [weather],
      input: [
        { role: "system", content: "s" },
        { role: "developer", content: [{ type: "input_text", text: "d" }] },
        {
          role: "user",
          content: [
            { type: "input_text", text: "a" },
            { type: "input_image", image_url: `data:image/png;base64,${PNG}` },
          ],
        },
        { role: "assistant", content: [{ type: "output_text", text: "b" }] },
        { type: "function_call", call_id: "toolu_r1", name: "weather", arguments: '{"city":"Rome"}' },
        { type: "function_call_output", call_id: "toolu_r1", output: "sun" },
      ],
    });
    expect(receivedSystem(request)).toBe("s\n\nd");
    expect(receivedTurns(request)).toMatchObject([
      { role: "user", content: [said("a"), image] },
      {
        role: "assistant",
        content: [said("b"), { type: "tool_use", id: "toolu_r1", name: "weather", input: { city: "Rome" } }],
      },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_r1" }] },
    ]);
  });

  test("stream passes tokens on while the model still writes, and never obfuscates them", async () => {
    const body = { model: "claude-sonnet-4", input: "Count.", stream_options: { include_obfuscation: true } };
    const { told, ignored } = await streamed("/v1/responses", body);
    expect(told).toContain("event: response.output_text.delta");
    expect(told).not.toContain("obfuscation");
    expect(ignored).toBe("stream_options.include_obfuscation");
  });

  test("max_output_tokens reaches the API, and an answer it cuts is incomplete", async () => {
    const { sent, answer } = await respond({ max_output_tokens: 2 }, text("a long answer that goes on and on"));
    expect(sent.max_tokens).toBe(2);
    expect(answer).toMatchObject({ status: "incomplete", incomplete_details: { reason: "max_output_tokens" } });
    expect((await respond({})).sent.max_tokens).toBeGreaterThan(1000);
  });

  test("reasoning: effort reaches the API as the nearest level there is, and summary shows the thinking", async () => {
    for (const [effort, level] of [
      ["none", "low"],
      ["minimal", "low"],
      ["medium", "medium"],
      ["max", "max"],
    ]) {
      expect((await respond({ reasoning: { effort } })).sent.output_config?.effort).toBe(level);
    }
    const summaryOf = async (fields: object) =>
      (await respond(fields, THOUGHT)).answer.output.find(({ type }: { type: string }) => type === "reasoning").summary;
    expect(await summaryOf({ reasoning: { summary: "concise" } })).toEqual([{ type: "summary_text", text: "Hm." }]);
    expect(await summaryOf({})).toEqual([]);
  });

  test("text: format makes the answer JSON, and verbosity is named as ignored", async () => {
    const { answer, ignored } = await respond(
      { text: { format: { type: "json_schema", name: "place", schema: SCHEMA }, verbosity: "low" } },
      blocks([toolUse("toolu_r2", "StructuredOutput", { city: "Rome" })]),
    );
    expect(answer.output).toMatchObject([{ type: "message", content: [{ text: '{"city":"Rome"}' }] }]);
    expect(ignored).toBe("text.verbosity");
  });

  test("tools: functions, custom tools and namespaces are offered, hosted tools named as ignored", async () => {
    const namespace = { type: "namespace", name: "n", description: "N", tools: [{ ...weather, name: "inner" }] };
    const grammar = { type: "grammar", syntax: "lark", definition: "start: /a+/" };
    const custom = { type: "custom", name: "patch", description: "Patches.", format: grammar };
    const { sent, ignored } = await respond({
      tools: [weather, custom, namespace, { type: "file_search" }],
    });
    const [inner, patch, offered] = sent.tools?.toSorted((a, b) => a.name.localeCompare(b.name)) ?? [];
    expect([inner?.name, patch?.name, offered?.name]).toEqual(["n__inner", "patch", "weather"]);
    expect(offered?.input_schema).toMatchObject(SCHEMA);
    expect(JSON.stringify(patch)).toContain("start: /a+/");
    expect(ignored).toBe("tools.file_search");
  });

  test("tool_choice and parallel_tool_calls reach the API natively", async () => {
    const asked = async (fields: object) =>
      (await respond({ model: TAKES_FORCED_CALLS, tools: [weather], ...fields })).sent.tool_choice;
    expect(await asked({ tool_choice: "required" })).toEqual({ type: "any" });
    expect(await asked({ tool_choice: "none" })).toEqual({ type: "none" });
    expect(await asked({ tool_choice: { type: "function", name: "weather" } })).toEqual({
      type: "tool",
      name: "weather",
    });
    expect(await asked({ parallel_tool_calls: false })).toEqual({ type: "auto", disable_parallel_tool_use: true });
  });
});

describe("the Messages API", () => {
  const plain = { model: "claude-sonnet-4", max_tokens: 1000, messages: [{ role: "user", content: "Count." }] };
  const create = (fields: object, reply = text("one two three")) => ask("/v1/messages", { ...plain, ...fields }, reply);
  const weather = { name: "weather", description: "Tells the weather.", input_schema: SCHEMA };

  test("model reaches the model that it names", async () => {
    for (const [model, expected] of MODELS) {
      const { sent, answer } = await create({ model });
      expect(sent.model).toMatch(expected);
      expect(answer.model).toBe(sent.model);
    }
  });

  test("max_tokens reaches the API, and ends the answer", async () => {
    const { sent, answer } = await create({ max_tokens: 2 }, text("a long answer that goes on and on"));
    expect(sent.max_tokens).toBe(2);
    expect(answer.stop_reason).toBe("max_tokens");
    expect((await create({ max_tokens: 1234 })).sent.max_tokens).toBe(1234);
  });

  test("messages arrive as native turns: images, documents, calls and their results", async () => {
    const pdf = { type: "document", source: { type: "text", media_type: "text/plain", data: "A document." } };
    const { request } = await create({
      tools: [weather],
      messages: [
        { role: "user", content: [said("a"), image, pdf] },
        {
          role: "assistant",
          content: [{ type: "tool_use", id: "toolu_m1", name: "weather", input: { city: "Rome" } }],
        },
        { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_m1", content: "sun" }] },
      ],
    });
    const turns = receivedTurns(request);
    expect(turns).toMatchObject([
      { role: "user", content: [said("a"), image, {}] },
      { role: "assistant", content: [{ type: "tool_use", id: "toolu_m1", input: { city: "Rome" } }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_m1" }] },
    ]);
    expect(JSON.stringify(turns[0]?.content[2])).toContain("A document.");
  });

  test("stream passes tokens on while the model still writes", async () => {
    const { told } = await streamed("/v1/messages", plain);
    expect(told).toContain("event: content_block_delta");
  });

  test("thinking becomes the nearest effort, and is told unless it is to be omitted", async () => {
    const budget = (budget_tokens: number) => ({ thinking: { type: "enabled", budget_tokens } });
    const levels = [
      [budget(2000), "low"],
      [budget(10_000), "medium"],
      [budget(30_000), "high"],
      [{ thinking: { type: "disabled" } }, "low"],
    ] as const;
    for (const [fields, level] of levels) expect((await create(fields)).sent.output_config?.effort).toBe(level);
    const kinds = async (thinking: object) =>
      (await create({ thinking }, THOUGHT)).answer.content.map(({ type }: { type: string }) => type);
    expect(await kinds({ type: "adaptive" })).toEqual(["thinking", "text"]);
    // As the API does it: what was thought is left out, and its place stays, with the signature.
    const { answer } = await create({ thinking: { type: "adaptive", display: "omitted" } }, THOUGHT);
    expect(answer.content).toMatchObject([{ type: "thinking", thinking: "" }, { type: "text" }]);
  });

  test("output_format, and output_config with its effort, give JSON at that effort", async () => {
    const format = { type: "json_schema", schema: SCHEMA };
    const json = (id: string) => blocks([toolUse(id, "StructuredOutput", { city: "Rome" })]);
    const old = await create({ output_format: format }, json("toolu_m2"));
    const { answer, sent } = await create({ output_config: { format, effort: "max" } }, json("toolu_m3"));
    for (const { content } of [old.answer, answer]) expect(content).toMatchObject([{ text: '{"city":"Rome"}' }]);
    expect(sent.output_config?.effort).toBe("max");
  });

  test("tools and tool_choice reach the API natively", async () => {
    const asked = async (tool_choice: object) =>
      (await create({ model: TAKES_FORCED_CALLS, tools: [weather], tool_choice })).sent;
    const { tools, tool_choice } = await asked({ type: "any" });
    expect(tools).toMatchObject([weather]);
    expect(tool_choice).toEqual({ type: "any" });
    expect((await asked({ type: "none" })).tool_choice).toEqual({ type: "none" });
    const serial = { type: "auto", disable_parallel_tool_use: true };
    expect((await asked(serial)).tool_choice).toEqual(serial);
    expect((await asked({ type: "tool", name: "weather" })).tool_choice).toEqual({ type: "tool", name: "weather" });
  });
});

const MODELS = [
  ["sonnet", /^claude-sonnet-/],
  ["anthropic/claude-haiku-4", /^claude-haiku-/],
] as const;
