import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { blocks, redactedThinkingBlock, text, textBlock, thinkingBlock, toolUse } from "../../src/simulator/reply.ts";
import { inTheApisForm } from "../../src/simulator/thinking-signature.ts";
import { type Harness, startHarness } from "../support/harness.ts";
import { canSeeProcesses, forgetAll } from "../support/processes.ts";
import { receivedTurns } from "../support/received.ts";

// What the model thought goes through clients and back, also to a process that never knew it.

const MODEL = "claude-sonnet-4";
const IGNORED = "x-claude-max-api-ignored";

let app: Harness;
let anthropic: Anthropic;
let openai: OpenAI;
beforeAll(async () => {
  // Without spares nothing else is starting while processes are killed.
  app = await startHarness({ config: { warm: 0 }, learnsAttachments: true });
  anthropic = new Anthropic({ baseURL: app.url, apiKey: "any", maxRetries: 0 });
  openai = new OpenAI({ baseURL: `${app.url}/v1`, apiKey: "any", maxRetries: 0 });
});
afterEach(() => app.simulator.clearQueue());
afterAll(() => app[Symbol.asyncDispose]());

const received = () => receivedTurns(app.simulator.requests.at(-1) ?? expect.unreachable());

/** What the model was asked last, and how often since `before`, and that nothing of it was refused. */
function asked(before: number) {
  const requests = app.simulator.requests.slice(before);
  expect(requests.map(({ refusal }) => refusal?.message)).toEqual(requests.map(() => undefined));
  return { count: requests.length, body: requests.at(-1)?.rawBody };
}

const LOOK = { name: "look", description: "Looks.", input_schema: { type: "object" as const } };

