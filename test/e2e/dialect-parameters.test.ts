import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { blocks, hangMidStream, type Reply, text, textBlock, thinkingBlock } from "../../src/simulator/reply.ts";
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
const SCHEMA = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
const said = (content: string) => ({ type: "text", text: content });
const image = { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } };

/** Not a question alone, for which another process might be started. */
const MESSAGES = [
  { role: "user", content: "Hi." },
  { role: "assistant", content: "Hello." },
  { role: "user", content: "Count." },
];

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
  const messages = MESSAGES;
  // All cases, without the CLI: test/small-limits.test.ts.
  const cases: [string, object, { effort: unknown; thinks: boolean }, number][] = [
    ["/v1/chat/completions", { messages, max_tokens: 1_024 }, { effort: "low", thinks: false }, 1_024],
    [
      "/v1/responses",
      { input: MESSAGES, max_output_tokens: 16, reasoning: { effort: "high" } },
      { effort: "high", thinks: true },
      16,
    ],
    [
      "/v1/messages",
      { messages, max_tokens: 5_000, thinking: { type: "disabled" } },
      { effort: "low", thinks: false },
      5_000,
    ],
  ];
  for (const [path, body, expected, limit] of cases) {
    const { sent } = await ask(path, { model, ...body }, text("one"));
    const thinks = !["disabled", "between_tools"].includes(String(sent.thinking?.type ?? "disabled"));
    expect({ effort: sent.output_config?.effort, thinks, limit: sent.max_tokens }, path).toEqual({
      ...expected,
      limit,
    });
  }
});

const THOUGHT = thinkingBlock("Hm.");
const CITY = '{"city":"Rome"}';

// A few questions carry all fields, and each test looks at some of them: a question costs more than all that is looked at.
type Asked = Awaited<ReturnType<typeof ask>>;

