import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import OpenAI from "openai";
import type { ResponseInputItem } from "openai/resources/responses/responses";
import { OLDEST_SUPPORTED_VERSION } from "../../src/claude/cli/version.ts";
import { text, toolUse } from "../../src/simulator/reply.ts";
import { claudeVersion } from "../support/claude-version.ts";
import { type Harness, startHarness } from "../support/harness.ts";
import { receivedTurns } from "../support/received.ts";
import { asked, failed, mixed, PAGE, SEARCHED, searched } from "../support/searches.ts";
import { shareHarness } from "../support/shared-harness.ts";

// Anthropic's search, by the dialects of OpenAI, through the real CLI: what the model is offered, and what comes back of its searches.

let app: Harness;
let client: OpenAI;
beforeAll(async () => {
  app = await shareHarness();
  client = new OpenAI({ baseURL: `${app.url}/v1`, apiKey: "any", maxRetries: 0 });
});
afterAll(() => app[Symbol.asyncDispose]());

const model = "claude-sonnet-4";
/** One that can be made to call. */
const forced = "claude-sonnet-4-5";
const messages = [{ role: "user", content: "Weather?" }];
const SEARCH = { type: "web_search_20250305", name: "web_search", max_uses: 5 };
const WEATHER = {
  type: "function" as const,
  name: "weather",
  strict: false,
  parameters: { type: "object", properties: {} },
};
const said = (content: string) => ({ role: "user" as const, content: [{ type: "text", text: content }] });
/** The oldest CLI forgets what its own texts rest on. */
const forgetsCitations = (await claudeVersion()) === OLDEST_SUPPORTED_VERSION;
const REMEMBERED = SEARCHED.map((block) => (forgetsCitations && block.citations ? { ...block, citations: [] } : block));
/** The text of SEARCHED that follows the search, and of it what rests on a page. */
const ANSWER = "In Rome it is sunny 😀, they say.";
const [START, END] = [14, 22];

/** The last request, and what it says of tools. */
const last = () => app.simulator.requests.at(-1) ?? expect.unreachable();
const lastTools = () => last().body.tools;

async function asking(body: object): Promise<{ ignored: string | null; tools: unknown; choice: unknown }> {
  app.simulator.enqueue(text("Sunny."));
  const response = await app.chat({ model, messages, ...body });
  expect([response.status, await response.text()]).toEqual([200, expect.stringContaining("Sunny.")]);
  return {
    ignored: response.headers.get("x-claude-max-api-ignored"),
    tools: lastTools(),
    choice: last().body.tool_choice,
  };
}

describe("the model is offered Anthropic's search", () => {
  const place = { city: "Rome", country: "IT", timezone: "Europe/Rome" };

  test("in a chat, where its options, a tool or a plugin ask for it", async () => {
    const plain = { ignored: null, tools: [SEARCH] };
    expect(await asking({ web_search_options: {} })).toMatchObject(plain);
    expect(await asking({ tools: [{ type: "web_search" }] })).toMatchObject(plain);
    expect(await asking({ tools: [{ type: "web_search_preview_2025_03_11" }] })).toMatchObject(plain);
    expect(await asking({ tools: [{ type: "openrouter:web_search" }] })).toMatchObject(plain);
    expect(await asking({ plugins: [{ id: "web" }] })).toMatchObject(plain);
    expect(await asking({ model: `anthropic/${model}:online` })).toMatchObject(plain);
    const options = { search_context_size: "low", user_location: { type: "approximate", approximate: place } };
    expect(await asking({ web_search_options: options })).toMatchObject({
      ignored: null,
      tools: [{ ...SEARCH, max_uses: 1, user_location: { type: "approximate", ...place } }],
    });
    const plugin = { id: "web", max_results: 3, exclude_domains: ["*.spam.example"] };
    expect(await asking({ plugins: [plugin] })).toMatchObject({
      ignored: "plugins.max_results",
      tools: [{ ...SEARCH, blocked_domains: ["spam.example"] }],
    });
  });

  test("among functions, in the client's order, and may be made to call it", async () => {
    const f = { type: "function", function: { name: "f", parameters: { type: "object", properties: {} } } };
    const g = { type: "function", function: { name: "g", parameters: { type: "object", properties: {} } } };
    const own = { type: "web_search_20250305", name: "web_search", max_uses: 2 };
    const { tools, choice } = await asking({ model: forced, tools: [f, own, g], tool_choice: { type: "web_search" } });
    expect(tools).toMatchObject([{ name: "f" }, own, { name: "g" }]);
    expect(choice).toEqual({ type: "tool", name: "web_search" });
  });

  test("but not beside a function of that name, nor from a cache, which there is not", async () => {
    const f = { type: "function", function: { name: "web_search", parameters: { type: "object", properties: {} } } };
    expect(await asking({ tools: [f, { type: "web_search" }] })).toMatchObject({
      ignored: "tools.web_search",
      tools: [{ name: "web_search", input_schema: {} }],
    });
    expect(await asking({ tools: [{ type: "web_search", external_web_access: false }] })).toMatchObject({
      ignored: "tools.web_search",
      tools: [],
    });
  });

  test("a response bounds the searches, and tells of itself what it offers", async () => {
    app.simulator.enqueue(text("Sunny."));
    const search = {
      type: "web_search" as const,
      search_context_size: "high" as const,
      filters: { allowed_domains: ["https://weather.example/"] },
    };
    const response = await client.responses.create({
      model: forced,
      input: "Weather?",
      tools: [WEATHER, search],
      tool_choice: { type: "allowed_tools", mode: "required", tools: [{ type: "web_search" }] },
      max_tool_calls: 3,
    });
    expect(lastTools()).toEqual([{ ...SEARCH, max_uses: 3, allowed_domains: ["weather.example"] }]);
    expect(last().body.tool_choice).toEqual({ type: "any" });
    expect(response.tools[1]).toEqual({ user_location: null, ...search });
    expect(response).toMatchObject({ max_tool_calls: 3 });
  });
});

