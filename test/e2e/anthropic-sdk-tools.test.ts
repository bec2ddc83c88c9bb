import { beforeAll, describe, expect, test } from "bun:test";
import type Anthropic from "@anthropic-ai/sdk";
import { betaZodTool } from "@anthropic-ai/sdk/helpers/beta/zod";
import { z } from "zod";
import { OLDEST_SUPPORTED_VERSION } from "../../src/claude/cli/version.ts";
import { blocks, text, textBlock, thinkingBlock, toolUse } from "../../src/simulator/reply.ts";
import { type RunningBinary, sharedBinary } from "../support/binary.ts";
import { claudeVersion } from "../support/claude-version.ts";
import { receivedTurns } from "../support/received.ts";
import { SEARCHED, searched } from "../support/searches.ts";

// Loops of tool calls by the official SDK, through the built binary: what the model was asked in the end is the proof.

const PLAIN = { model: "claude-sonnet-4", max_tokens: 1000 };
const WEATHER: Anthropic.Tool = {
  name: "get_weather",
  description: "Tells the weather.",
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};

/** The oldest CLI forgets what its own texts rest on. */
const forgetsCitations = (await claudeVersion()) === OLDEST_SUPPORTED_VERSION;

let app: RunningBinary;
let client: Anthropic;
beforeAll(async () => {
  app = await sharedBinary();
  client = app.anthropic;
});

// What is streamed and what is not is the same, see test/api/golden: so each of these is asked one way.

test("a search comes back as it was told, with what its texts rest on, streamed and not", async () => {
  const before = app.simulator.requests.length;
  const tools: Anthropic.ToolUnion[] = [{ type: "web_search_20250305", name: "web_search", max_uses: 2 }];
  const messages: Anthropic.MessageParam[] = [{ role: "user", content: "Weather in Rome?" }];
  app.simulator.enqueue(searched(), text("You are welcome."));
  const { content } = await client.messages.stream({ ...PLAIN, messages, tools }).finalMessage();
  expect<unknown>(content).toMatchObject(SEARCHED);
  messages.push({ role: "assistant", content }, { role: "user", content: "Thanks." });
  expect((await client.messages.create({ ...PLAIN, messages, tools })).content).toMatchObject([
    { type: "text", text: "You are welcome." },
  ]);
  const requests = app.simulator.requests.slice(before);
  expect(requests.map(({ refusal }) => refusal?.message)).toEqual([undefined, undefined]);
  const told: unknown = receivedTurns(requests[1] ?? expect.unreachable())[1]?.content;
  expect(told).toMatchObject(forgetsCitations ? SEARCHED.map(({ citations: _, ...block }) => block) : SEARCHED);
});

describe("a loop of tool calls", () => {
  test("is one request to the model for each step", async () => {
    const before = app.simulator.requests.length;
    const ask = (body: Anthropic.MessageCreateParamsNonStreaming) => client.messages.create(body);
    const messages: Anthropic.MessageParam[] = [{ role: "user", content: "Weather?" }];
    // Of so few tokens as PLAIN has none are left for thinking.
    const thinking = { type: "adaptive" as const };
    const body = { ...PLAIN, max_tokens: 4000, messages, tools: [WEATHER], thinking };
    app.simulator.enqueue(
      blocks([
        thinkingBlock("Two cities."),
        textBlock("Let me look."),
        toolUse("toolu_loop_1", "get_weather", { city: "Paris" }),
        toolUse("toolu_loop_2", "get_weather", { city: "Rome" }),
      ]),
      blocks([toolUse("toolu_loop_3", "get_weather", { city: "Oslo" })]),
      text("Sunny, rainy, and cold."),
    );
    let message = await ask(body);
    expect(message.content.map(({ type }) => type)).toEqual(["thinking", "text", "tool_use", "tool_use"]);
    while (message.stop_reason === "tool_use") {
      const content = message.content.flatMap((block): Anthropic.ToolResultBlockParam[] => {
        if (block.type !== "tool_use") return [];
        return [{ type: "tool_result", tool_use_id: block.id, content: `Weather of ${JSON.stringify(block.input)}` }];
      });
      // The thinking goes back, too, as the SDK's own loop does it.
      messages.push({ role: "assistant", content: message.content }, { role: "user", content });
      message = await ask(body);
    }
    expect(message.content).toMatchObject([{ type: "text", text: "Sunny, rainy, and cold." }]);
    expect(app.simulator.requests.length - before).toBe(3);
    const last = app.simulator.requests.at(-1);
    if (last === undefined) throw new Error("nothing arrived");
    expect(receivedTurns(last).slice(2)).toMatchObject([
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "toolu_loop_1" },
          { type: "tool_result", tool_use_id: "toolu_loop_2" },
        ],
      },
      { role: "assistant", content: [{ type: "tool_use", input: { city: "Oslo" } }] },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_loop_3" }] },
    ]);
    // Only the process that thought can give the model its thinking again.
    expect(JSON.stringify(last.body)).toContain("Two cities.");
  });
});

describe("the SDK's tool runner", () => {
  test("asks the model once a step, with what the tools gave", async () => {
    const [first, second, third] = [1, 2, 3].map((n) => `toolu_run_${n}`);
    app.simulator.enqueue(
      blocks([
        textBlock("Let me look."),
        toolUse(first ?? "", "get_weather", { city: "Rome" }),
        toolUse(second ?? "", "get_weather", { city: "Oslo" }),
      ]),
      blocks([toolUse(third ?? "", "get_weather", { city: "Atlantis" })]),
      text("Rome it is."),
    );
    const weather = betaZodTool({
      name: "get_weather",
      description: "Tells the weather.",
      inputSchema: z.object({ city: z.string() }),
      run: ({ city }) => {
        if (city === "Atlantis") throw new Error("it sank");
        return city === "Rome" ? "sunny" : [{ type: "text", text: "rain" }];
      },
    });
    const before = app.simulator.requests.length;
    const question = "Where is the sun?";
    const params = { ...PLAIN, messages: [{ role: "user" as const, content: question }], tools: [weather] };
    const runner = client.beta.messages.toolRunner({ ...params, stream: true });
    expect((await runner.runUntilDone()).content).toMatchObject([{ type: "text", text: "Rome it is." }]);
    const requests = app.simulator.requests.slice(before);
    expect(requests.map(({ refusal }) => refusal)).toEqual([undefined, undefined, undefined]);
    const call = (id: string | undefined, city: string) => ({
      type: "tool_use",
      id,
      name: "get_weather",
      // That the model itself calls, as the API has told, is not told again.
      input: { city },
    });
    const gave = (id: string | undefined, content: string) => ({
      type: "tool_result",
      tool_use_id: id,
      content: [{ type: "text", text: content }],
    });
    const conversation = [
      { role: "user", content: [{ type: "text", text: question }] },
      {
        role: "assistant",
        content: [{ type: "text", text: "Let me look." }, call(first, "Rome"), call(second, "Oslo")],
      },
      { role: "user", content: [gave(first, "sunny"), gave(second, "rain")] },
      { role: "assistant", content: [call(third, "Atlantis")] },
      // A failure's text comes as a string, which is the same to the API.
      { role: "user", content: [{ ...gave(third, ""), content: "Error: it sank", is_error: true }] },
    ];
    expect<unknown>(requests.map(receivedTurns)).toEqual([1, 3, 5].map((length) => conversation.slice(0, length)));
  });
});
