import { describe, expect, test } from "bun:test";
import { reads } from "../../../src/simulator/judge/refuse-thinking.ts";
import {
  blocks,
  redactedThinkingBlock,
  text,
  textBlock,
  thinkingBlock,
  toolUse,
} from "../../../src/simulator/reply.ts";
import type { Simulator } from "../../../src/simulator/simulator.ts";
import { message, post, refusal } from "../api-client.ts";
import { simulatorPerTest } from "../simulator-fixture.ts";

const start = simulatorPerTest();
const NEWEST = "claude-opus-5-5";
const OLDER = "claude-opus-4-8";
const SHOWN = { thinking: { type: "adaptive", display: "summarized" } };
const QUESTION = { role: "user", content: "Weather?" };
const CONTROLS = { "anthropic-beta": "thinking-binding-controls-2026-08-01" };
const BOUND =
  "messages.1.content.0: Invalid `signature` in `thinking` block. The block is bound to a different conversation. " +
  'Remove the block, or set `thinking.block_binding.prefix_mismatch_behavior` to "drop_block".';

/** What a model says to the question, as it is sent back. */
async function thought(simulator: Simulator, model: string, changes: object = {}) {
  simulator.enqueue(blocks([thinkingBlock("Hm."), toolUse("toolu_1", "look", {})]));
  const { content } = await message(simulator, { model, messages: [QUESTION], ...SHOWN, ...changes });
  const [thinking] = content as Record<string, unknown>[];
  if (thinking === undefined) throw new Error("nothing was said");
  return { content, thinking };
}

const results = { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "Sunny." }] };
const goOn = (content: unknown) => ({ messages: [QUESTION, { role: "assistant", content }, results], ...SHOWN });

/** The status of a request with these changes, and the complaint. */
async function judged(simulator: Simulator, body: Record<string, unknown>, headers: Record<string, string> = {}) {
  const authorized = { authorization: "Bearer sk-ant-oat01-test", "content-type": "application/json", ...headers };
  const response = await post(simulator, body, { headers: authorized });
  if (response.status === 200) return response.json();
  const refused = await refusal(response);
  return refused.message;
}

const dropped = (simulator: Simulator) => simulator.requests.at(-1)?.inputTransformations;

describe("a signature", () => {
  test.each([NEWEST, OLDER])("that the simulator gave is taken (%s)", async (model) => {
    const simulator = start();
    const { content } = await thought(simulator, model);
    expect(await judged(simulator, { model, ...goOn(content) })).toMatchObject({ type: "message" });
    expect(dropped(simulator)).toEqual([]);
  });

  test.each([
    ["missing", { signature: undefined }, "messages.1.content.0.thinking.signature: Field required"],
    ["empty", { signature: "" }, "messages.1.content.0: Invalid `signature` in `thinking` block"],
    ["invented", { signature: "EqoBCkYIAhgC" }, "messages.1.content.0: Invalid `signature` in `thinking` block"],
    ["of other words", { thinking: "Well." }, "messages.1.content.0: Invalid `signature` in `thinking` block"],
  ])("that is %s is refused", async (_, changes, words) => {
    const simulator = start();
    const { content, thinking } = await thought(simulator, OLDER);
    const body = goOn([{ ...thinking, ...changes }, ...content.slice(1)]);
    expect(await judged(simulator, { model: OLDER, ...body })).toBe(words);
  });

  test("that a test names is taken as it is", async () => {
    const simulator = start({ trustedSignatures: ["recorded"] });
    const { content } = await thought(simulator, OLDER);
    const known = { type: "thinking", thinking: "Any words.", signature: "recorded" };
    expect(await judged(simulator, { model: OLDER, ...goOn([known, ...content.slice(1)]) })).toMatchObject({
      type: "message",
    });
  });

  test("of another model's thinking is no error: the block is dropped, and named to whom it asks", async () => {
    const simulator = start();
    const { content } = await thought(simulator, NEWEST);
    const dropping = { type: "thinking_dropped", path: "messages.1.content.0", reason: "model_binding_mismatch" };
    const other = { model: "claude-sonnet-5-5", ...goOn(content) };
    expect(await judged(simulator, other)).not.toHaveProperty("input_transformations");
    expect(dropped(simulator)).toMatchObject([dropping]);
    expect(await judged(simulator, other, CONTROLS)).toMatchObject({ input_transformations: [dropping] });
  });
});