describe("what the model searched and found is told", () => {
  const annotation = { type: "url_citation", url_citation: { ...PAGE, start_index: START + 17, end_index: END + 17 } };

  test("by a chat, with the pages that its texts rest on, streamed or not", async () => {
    app.simulator.enqueue(searched(), searched());
    const body = { model, messages: [{ role: "user" as const, content: "Weather?" }], web_search_options: {} };
    const whole = await client.chat.completions.create(body);
    const { message } = whole.choices[0] ?? expect.unreachable();
    expect(message.content).toBe(`I look that up.\n\n${ANSWER}`);
    expect<unknown>(message.annotations).toEqual([annotation]);
    expect(message.content?.slice(START + 17, END + 17)).toBe("sunny 😀");
    let content = "";
    const annotations: unknown[] = [];
    for await (const chunk of await client.chat.completions.create({ ...body, stream: true })) {
      const delta: { content?: string | null; annotations?: unknown[] } = chunk.choices[0]?.delta ?? {};
      content += delta.content ?? "";
      annotations.push(...(delta.annotations ?? []));
    }
    expect<unknown>([content, annotations]).toEqual([message.content, [annotation]]);
  });

  test("by a response as items, as the stream helper puts them together", async () => {
    app.simulator.enqueue(searched());
    const stream = client.responses.stream({
      model,
      input: "Weather?",
      tools: [{ type: "web_search" }],
      include: ["web_search_call.action.sources"],
    });
    const types: string[] = [];
    for await (const { type } of stream) types.push(type);
    const { output } = await stream.finalResponse();
    expect(output).toMatchObject([
      { type: "message", content: [{ text: "I look that up.", annotations: [] }] },
      {
        type: "web_search_call",
        status: "completed",
        action: { type: "search", query: "weather Rome", sources: [{ type: "url", url: PAGE.url }] },
      },
      {
        type: "message",
        content: [
          { text: ANSWER, annotations: [{ type: "url_citation", ...PAGE, start_index: START, end_index: END }] },
        ],
      },
    ]);
    const told = types.filter((type) => /web_search|annotation|output_item/.test(type));
    expect(told).toEqual([
      "response.output_item.added",
      "response.output_item.done",
      "response.output_item.added",
      "response.web_search_call.in_progress",
      "response.web_search_call.searching",
      "response.web_search_call.completed",
      "response.output_item.done",
      "response.output_item.added",
      "response.output_text.annotation.added",
      "response.output_item.done",
    ]);
  });

  test("also that a search came to nothing", async () => {
    app.simulator.enqueue(
      searched([asked("srvtoolu_05", "q"), failed("srvtoolu_05", "max_uses_exceeded"), { type: "text", text: "No." }]),
    );
    const { output } = await client.responses.create({ model, input: "Weather?", tools: [{ type: "web_search" }] });
    expect(output).toMatchObject([
      { type: "web_search_call", status: "failed", error: { code: "max_uses_exceeded" } },
      { type: "message", content: [{ text: "No." }] },
    ]);
  });
});

