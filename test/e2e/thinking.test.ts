import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import Anthropic from "@anthropic-ai/sdk";
import { blocks, text, thinkingBlock, toolUse } from "../../src/simulator/reply.ts";
import { inTheApisForm } from "../../src/simulator/thinking-signature.ts";
import type { Harness } from "../support/harness.ts";
import { receivedTurns } from "../support/received.ts";
import { shareHarness } from "../support/shared-harness.ts";

// What the model thought goes through clients and back. To a process that never knew it: restore.test.ts.

const MODEL = "claude-sonnet-4";
const IGNORED = "x-claude-max-api-ignored";

let app: Harness;
let anthropic: Anthropic;
beforeAll(async () => {
  app = await shareHarness();
  anthropic = new Anthropic({ baseURL: app.url, apiKey: "any", maxRetries: 0 });
});
afterEach(() => app.simulator.clearQueue());
afterAll(() => app[Symbol.asyncDispose]());

/** Streamed: for a question alone another process might be started else. */
async function ask(messages: Anthropic.MessageParam[], fields: object = {}) {
  const { data, response } = await anthropic.messages
    .stream({ model: MODEL, max_tokens: 4000, messages, ...fields })
    .withResponse();
  return { message: await data.finalMessage(), ignored: response.headers.get(IGNORED) };
}

const received = () => receivedTurns(app.simulator.requests.at(-1) ?? expect.unreachable());

/** What the model was asked last, and how often since `before`, and that nothing of it was refused. */
function asked(before: number) {
  const requests = app.simulator.requests.slice(before);
  expect(requests.map(({ refusal }) => refusal?.message)).toEqual(requests.map(() => undefined));
  return { count: requests.length, body: requests.at(-1)?.rawBody };
}

const LOOK = { name: "look", description: "Looks.", input_schema: { type: "object" as const } };

test("what was thought holds beside a deferred tool that is added once the model has found it", async () => {
  // By that name the CLI has a search of its own, so that the model knows this one by another.
  const FIND = { ...LOOK, name: "ToolSearch" };
  const thinking = { type: "adaptive" };
  const question: Anthropic.MessageParam = { role: "user", content: "What is there?" };
  const before = app.simulator.requests.length;
  app.simulator.enqueue(blocks([thinkingBlock("Hm."), toolUse("toolu_find", "ToolSearch_2", {})]), text("Done."));
  const { content } = (await ask([question], { thinking, tools: [FIND] })).message;
  const found: Anthropic.ToolResultBlockParam = {
    type: "tool_result",
    tool_use_id: "toolu_find",
    content: [{ type: "tool_reference", tool_name: "look" }],
  };
  const messages = [question, { role: "assistant" as const, content }, { role: "user" as const, content: [found] }];
  const { ignored } = await ask(messages, { thinking, tools: [FIND, { ...LOOK, defer_loading: true }] });
  expect(ignored).toBeNull();
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
    const { message, ignored } = await ask(history);
    expect(message.content).toMatchObject([{ type: "text", text: "Two." }]);
    expect(ignored).toBe("messages.content.thinking");
    expect([asked(before).count, thoughts()]).toEqual([1, []]);
  });

  test("is sent where nothing is known of it, and costs the request nothing where it is refused", async () => {
    const made = inTheApisForm("nobody has signed this, but it looks like it");
    const before = app.simulator.requests.length;
    app.simulator.enqueue(text("Two."));
    // Where thinking is bound to what was told before it, a process would be started for this.
    const history = conversation({ type: "thinking", thinking: "Hm.", signature: made });
    const { message } = await ask(history, { model: "claude-opus-4-8" });
    expect(message.content).toMatchObject([{ type: "text", text: "Two." }]);
    const [refused, answered, ...more] = app.simulator.requests.slice(before);
    expect(refused?.refusal?.message).toContain("Invalid `signature` in `thinking` block");
    expect([answered?.refusal, thoughts(), more]).toEqual([undefined, [], []]);
  });

  test("since another model is asked, or the system prompt is another, is left out and named, and never sent", async () => {
    app.simulator.enqueue(text("Yes.", { thinking: "Hm." }));
    const question: Anthropic.MessageParam = { role: "user", content: "Yes?" };
    const { message: answer } = await ask([question], { thinking: { type: "adaptive" } });
    expect(answer.content[0]?.type).toBe("thinking");
    const history = [question, { role: "assistant" as const, content: answer.content }, question];
    for (const change of [{ model: "opus" }, { system: "Be brief." }]) {
      const before = app.simulator.requests.length;
      const { message, ignored } = await ask(history, change);
      // Older versions of the CLI ask a model whose thinking is bound to no prompt.
      const isLeftOut = message.model.includes("opus") || message.model.endsWith("-5-5");
      expect(ignored).toBe(isLeftOut ? "messages.content.thinking" : null);
      expect([asked(before).count, thoughts().length]).toEqual([1, isLeftOut ? 0 : 1]);
    }
  });
});