describe.skipIf(!canSeeProcesses)("a loop whose process is gone in its middle goes on as it would have", () => {
  const replies = (name: string) => [
    blocks([thinkingBlock("First."), textBlock("Let me see."), toolUse(`toolu_${name}_1`, "look", { n: 1 })]),
    blocks([
      thinkingBlock("Second."),
      redactedThinkingBlock(inTheApisForm(`sealed thinking of ${name}`)),
      toolUse(`toolu_${name}_2`, "look", { n: 2 }),
    ]),
    text("Done."),
  ];

  /**
   * Asks, answers all calls, and so on, by the step of a dialect that tells whether there is more to do. The process goes before
   * the last answer, in one case also before the one in between: which dialect that is, the backend does not know.
   */
  async function loop(name: string, begin: () => (isLast: boolean) => Promise<boolean>, goesFrom = 2) {
    const bodies: unknown[] = [];
    for (const isForgotten of [false, true]) {
      const before = app.simulator.requests.length;
      app.simulator.enqueue(...replies(name));
      const step = begin();
      for (let steps = 1; await step(isForgotten); steps++) if (isForgotten && steps >= goesFrom) await forgetAll(app);
      const { count, body } = asked(before);
      expect(count).toBe(3);
      bodies.push(JSON.parse(body ?? "").messages);
    }
    expect(bodies[1]).toEqual(bodies[0]);
    expect(received().map(({ content }) => content.map(({ type }) => type))).toEqual([
      ["text"],
      ["thinking", "text", "tool_use"],
      ["tool_result"],
      ["thinking", "redacted_thinking", "tool_use"],
      ["tool_result"],
    ]);
  }

  test.each(["summarized", "omitted"] as const)("in Anthropic's SDK, streamed, its thinking %s", (display) =>
    loop(
      `anthropic_${display}`,
      () => {
        const messages: Anthropic.MessageParam[] = [{ role: "user", content: "Look around." }];
        return async () => {
          const thinking = { type: "adaptive" as const, display };
          const body = { model: MODEL, max_tokens: 4000, messages, tools: [LOOK], thinking };
          const { content } = await anthropic.messages.stream(body).finalMessage();
          const results = content.flatMap((block): Anthropic.ToolResultBlockParam[] =>
            block.type === "tool_use" ? [{ type: "tool_result", tool_use_id: block.id, content: "seen" }] : [],
          );
          messages.push({ role: "assistant", content }, { role: "user", content: results });
          return results.length > 0;
        };
      },
      display === "summarized" ? 1 : 2,
    ),
  );

  test("in responses that are not stored, whose thinking is told encrypted, with and without a summary", () =>
    loop("responses", () => {
      const input: OpenAI.Responses.ResponseInput = [{ role: "user", content: "Look around." }];
      return async (isSummed) => {
        const { output } = await openai.responses
          .stream({
            model: MODEL,
            input,
            tools: [
              { type: "function", name: "look", description: "Looks.", parameters: { type: "object" }, strict: null },
            ],
            store: false,
            include: ["reasoning.encrypted_content"],
            reasoning: isSummed ? { summary: "auto" } : {},
          })
          .finalResponse();
        // Clients leave out what only stored items are known by.
        const withoutId = (key: string, value: unknown) => (key === "id" ? undefined : value);
        const kept: OpenAI.Responses.ResponseInput = JSON.parse(JSON.stringify(output, withoutId));
        const results = output.flatMap((item) =>
          item.type === "function_call"
            ? [{ type: "function_call_output" as const, call_id: item.call_id, output: "seen" }]
            : [],
        );
        input.push(...kept, ...results);
        return results.length > 0;
      };
    }));

  test("in stored responses", () =>
    loop("stored", () => {
      let previous_response_id: string | undefined;
      let input: OpenAI.Responses.ResponseInput = [{ role: "user", content: "Look around." }];
      return async () => {
        const tools = [
          {
            type: "function" as const,
            name: "look",
            description: "Looks.",
            parameters: { type: "object" },
            strict: null,
          },
        ];
        const { id, output } = await openai.responses.create({ model: MODEL, input, tools, previous_response_id });
        previous_response_id = id;
        input = output.flatMap((item) =>
          item.type === "function_call"
            ? [{ type: "function_call_output" as const, call_id: item.call_id, output: "seen" }]
            : [],
        );
        return input.length > 0;
      };
    }));

  test("in chats, by what OpenAI's SDK has put together of a stream", () =>
    loop("chat", () => {
      const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: "Look around." }];
      const { name, description, input_schema: parameters } = LOOK;
      return async () => {
        const { choices } = await openai.chat.completions
          .stream({
            model: MODEL,
            messages,
            tools: [{ type: "function", function: { name, description, parameters } }],
          })
          .finalChatCompletion();
        const message = choices[0]?.message ?? expect.unreachable();
        const results = (message.tool_calls ?? []).map(({ id }) => ({
          role: "tool" as const,
          tool_call_id: id,
          content: "seen",
        }));
        messages.push(message, ...results);
        return results.length > 0;
      };
    }));
});

test.skipIf(!canSeeProcesses)(
  "what was thought in a process that was told a history holds in another one, too",
  async () => {
    const before = app.simulator.requests.length;
    app.simulator.enqueue(text("One."), text("Two.", { thinking: "Hm." }), text("Three."));
    const messages: Anthropic.MessageParam[] = [];
    for (const question of ["One?", "Two?", "Three?"]) {
      if (messages.length > 0) await forgetAll(app);
      messages.push({ role: "user", content: question });
      const body = { model: MODEL, max_tokens: 4000, messages, thinking: { type: "adaptive" as const } };
      const { content } = await anthropic.messages.create(body);
      messages.push({ role: "assistant", content });
    }
    expect(asked(before).count).toBe(3);
    expect(received()[3]?.content).toMatchObject([
      { type: "thinking", thinking: "Hm." },
      { type: "text", text: "Two." },
    ]);
  },
);

test("what was thought holds beside a deferred tool that is added once the model has found it", async () => {
  // By that name the CLI has a search of its own, so that the model knows this one by another.
  const FIND = { ...LOOK, name: "ToolSearch" };
  const body = { model: MODEL, max_tokens: 4000, thinking: { type: "adaptive" as const } };
  const question: Anthropic.MessageParam = { role: "user", content: "What is there?" };
  const before = app.simulator.requests.length;
  app.simulator.enqueue(blocks([thinkingBlock("Hm."), toolUse("toolu_find", "ToolSearch_2", {})]), text("Done."));
  const { content } = await anthropic.messages.create({ ...body, messages: [question], tools: [FIND] });
  const found: Anthropic.ToolResultBlockParam = {
    type: "tool_result",
    tool_use_id: "toolu_find",
    content: [{ type: "tool_reference", tool_name: "look" }],
  };
  const { response } = await anthropic.messages
    .create({
      ...body,
      messages: [question, { role: "assistant", content }, { role: "user", content: [found] }],
      tools: [FIND, { ...LOOK, defer_loading: true }],
    })
    .withResponse();
  expect(response.headers.get(IGNORED)).toBeNull();
  expect(asked(before).count).toBe(2);
  expect(received()[1]?.content).toMatchObject([{ type: "thinking", thinking: "Hm." }, { type: "tool_use" }]);
});