describe("the Responses API", () => {
  const respond = (fields: object, reply: Reply) => ask("/v1/responses", { input: MESSAGES, ...fields }, reply);
  const weather = { type: "function", name: "weather", description: "Tells the weather.", parameters: SCHEMA };
  const namespace = { type: "namespace", name: "n", description: "N", tools: [{ ...weather, name: "inner" }] };
  const grammar = { type: "grammar", syntax: "lark", definition: "start: /a+/" };
  const custom = { type: "custom", name: "patch", description: "Patches.", format: grammar };
  let whole: Asked;
  let json: Asked;
  let cut: Asked;
  beforeAll(async () => {
    whole = await respond(
      {
        model: "anthropic/claude-opus-4",
        reasoning: { effort: "minimal", summary: "concise" },
        tools: [weather, custom, namespace, { type: "file_search" }],
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
          { type: "function_call", call_id: "toolu_r1", name: "weather", arguments: CITY },
          { type: "function_call_output", call_id: "toolu_r1", output: "sun" },
        ],
      },
      blocks([THOUGHT, textBlock("So.")]),
    );
    json = await respond(
      {
        model: "sonnet",
        reasoning: { effort: "max" },
        text: { format: { type: "json_schema", name: "place", schema: SCHEMA }, verbosity: "low" },
      },
      blocks([THOUGHT, textBlock(CITY)]),
    );
    cut = await respond(
      {
        model: TAKES_FORCED_CALLS,
        tools: [weather],
        tool_choice: { type: "function", name: "weather" },
        parallel_tool_calls: false,
        max_output_tokens: 2,
      },
      text("a long answer that goes on and on"),
    );
  });
  const summaryOf = ({ answer }: Asked) =>
    answer.output.find(({ type }: { type: string }) => type === "reasoning").summary;

  test("model reaches the model that it names", () => {
    expect(whole.sent.model).toMatch(/^claude-opus-/);
    expect(json.sent.model).toMatch(/^claude-sonnet-/);
    for (const { sent, answer } of [whole, json]) expect(answer.model).toBe(sent.model);
  });

  test("input arrives as native turns: messages of all roles, images, calls and their results", () => {
    expect(receivedSystem(whole.request)).toBe("s\n\nd");
    expect(receivedTurns(whole.request)).toMatchObject([
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

  test("max_output_tokens reaches the API, and an answer it cuts is incomplete", () => {
    expect(cut.sent.max_tokens).toBe(2);
    expect(cut.answer).toMatchObject({ status: "incomplete", incomplete_details: { reason: "max_output_tokens" } });
    expect(whole.sent.max_tokens).toBeGreaterThan(1000);
  });

  test("reasoning: effort reaches the API as the nearest level there is, and summary shows the thinking", () => {
    expect([whole, json].map(({ sent }) => sent.output_config?.effort)).toEqual(["low", "max"]);
    expect(summaryOf(whole)).toEqual([{ type: "summary_text", text: "Hm." }]);
    expect(summaryOf(json)).toEqual([]);
  });

  test("text: format makes the answer JSON, and verbosity is named as ignored", () => {
    expect(json.sent.output_config?.format).toEqual({ type: "json_schema", schema: SCHEMA });
    expect(json.answer.output.at(-1)).toMatchObject({ type: "message", content: [{ text: CITY }] });
    expect(json.ignored).toBe("text.verbosity");
  });

  test("tools: functions, custom tools and namespaces are offered, hosted tools named as ignored", () => {
    const [inner, patch, offered] = whole.sent.tools?.toSorted((a, b) => a.name.localeCompare(b.name)) ?? [];
    expect([inner?.name, patch?.name, offered?.name]).toEqual(["n__inner", "patch", "weather"]);
    expect(offered?.input_schema).toMatchObject(SCHEMA);
    expect(JSON.stringify(patch)).toContain("start: /a+/");
    expect(whole.ignored).toBe("tools.file_search");
  });

  test("tool_choice and parallel_tool_calls reach the API natively", () => {
    expect(cut.sent.tool_choice).toEqual({ type: "tool", name: "weather", disable_parallel_tool_use: true });
  });
});

describe("the Messages API", () => {
  const plain = { model: "claude-sonnet-4", max_tokens: 20_000, messages: MESSAGES };
  const create = (fields: object, reply: Reply) => ask("/v1/messages", { ...plain, ...fields }, reply);
  const weather = { name: "weather", description: "Tells the weather.", input_schema: SCHEMA };
  const pdf = { type: "document", source: { type: "text", media_type: "text/plain", data: "A document." } };
  const format = { type: "json_schema", schema: SCHEMA };
  let whole: Asked;
  let json: Asked;
  let old: Asked;
  let cut: Asked;
  beforeAll(async () => {
    whole = await create(
      {
        model: "anthropic/claude-opus-4",
        thinking: { type: "enabled", budget_tokens: 10_000 },
        tools: [weather],
        messages: [
          { role: "user", content: [said("a"), image, pdf] },
          {
            role: "assistant",
            content: [{ type: "tool_use", id: "toolu_m1", name: "weather", input: { city: "Rome" } }],
          },
          { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_m1", content: "sun" }] },
        ],
      },
      blocks([THOUGHT, textBlock("So.")]),
    );
    json = await create(
      { thinking: { type: "adaptive", display: "omitted" }, output_config: { format, effort: "max" } },
      blocks([THOUGHT, textBlock(CITY)]),
    );
    old = await create({ thinking: { type: "disabled" }, output_format: format }, text(CITY));
    cut = await create(
      {
        model: TAKES_FORCED_CALLS,
        max_tokens: 2,
        tools: [weather],
        tool_choice: { type: "tool", name: "weather", disable_parallel_tool_use: true },
      },
      text("a long answer that goes on and on"),
    );
  });

  test("model reaches the model that it names", () => {
    expect(whole.sent.model).toMatch(/^claude-opus-/);
    expect(json.sent.model).toMatch(/^claude-sonnet-/);
    for (const { sent, answer } of [whole, json]) expect(answer.model).toBe(sent.model);
  });

  test("max_tokens reaches the API, and ends the answer", () => {
    expect([cut, whole].map(({ sent }) => sent.max_tokens)).toEqual([2, 20_000]);
    expect(cut.answer.stop_reason).toBe("max_tokens");
  });

  test("messages arrive as native turns: images, documents, calls and their results", () => {
    const turns = receivedTurns(whole.request);
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

  test("thinking becomes the nearest effort, and is told unless it is to be omitted", () => {
    expect([whole, old].map(({ sent }) => sent.output_config?.effort)).toEqual(["medium", "low"]);
    expect(whole.answer.content).toMatchObject([{ type: "thinking", thinking: "Hm." }, { type: "text" }]);
    // As the API does it: what was thought is left out, and its place stays, with the signature.
    expect(json.answer.content).toMatchObject([{ type: "thinking", thinking: "" }, { type: "text" }]);
  });

  test("output_format, and output_config with its effort, give JSON at that effort", () => {
    for (const { answer, sent } of [json, old]) {
      expect(sent.output_config?.format).toEqual(format);
      expect(answer.content.at(-1)).toMatchObject({ text: CITY });
    }
    expect(json.sent.output_config?.effort).toBe("max");
  });

  test("tools and tool_choice reach the API natively", () => {
    expect(cut.sent.tools).toMatchObject([weather]);
    expect(cut.sent.tool_choice).toEqual({ type: "tool", name: "weather", disable_parallel_tool_use: true });
  });
});
