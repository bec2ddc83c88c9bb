import { expect, test } from "bun:test";
import {
  blocks,
  cutMidStream,
  errorMidStream,
  redactedThinkingBlock,
  textBlock,
  thinkingBlock,
  toolUse,
} from "../../../src/simulator/reply.ts";
import { message, post, type StreamEvent, streamedEvents } from "../api-client.ts";
import { simulatorPerTest } from "../simulator-fixture.ts";

const start = simulatorPerTest();
const DIRECT = { caller: { type: "direct" } };

/** Each event of the blocks as its index with what it brings. */
function contentOf(events: readonly StreamEvent[]): unknown[] {
  return events
    .filter((event) => event.index !== undefined)
    .map((event) => [event.index, event.content_block ?? event.delta ?? event.type]);
}

test("several calls, with thinking before and text between them, stream exactly as they are given", async () => {
  const simulator = start();
  simulator.enqueue(
    blocks([
      thinkingBlock("Hm"),
      toolUse("toolu_1", "weather", ["", '{"city":', ' "Ulm"}']),
      textBlock("And", ["And"]),
      toolUse("toolu_2", "news", ['{"broken', "\n"]),
      toolUse("toolu_3", "time", []),
    ]),
  );
  const events = await streamedEvents(simulator);
  expect(contentOf(events)).toEqual([
    [0, { type: "thinking", thinking: "", signature: "" }],
    [0, { type: "thinking_delta", thinking: "H" }],
    [0, { type: "thinking_delta", thinking: "m" }],
    [0, { type: "signature_delta", signature: expect.any(String) }],
    [0, "content_block_stop"],
    [1, { type: "tool_use", id: "toolu_1", name: "weather", input: {}, ...DIRECT }],
    [1, { type: "input_json_delta", partial_json: "" }],
    [1, { type: "input_json_delta", partial_json: '{"city":' }],
    [1, { type: "input_json_delta", partial_json: ' "Ulm"}' }],
    [1, "content_block_stop"],
    [2, { type: "text", text: "" }],
    [2, { type: "text_delta", text: "And" }],
    [2, "content_block_stop"],
    [3, { type: "tool_use", id: "toolu_2", name: "news", input: {}, ...DIRECT }],
    [3, { type: "input_json_delta", partial_json: '{"broken' }],
    [3, { type: "input_json_delta", partial_json: "\n" }],
    [3, "content_block_stop"],
    [4, { type: "tool_use", id: "toolu_3", name: "time", input: {}, ...DIRECT }],
    [4, "content_block_stop"],
  ]);
  expect(events.find((event) => event.type === "message_delta")?.delta).toMatchObject({ stop_reason: "tool_use" });
});

test("redacted thinking comes whole, without deltas, and costs no thinking tokens", async () => {
  const simulator = start();
  const reply = blocks([redactedThinkingBlock("opaque"), toolUse("toolu_1", "time", {})]);
  simulator.enqueue(reply, reply);
  expect(contentOf(await streamedEvents(simulator)).slice(0, 3)).toEqual([
    [0, { type: "redacted_thinking", data: "opaque" }],
    [0, "content_block_stop"],
    [1, { type: "tool_use", id: "toolu_1", name: "time", input: {}, ...DIRECT }],
  ]);
  const { content, usage } = await message(simulator);
  expect(content[0]).toMatchObject({ type: "redacted_thinking", data: "opaque" });
  expect(usage.output_tokens_details).toEqual({ thinking_tokens: 0 });
});

test("max_tokens cuts a call within its input", async () => {
  const simulator = start();
  simulator.enqueue(blocks([toolUse("toolu_1", "weather", ['{"ci', 'ty":"Ulm"}'])]));
  const events = await streamedEvents(simulator, { max_tokens: 2 });
  expect(contentOf(events)).toEqual([
    [0, { type: "tool_use", id: "toolu_1", name: "weather", input: {}, ...DIRECT }],
    [0, { type: "input_json_delta", partial_json: '{"ci' }],
    [0, { type: "input_json_delta", partial_json: 'ty":' }],
    [0, "content_block_stop"],
  ]);
  expect(events.find((event) => event.type === "message_delta")?.delta).toMatchObject({ stop_reason: "max_tokens" });
});

test("stop sequences do not end a call's input", async () => {
  const simulator = start();
  simulator.enqueue(blocks([toolUse("toolu_1", "weather", { city: "Ulm" })]));
  const { content, stop_reason } = await message(simulator, { stop_sequences: ["Ulm"] });
  expect(content).toMatchObject([{ input: { city: "Ulm" } }]);
  expect(stop_reason).toBe("tool_use");
});

test("a stream may break within a call", async () => {
  const simulator = start();
  const begun = [textBlock("Well"), toolUse("toolu_1", "weather", ['{"ci'])];
  simulator.enqueue(cutMidStream(begun), errorMidStream(begun, "api_error"));
  const [cut, failed] = [await streamedEvents(simulator), await streamedEvents(simulator)];
  expect(cut.at(-1)).toMatchObject({ index: 1, delta: { type: "input_json_delta", partial_json: '{"ci' } });
  expect(failed.slice(-2)).toMatchObject([{ index: 1, delta: { partial_json: '{"ci' } }, { type: "error" }]);
});

test("what a broken call would be in a whole message is an empty input", async () => {
  const simulator = start();
  simulator.enqueue(blocks([toolUse("toolu_1", "weather", ['{"broken'])]));
  expect(await (await post(simulator)).json()).toMatchObject({ content: [{ type: "tool_use", input: {} }] });
});
