import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { takenOffTools } from "../../src/claude/cli/version.ts";
import { countsTokens } from "../../src/claude/probe/counting.ts";
import { inSandbox } from "../../src/claude/probe/sandbox.ts";
import { Logger } from "../../src/observability/logger.ts";
import { promptTokens } from "../../src/simulator/answer/prompt-cache.ts";
import { readMessagesBody } from "../../src/simulator/messages-body.ts";
import { CliHome } from "../support/cli-session.ts";
import { CLAUDE, type Harness } from "../support/harness.ts";
import { PNG } from "../support/media.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { sharedSchemas } from "../support/shared-schemas.ts";

// Token counts: the simulated API counts, the real CLI asks it to.

const MODEL = "claude-sonnet-4";
const MESSAGES: Anthropic.MessageParam[] = [
  {
    role: "user",
    content: [
      { type: "text", text: "Read @/etc/hostname, " },
      { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } },
    ],
  },
  { role: "assistant", content: "  /clear what?\n\n" },
  { role: "user", content: "How many tokens is this?" },
];
const TOOLS: Anthropic.Tool[] = [
  { name: "get_weather", description: "Tells the weather.", input_schema: { type: "object", properties: {} } },
  { name: "second", description: "Another.", input_schema: { type: "object", properties: {} } },
];

let app: Harness;
let anthropic: Anthropic;
let openai: OpenAI;
beforeAll(async () => {
  app = await shareHarness();
  anthropic = new Anthropic({ baseURL: app.url, apiKey: "anything", maxRetries: 0 });
  openai = new OpenAI({ baseURL: `${app.url}/v1`, apiKey: "anything", maxRetries: 0 });
});
afterAll(() => app[Symbol.asyncDispose]());
afterEach(() => {
  app.simulator.refuseCounts(undefined);
  // Nothing that is counted is asked, and so nothing paid.
  expect(app.simulator.requests).toEqual([]);
});

/** What the simulated API counts. */
const tokensOf = (body: object) => promptTokens(readMessagesBody({ model: "m", messages: [], ...body }));

async function count(body: Omit<Anthropic.MessageCountTokensParams, "model">) {
  const { data, response } = await anthropic.messages.countTokens({ model: MODEL, ...body }).withResponse();
  return [data.input_tokens, response.headers.get("x-claude-max-api-counted")];
}

/** Older ones do not count for free, and are not asked to. */
const isOtherVersion = process.env.TEST_CLAUDE_PATH !== undefined;