describe("what was before the thinking", () => {
  const TOOL = { name: "look", input_schema: { type: "object" } };
  const marked = { cache_control: { type: "ephemeral" } };

  test.each<[string, object]>([
    ["an earlier message", { messages: [{ role: "user", content: "Other?" }] }],
    ["the system prompt", { system: "Be brief." }],
    ["the tools", { tools: [TOOL] }],
  ])("may not change on the newest models: %s", async (_, changes) => {
    const simulator = start();
    const { content } = await thought(simulator, NEWEST, changes);
    expect(await judged(simulator, { model: NEWEST, ...goOn(content) })).toBe(BOUND);
  });

  test("may change on older ones, and for older accounts, which are told when they ask", async () => {
    const simulator = start({ isNewAccount: false });
    const old = await thought(simulator, OLDER, { system: "Be brief." });
    expect(await judged(simulator, { model: OLDER, ...goOn(old.content) })).toMatchObject({ type: "message" });
    const { content } = await thought(simulator, NEWEST, { system: "Be brief." });
    expect(await judged(simulator, { model: NEWEST, ...goOn(content) }, CONTROLS)).toMatchObject({
      input_transformations: [{ type: "thinking_mismatch_allowed", reason: "prefix_binding_mismatch" }],
    });
  });

  test("may change for no account with Fable 5.2", async () => {
    const simulator = start({ isNewAccount: false });
    const { content } = await thought(simulator, "claude-fable-5-2", { system: "Be brief." });
    expect(await judged(simulator, { model: "claude-fable-5-2", ...goOn(content) })).toBe(BOUND);
  });

  test("may change where the thinking is to be dropped then", async () => {
    const simulator = start();
    const { content } = await thought(simulator, NEWEST, { system: "Be brief." });
    const thinking = { ...SHOWN.thinking, block_binding: { prefix_mismatch_behavior: "drop_block" } };
    const body = { model: NEWEST, ...goOn(content), thinking };
    expect(await judged(simulator, body)).toBe("thinking.adaptive.block_binding: Extra inputs are not permitted");
    expect(await judged(simulator, body, CONTROLS)).toMatchObject({
      input_transformations: [{ type: "thinking_dropped", reason: "prefix_binding_mismatch" }],
    });
  });

  test("is the same with marks for the cache, other tools' order, and its texts as blocks", async () => {
    const simulator = start();
    const tools = [TOOL, { ...TOOL, name: "search" }];
    const { content } = await thought(simulator, NEWEST, { tools, system: "Be brief." });
    const [, ...rest] = goOn(content).messages;
    const system = [{ type: "text", text: "Be brief.", ...marked }];
    const messages = [{ role: "user", content: [{ type: "text", text: "Weather?", ...marked }] }, ...rest];
    const body = { model: NEWEST, ...SHOWN, system, messages, tools: tools.toReversed() };
    expect(await judged(simulator, body)).toMatchObject({ type: "message" });
  });

  test("may lose its own thinking from the beginning on, but not from between", async () => {
    const simulator = start();
    const said: object[][] = [];
    const messages: unknown[] = [QUESTION];
    for (const word of ["One", "Two", "Three"]) {
      simulator.enqueue(text(word, { thinking: word }));
      const { content } = await message(simulator, { model: NEWEST, messages, ...SHOWN });
      said.push(content);
      messages.push({ role: "assistant", content }, { role: "user", content: "And?" });
    }
    const without = (...left: number[]) =>
      messages.map((turn, index) =>
        left.includes(index) ? { role: "assistant", content: said[(index - 1) / 2]?.slice(1) } : turn,
      );
    const ask = (list: unknown[]) => judged(simulator, { model: NEWEST, messages: list, ...SHOWN });
    expect(await ask(without())).toMatchObject({ type: "message" });
    expect(await ask(without(1))).toMatchObject({ type: "message" });
    expect(await ask(without(3))).toContain("messages.5.content.0: Invalid `signature`");
  });
});

test("redacted thinking is taken where a reply told it, and nowhere else", async () => {
  const simulator = start();
  simulator.enqueue(blocks([redactedThinkingBlock("sealed"), textBlock("So.")]));
  const { content } = await message(simulator, { model: NEWEST });
  const messages = [{ role: "user", content: "Hello" }, { role: "assistant", content }, QUESTION];
  expect(await judged(simulator, { model: NEWEST, messages })).toMatchObject({ type: "message" });
  expect(await judged(start(), { model: NEWEST, messages })).toBe(
    "messages.1.content.0: Invalid `data` in `redacted_thinking` block",
  );
});

test.each<[reader: string, writer: string, isRead: boolean]>([
  ["claude-opus-5-5", "claude-opus-5", true],
  ["claude-opus-5", "claude-opus-5-5", false],
  ["claude-opus-5-5", "claude-fable-5", false],
  ["claude-fable-5-1", "claude-opus-5-5", true],
  ["claude-fable-5-1", "claude-fable-5-2", false],
  ["claude-mythos-5-2", "claude-fable-5-2", true],
  ["claude-sonnet-5-5", "claude-haiku-5-5", true],
  ["claude-haiku-5-5", "claude-opus-4-8", false],
  ["claude-haiku-4-5", "claude-haiku-4-5-20251001", true],
])("%s reads the thinking of %s: %p", (reader, writer, isRead) => expect(reads(reader, writer)).toBe(isRead));
