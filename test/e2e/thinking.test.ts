import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import Anthropic from "@anthropic-ai/sdk";
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
beforeAll(async () => {
  // Without spares nothing else is starting while processes are killed.
  app = await startHarness({ config: { warm: 0 }, learnsAttachments: true });
  anthropic = new Anthropic({ baseURL: app.url, apiKey: "any", maxRetries: 0 });
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

const SEEN: Anthropic.TextBlockParam[] = [
  { type: "text", text: "It is" },
  { type: "text", text: "seen." },
];
const LOOK_AT = (n: number) => toolUse(`toolu_${n}`, "look", { n });
const LOOK = { name: "look", description: "Looks.", input_schema: { type: "object" as const } };

test.skipIf(!canSeeProcesses)(
  "a loop whose process is gone before each of its requests goes on as it would have, byte for byte, read from the prompt cache as far",
  async () => {
    // Which dialect that is, the backend does not know. Here the client is not even told the words of what was thought.
    const thinking = { type: "adaptive", display: "omitted" } as const;
    const told: (string | undefined)[] = [];
    for (const isForgotten of [false, true]) {
      app.simulator.clearPromptCache();
      const before = app.simulator.requests.length;
      app.simulator.enqueue(
        blocks([thinkingBlock("First."), textBlock("Let me see."), LOOK_AT(1), LOOK_AT(2)]),
        blocks([thinkingBlock("Second."), redactedThinkingBlock(inTheApisForm("sealed thinking")), LOOK_AT(3)]),
        text("Seen.", { thinking: "Third." }),
        text("Done."),
      );
      // Longer than what is too short to be cached.
      const messages: Anthropic.MessageParam[] = [{ role: "user", content: "Look around. ".repeat(1_000) }];
      for (let asked = 0; asked < 4; asked++) {
        if (isForgotten && asked > 0) await forgetAll(app);
        const body = { model: MODEL, max_tokens: 4000, messages, tools: [LOOK], thinking };
        const { content } = await anthropic.messages.stream(body).finalMessage();
        const results = content.flatMap((block): Anthropic.ToolResultBlockParam[] =>
          block.type === "tool_use" ? [{ type: "tool_result", tool_use_id: block.id, content: SEEN }] : [],
        );
        messages.push({ role: "assistant", content }, { role: "user", content: results.length > 0 ? results : "And?" });
      }
      const { count, body } = asked(before);
      expect(count).toBe(4);
      told.push(body?.replace(/"metadata":\{"user_id":"(?:[^"\\]|\\.)*"\},?/, ""));
      if (process.env.TEST_CLAUDE_PATH !== undefined) continue;
      const charged = app.simulator.requests.slice(before).map((request) => request.charged ?? expect.unreachable());
      const written = charged.map(
        ({ cache_read_input_tokens: read, cache_creation_input_tokens: made }) => read + made,
      );
      expect(Math.min(...written)).toBeGreaterThan(1_000);
      expect(charged.slice(1).map((one) => one.cache_read_input_tokens)).toEqual(written.slice(0, -1));
    }
    expect(told[1]).toBe(told[0]);
    expect(received().map(({ content }) => content.map(({ type }) => type))).toEqual([
      ["text"],
      ["thinking", "text", "tool_use", "tool_use"],
      ["tool_result", "tool_result"],
      ["thinking", "redacted_thinking", "tool_use"],
      ["tool_result"],
      ["thinking", "text"],
      ["text"],
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
  const conversation = (...thoughts: object[]): Anthropic.MessageParam[] => [
    ...thoughts.flatMap((thought, n): Anthropic.MessageParam[] => [
      { role: "user", content: `${n}?` },
      { role: "assistant", content: [thought as Anthropic.ThinkingBlockParam, { type: "text", text: `${n}.` }] },
    ]),
    { role: "user", content: "And?" },
  ];
  const ask = (messages: Anthropic.MessageParam[], fields: object = {}) =>
    anthropic.messages.create({ model: MODEL, max_tokens: 4000, messages, ...fields }).withResponse();
  const thoughts = () => received().flatMap(({ content }) => content.filter(({ type }) => type.includes("thinking")));

  test("since it has no signature, is another's, or no text, is left out and named, and never sent", async () => {
    const before = app.simulator.requests.length;
    app.simulator.enqueue(text("Two."));
    const history = conversation(
      { type: "thinking", thinking: "Hm.", signature: "" },
      { type: "thinking", thinking: "Hm.", signature: `gAAAAA${"x".repeat(40)}` },
      { type: "thinking", thinking: "Hm.", signature: Buffer.from("\n\x05\x01\x11M2_ and so on").toString("base64") },
      { type: "thinking", thinking: 7, signature: null },
    );
    const { data, response } = await ask(history);
    expect(data.content).toMatchObject([{ type: "text", text: "Two." }]);
    expect(response.headers.get(IGNORED)).toBe("messages.content.thinking");
    expect([asked(before).count, thoughts()]).toEqual([1, []]);
  });

  test("since another model is asked, or the system prompt is another, is left out and named, and never sent", async () => {
    app.simulator.enqueue(text("Yes.", { thinking: "Hm." }));
    const question: Anthropic.MessageParam = { role: "user", content: "Yes?" };
    const { data: answer } = await ask([question], { thinking: { type: "adaptive" } });
    expect(answer.content[0]?.type).toBe("thinking");
    const history = [question, { role: "assistant" as const, content: answer.content }, question];
    for (const change of [{ model: "opus" }, { system: "Be brief." }]) {
      const before = app.simulator.requests.length;
      const { data, response } = await ask(history, change);
      // Older versions of the CLI ask a model whose thinking is bound to no prompt.
      const isLeftOut = data.model.includes("opus") || data.model.endsWith("-5-5");
      expect(response.headers.get(IGNORED)).toBe(isLeftOut ? "messages.content.thinking" : null);
      expect([asked(before).count, thoughts().length]).toEqual([1, isLeftOut ? 0 : 1]);
    }
  });

  test("is sent where nothing is known of it, and costs the request nothing where it is refused", async () => {
    const made = inTheApisForm("nobody has signed this, but it looks like it");
    const before = app.simulator.requests.length;
    app.simulator.enqueue(text("Two."));
    const { data } = await ask(conversation({ type: "thinking", thinking: "Hm.", signature: made }));
    expect(data.content).toMatchObject([{ type: "text", text: "Two." }]);
    const [refused, answered, ...more] = app.simulator.requests.slice(before);
    expect(refused?.refusal?.message).toContain("Invalid `signature` in `thinking` block");
    expect([answered?.refusal, thoughts(), more]).toEqual([undefined, [], []]);
  });
});
