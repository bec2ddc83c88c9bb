import { expect, test } from "bun:test";
import { text } from "../../../src/simulator/reply.ts";
import { message, parseFrames, post, streamedEvents } from "../api-client.ts";
import { simulatorPerTest } from "../simulator-fixture.ts";

const start = simulatorPerTest();

/** The kinds of blocks of an answer that thought, and what is shown of the thinking. */
async function shown(model: string, thinking?: object): Promise<unknown[]> {
  const simulator = start();
  simulator.enqueue(text("42", { thinking: "Let me see." }));
  const { content, usage } = await message(simulator, { model, ...(thinking && { thinking }) });
  const block = content.find(({ type }) => type === "thinking") as { thinking?: string } | undefined;
  return [block?.thinking, usage.output_tokens_details?.thinking_tokens];
}

const ALL = ["Let me see.", 3];
const OMITTED = ["", 3];
const NONE = [undefined, undefined];

test.each<[model: string, thinking: object | undefined, expected: unknown[]]>([
  ["claude-opus-5-5", undefined, OMITTED],
  ["claude-opus-5-5", { type: "adaptive" }, OMITTED],
  ["claude-opus-5-5", { type: "adaptive", display: "summarized" }, ALL],
  ["claude-opus-4-8", undefined, NONE],
  ["claude-opus-4-8", { type: "adaptive" }, OMITTED],
  ["claude-opus-4-6", { type: "adaptive" }, ALL],
  ["claude-opus-4-6", { type: "adaptive", display: "omitted" }, OMITTED],
  ["claude-haiku-4-5", undefined, NONE],
  ["claude-haiku-5-5", { type: "disabled" }, NONE],
  ["claude-test-1", undefined, ALL],
])("of %s asked for %j is shown what it thought: %j", async (model, thinking, expected) => {
  expect(await shown(model, thinking)).toEqual(expected);
});

test("thinking that is left out streams its signature alone, and an estimate where the client knows of it", async () => {
  const simulator = start();
  const changes = { model: "claude-opus-5-5", stream: true };
  const reply = text("42", { thinking: "Let me see." });
  simulator.enqueue(reply, reply);
  const deltas = (events: { type: string; delta?: unknown }[]) =>
    events.filter(({ type }) => type === "content_block_delta").map(({ delta }) => delta as { type: string });
  expect(deltas(await streamedEvents(simulator, changes))[0]).toMatchObject({ type: "signature_delta" });
  const headers = {
    authorization: "Bearer sk-ant-oat01-test",
    "anthropic-beta": "thinking-token-count-2026-05-13",
    "content-type": "application/json",
  };
  const counted = parseFrames(await (await post(simulator, changes, { headers })).text());
  expect(deltas(counted).slice(0, 2)).toMatchObject([
    { type: "thinking_delta", thinking: "", estimated_tokens: 50 },
    { type: "signature_delta" },
  ]);
});