describe("a conversation goes on with its searches as they were", () => {
  const tools = [{ type: "web_search" as const }];
  const goneOn = [said("Weather?"), { role: "assistant" as const, content: REMEMBERED }, said("And in Oslo?")];
  const first = async (store: boolean) => {
    app.simulator.enqueue(searched());
    return await client.responses.create({ model, input: "Weather?", tools, store });
  };
  const goOn = async (body: object) => {
    app.simulator.enqueue(text("Rainy."));
    const { output_text } = await client.responses.create({ model, tools, ...body });
    expect(output_text).toBe("Rainy.");
    return receivedTurns(last());
  };
  test("after its id, by its items, and by a chat's words", async () => {
    const stored = await first(true);
    expect<unknown>(await goOn({ previous_response_id: stored.id, input: "And in Oslo?" })).toEqual(goneOn);
    const unstored = await first(false);
    const input = [
      { role: "user", content: "Weather?" },
      ...unstored.output,
      { role: "user", content: "And in Oslo?" },
    ];
    expect<unknown>(await goOn({ input, store: false })).toEqual(goneOn);
    const kept = await first(true);
    const references = kept.output.map(({ id }) => ({ type: "item_reference", id }) as ResponseInputItem);
    expect<unknown>(await goOn({ input: [input[0], ...references, input.at(-1)] })).toEqual(goneOn);
    app.simulator.enqueue(searched(), text("Rainy."));
    const chat = { model, web_search_options: {} };
    const content = await app.ask({ ...chat, messages });
    const history = [...messages, { role: "assistant", content }, { role: "user", content: "And in Oslo?" }];
    expect(await app.ask({ ...chat, messages: history })).toBe("Rainy.");
    expect<unknown>(receivedTurns(last())).toEqual(goneOn);
  });
});

test("a search that the model makes beside a call of a function is told as not done, and forgotten", async () => {
  const tools = [WEATHER, { type: "web_search" as const }];
  app.simulator.enqueue(mixed(asked("srvtoolu_09", "weather Rome"), toolUse("toolu_09", "weather", {})), text("Bye."));
  const one = await client.responses.create({ model, input: "Weather?", tools });
  expect(one.output).toMatchObject([{ type: "web_search_call", status: "incomplete" }, { type: "function_call" }]);
  const result = { type: "function_call_output" as const, call_id: "toolu_09", output: "Rain" };
  const two = await client.responses.create({ model, previous_response_id: one.id, input: [result], tools });
  expect(two.output_text).toBe("Bye.");
  expect(receivedTurns(last())).toMatchObject([
    said("Weather?"),
    { role: "assistant", content: [{ type: "tool_use", id: "toolu_09" }] },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_09" }] },
  ]);
});

describe("searches are counted", () => {
  const logged = () => app.log.filter((line) => / request /.test(line)).at(-1);

  test("in the usage, and in the request's line in the log", async () => {
    app.simulator.enqueue(searched(), searched(), text("Sunny."));
    const chat = await app.chat({ model, messages, web_search_options: {} });
    expect(await chat.json()).toMatchObject({ usage: { server_tool_use: { web_search_requests: 1 } } });
    expect(logged()).toContain("searches=1");
    const response = await client.responses.create({ model, input: "Weather?", tools: [{ type: "web_search" }] });
    expect(response.usage).toMatchObject({ server_tool_use: { web_search_requests: 1 } });
    expect(logged()).toContain("searches=1");
    await app.ask({ model, messages });
    expect(logged()).not.toContain("searches");
  });
});

test("the demo's searches are made up, and say so", async () => {
  await using demo = await startHarness({ config: { demo: true } });
  const answer = await demo.chat({ model, messages, web_search_options: {} });
  expect(await answer.json()).toMatchObject({
    choices: [
      { message: { content: expect.stringMatching(/made up|simulated/i), annotations: [{ type: "url_citation" }] } },
    ],
  });
});