describe.skipIf(isOtherVersion)("the tokens of", () => {
  test("a conversation are those that Anthropic counts for it, word for word and in one piece", async () => {
    const before = app.simulator.counts.length;
    expect<unknown>(await count({ messages: MESSAGES })).toEqual([tokensOf({ messages: MESSAGES }), "whole"]);
    const [, , last] = MESSAGES;
    expect(app.simulator.counts.slice(before)).toContainEqual(
      expect.objectContaining({
        messages: [
          MESSAGES[0],
          { role: "assistant", content: [{ type: "text", text: "  /clear what?\n\n" }] },
          { role: "user", content: [{ type: "text", text: last?.content }] },
        ],
        system: undefined,
        tools: [],
      }),
    );
  });

  test("a system prompt and tools, however few, are added, as parts", async () => {
    const system = "Be brief, and say nothing else.";
    const first = { role: "user", content: [{ type: "text", text: system }, ...(MESSAGES[0]?.content ?? [])] };
    const expected = tokensOf({ messages: [first, ...MESSAGES.slice(1)] }) + tokensOf({ tools: TOOLS });
    expect<unknown>(await count({ system, messages: MESSAGES, tools: TOOLS })).toEqual([expected, "parts"]);
  });

  test("a conversation that ends with the assistant, or of instructions alone, are counted, too", async () => {
    const messages = MESSAGES.slice(0, 2);
    expect<unknown>(await count({ messages })).toEqual([tokensOf({ messages }), "whole"]);
    const counted = await openai.responses.inputTokens.count({ model: MODEL, instructions: "Be brief." });
    expect(counted.input_tokens).toBe(tokensOf({ messages: [{ role: "user", content: "Be brief." }] }));
  });

  test("several requests at once are each one's own, whatever else the processes were told of, and whatever names their tools have", async () => {
    const tool = (name: string, words: number, properties: object = {}) => ({
      name,
      description: "words ".repeat(words),
      input_schema: { type: "object" as const, properties },
    });
    // One name with other descriptions and schemas, names of the CLI's own tools, of our own, and ones that Anthropic does not take.
    const toolLists = [
      [tool("get_weather", 1), tool("Bash", 2), tool("a.b", 3), tool("claude_max_api_filler", 1)],
      [tool("get_weather", 7, { q: { type: "string" } }), tool("Task", 1), tool("größe", 2)],
      [],
    ];
    const requests = toolLists.map((tools, index) => ({
      system: index % 2 === 0 ? "Be brief." : "",
      messages: [{ role: "user" as const, content: `Question ${"and more ".repeat(index)}` }],
      tools,
    }));
    const counted = await Promise.all(requests.map(count));
    const expected = requests.map(({ system, messages: [first], tools }) => {
      const content = [...(system ? [{ type: "text", text: system }] : []), { type: "text", text: first?.content }];
      const apart = tokensOf({ messages: [{ role: "user", content }] });
      const plain = tools.map((each) => ({ ...each, name: each.name.replace(/[^\w-]/g, "_") }));
      return [
        apart + (tools.length === 0 ? 0 : tokensOf({ tools: plain })),
        system || tools.length > 0 ? "parts" : "whole",
      ];
    });
    expect<unknown>(counted).toEqual(expected);
    // And again from memory.
    const before = app.simulator.counts.length;
    expect(await Promise.all(requests.map(count))).toEqual(counted);
    expect(app.simulator.counts).toHaveLength(before);
  });

  test("tools with small schemas of many shared references are told, and hold nothing up", async () => {
    const tools = Object.values(sharedSchemas()).map((schema, index) => ({
      name: `shared_${index}`,
      input_schema: { ...schema, type: "object" as const },
    }));
    expect(await count({ messages: [{ role: "user", content: "Hi" }], tools })).toEqual([expect.any(Number), "parts"]);
  });

  test("a response's input are told in OpenAI's form", async () => {
    const counted = await openai.responses.inputTokens.count({ model: MODEL, input: "How many?" });
    expect(counted).toEqual({
      object: "response.input_tokens",
      input_tokens: tokensOf({ messages: [{ role: "user", content: "How many?" }] }),
    });
  });
});

test.skipIf(isOtherVersion)("how the CLI counts is what is known of its version", async () => {
  await using home = new CliHome();
  const { signal } = new AbortController();
  const sandbox = { path: CLAUDE, cwd: home.cwd, env: home.env, address: undefined, logger: new Logger("silent") };
  const version = await home.version();
  const tried = await inSandbox({ ...sandbox, model: "sonnet", timeoutMs: 20_000, signal }, countsTokens.run);
  expect(tried).toBe(takenOffTools(version) ?? Number.NaN);
});

describe("nothing is told that Anthropic did not count", () => {
  const failure = (counted: Promise<unknown>) =>
    counted.then(
      () => undefined,
      (error: unknown) => error,
    );

  test.skipIf(isOtherVersion)("since it refused to: the answer is its error", async () => {
    app.simulator.refuseCounts({ status: 429, type: "rate_limit_error", message: "slow down" });
    const messages = [{ role: "user" as const, content: "And this?" }];
    const refused = await failure(count({ messages }));
    expect(refused).toBeInstanceOf(Anthropic.RateLimitError);
    expect(refused).toMatchObject({ message: expect.stringContaining("slow down") });
    const long = `no such thing: ${"x".repeat(6_000)}`;
    app.simulator.refuseCounts({ status: 400, type: "invalid_request_error", message: long });
    const invalid = await failure(openai.responses.inputTokens.count({ model: MODEL, input: "Anew" }));
    expect(invalid).toBeInstanceOf(OpenAI.BadRequestError);
    expect(invalid).toMatchObject({ message: expect.stringContaining(long) });
    app.simulator.refuseCounts(undefined);
    expect<unknown>(await count({ messages })).toEqual([tokensOf({ messages: messages }), "whole"]);
  });

  test("since the CLI has it not counted", async () => {
    const format = { type: "json_schema" as const, schema: { type: "object" } };
    const refused = await failure(count({ messages: MESSAGES, output_config: { format } }));
    expect(refused).toMatchObject({ status: 400, message: expect.stringContaining("structured output") });
  });

  test("or since there is no such model", async () => {
    const unknown = await failure(anthropic.messages.countTokens({ model: "nope", messages: MESSAGES }));
    expect(unknown).toBeInstanceOf(Anthropic.NotFoundError);
  });
});
