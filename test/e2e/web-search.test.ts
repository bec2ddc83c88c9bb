import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import OpenAI from "openai";
import { OLDEST_SUPPORTED_VERSION } from "../../src/claude/cli/version.ts";
import { text, toolUse } from "../../src/simulator/reply.ts";
import { claudeVersion } from "../support/claude-version.ts";
import type { Harness } from "../support/harness.ts";
import { receivedTurns } from "../support/received.ts";
import { asked, mixed, PAGE, SEARCHED, searched } from "../support/searches.ts";
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

  // All ways to ask for it, without the CLI: test/api/openai-chat/decode/searches.test.ts.
  test("in a chat, where its options, a tool or a plugin ask for it", async () => {
    const options = { search_context_size: "low", user_location: { type: "approximate", approximate: place } };
    expect(await asking({ web_search_options: options })).toMatchObject({
      ignored: null,
      tools: [{ ...SEARCH, max_uses: 1, user_location: { type: "approximate", ...place } }],
    });
    const plugin = { id: "web", max_results: 3, exclude_domains: ["*.spam.example"] };
    expect(await asking({ model: `anthropic/${model}:online`, plugins: [plugin] })).toMatchObject({
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

/** The conversation once it has gone on. */
const goneOn = [said("Weather?"), { role: "assistant" as const, content: REMEMBERED }, said("And in Oslo?")];
const logged = () => app.log.filter((line) => / request /.test(line)).at(-1);

// Streamed to the letter: test/api/golden. By all ways back, without the CLI: test/api/openai-responses/searches.test.ts.
describe("what the model searched and found is told and counted, and the conversation goes on with it as it was:", () => {
  test("by a chat, with the pages that its texts rest on", async () => {
    app.simulator.enqueue(searched(), text("Rainy."));
    const chat = { model, web_search_options: {} };
    const { choices, usage } = await client.chat.completions.create({
      ...chat,
      messages: [{ role: "user", content: "Weather?" }],
    });
    const { message } = choices[0] ?? expect.unreachable();
    expect(message.content).toBe(`I look that up.\n\n${ANSWER}`);
    const url_citation = { ...PAGE, start_index: START + 17, end_index: END + 17 };
    expect<unknown>(message.annotations).toEqual([{ type: "url_citation", url_citation }]);
    expect(message.content?.slice(START + 17, END + 17)).toBe("sunny 😀");
    expect(usage).toMatchObject({ server_tool_use: { web_search_requests: 1 } });
    expect(logged()).toContain("searches=1");

    const { content } = message;
    const history = [...messages, { role: "assistant", content }, { role: "user", content: "And in Oslo?" }];
    expect(await app.ask({ ...chat, messages: history })).toBe("Rainy.");
    expect<unknown>(receivedTurns(last())).toEqual(goneOn);
    expect(logged()).not.toContain("searches");
  });

  test("by a response as items, as the stream helper puts them together", async () => {
    app.simulator.enqueue(searched(), text("Rainy."));
    const tools = [{ type: "web_search" as const }];
    const include = ["web_search_call.action.sources" as const];
    const stream = client.responses.stream({ model, input: "Weather?", tools, include });
    const types: string[] = [];
    for await (const { type } of stream) types.push(type);
    const { id, output, usage } = await stream.finalResponse();
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
    expect(usage).toMatchObject({ server_tool_use: { web_search_requests: 1 } });
    expect(logged()).toContain("searches=1");

    const next = { model, tools, previous_response_id: id, input: "And in Oslo?" };
    expect((await client.responses.create(next)).output_text).toBe("Rainy.");
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