describe("thinking that the API would not take", () => {
  const messages = (thinking: object): Anthropic.MessageParam[] => [
    { role: "user", content: "One?" },
    { role: "assistant", content: [thinking as Anthropic.ThinkingBlockParam, { type: "text", text: "One." }] },
    { role: "user", content: "Two?" },
  ];
  const ask = (history: Anthropic.MessageParam[], fields: object = {}) =>
    anthropic.messages.create({ model: MODEL, max_tokens: 4000, messages: history, ...fields }).withResponse();
  const thoughts = () => received().flatMap(({ content }) => content.filter(({ type }) => type.includes("thinking")));
  /** What the model has thought of a question, as a client keeps it. */
  async function think(question: string, fields: object = {}): Promise<Anthropic.MessageParam[]> {
    app.simulator.enqueue(text("Yes.", { thinking: `About ${question}` }));
    const said: Anthropic.MessageParam = { role: "user", content: question };
    const { data } = await ask([said], { thinking: { type: "adaptive" }, ...fields });
    expect(data.content[0]?.type).toBe("thinking");
    return [said, { role: "assistant", content: data.content }, { role: "user", content: "And?" }];
  }

  test.each<[string, object]>([
    ["has no signature", { type: "thinking", thinking: "Hm.", signature: "" }],
    ["is another provider's", { type: "thinking", thinking: "Hm.", signature: `gAAAAA${"x".repeat(40)}` }],
    [
      "is Gemini's",
      { type: "thinking", thinking: "Hm.", signature: Buffer.from("\n\x05\x01\x11M2_ and so on").toString("base64") },
    ],
    ["is no text", { type: "thinking", thinking: 7, signature: null }],
  ])("since it %s is left out and named, and never sent", async (_, thinking) => {
    const before = app.simulator.requests.length;
    app.simulator.enqueue(text("Two."));
    const { data, response } = await ask(messages(thinking));
    expect(data.content).toMatchObject([{ type: "text", text: "Two." }]);
    expect(response.headers.get(IGNORED)).toBe("messages.content.thinking");
    expect([asked(before).count, thoughts()]).toEqual([1, []]);
  });

  test.each<[string, object]>([
    ["another model is asked", { model: "opus" }],
    ["the system prompt is another", { system: "Be brief." }],
    ["other tools are offered", { tools: [LOOK] }],
  ])("since %s is left out and named, and never sent", async (question, change) => {
    const history = await think(question);
    const before = app.simulator.requests.length;
    const { data, response } = await ask(history, change);
    // Older versions of the CLI ask a model whose thinking is bound to no prompt.
    const isLeftOut = data.model.includes("opus") || data.model.endsWith("-5-5");
    expect(response.headers.get(IGNORED)).toBe(isLeftOut ? "messages.content.thinking" : null);
    expect([asked(before).count, thoughts().length]).toEqual([1, isLeftOut ? 0 : 1]);
  });

  test("is sent where nothing is known of it, and costs the request nothing where it is refused", async () => {
    const made = inTheApisForm("nobody has signed this, but it looks like it");
    const before = app.simulator.requests.length;
    app.simulator.enqueue(text("Two."));
    const { data } = await ask(messages({ type: "thinking", thinking: "Hm.", signature: made }));
    expect(data.content).toMatchObject([{ type: "text", text: "Two." }]);
    const [refused, answered, ...more] = app.simulator.requests.slice(before);
    expect(refused?.refusal?.message).toContain("Invalid `signature` in `thinking` block");
    expect([answered?.refusal, thoughts(), more]).toEqual([undefined, [], []]);
  });
});
