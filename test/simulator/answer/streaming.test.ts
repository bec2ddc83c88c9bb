import { expect, test } from "bun:test";
import { blocks, raw, text, textBlock, toolUse } from "../../../src/simulator/reply.ts";
import { deltas, message, parseFrames, post, streamedEvents, textOfDeltas } from "../api-client.ts";
import { simulatorPerTest } from "../simulator-fixture.ts";

const start = simulatorPerTest();

test("a streamed answer is exactly the event sequence of the Messages API", async () => {
  const simulator = start();
  simulator.enqueue(text("Hello there", { chunks: ["Hel", "lo there"] }));
  const events = await streamedEvents(simulator);
  expect(events).toEqual([
    {
      type: "message_start",
      message: {
        id: expect.stringMatching(/^msg_sim_\w+$/),
        type: "message",
        role: "assistant",
        model: "claude-test-1",
        content: [],
        stop_reason: null,
        stop_sequence: null,
        stop_details: null,
        usage: {
          input_tokens: 2,
          cache_creation_input_tokens: 0,
          cache_read_input_tokens: 0,
          cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
          output_tokens: 1,
          service_tier: "standard",
          inference_geo: "not_available",
        },
      },
    },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "ping" },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hel" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "lo there" } },
    { type: "content_block_stop", index: 0 },
    {
      type: "message_delta",
      delta: { stop_reason: "end_turn", stop_sequence: null, stop_details: null },
      usage: {
        input_tokens: 2,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        output_tokens: 3,
        output_tokens_details: { thinking_tokens: 0 },
      },
    },
    { type: "message_stop" },
  ]);
});

test("a stream is served as text/event-stream with a request id", async () => {
  const response = await post(start(), { stream: true });
  expect(response.headers.get("content-type")).toStartWith("text/event-stream");
  expect(response.headers.get("request-id")).toStartWith("req_sim_");
  await response.text();
});

test("text streams as several deltas that split words and never a character", async () => {
  const simulator = start();
  const content = "Ünïcode 👩‍👩‍👧 family and a longwordwithoutspaces\nnew line";
  simulator.enqueue(text(content));
  const pieces = deltas(await streamedEvents(simulator), "text");
  expect(pieces.join("")).toBe(content);
  expect(pieces.length).toBeGreaterThan(5);
  expect(pieces.every((piece) => piece.isWellFormed())).toBe(true);
  expect(pieces.some((piece) => /\w$/.test(piece))).toBe(true);
});

test("a long text streams in a bounded number of deltas", async () => {
  const simulator = start();
  const content = "0123456789".repeat(20_000);
  simulator.enqueue(text(content, { verbatim: true }));
  const pieces = deltas(await streamedEvents(simulator), "text");
  expect(pieces.join("")).toBe(content);
  expect(pieces.length).toBeLessThan(500);
});

test("chunks that do not add up to the text are a mistake in the test", () => {
  expect(() => text("Hello", { chunks: ["Hel"] })).toThrow("do not add up");
});

test("thinking streams as a block of its own before the text, closed by its signature", async () => {
  const simulator = start();
  simulator.enqueue(text("42", { thinking: "Let me see." }));
  const events = await streamedEvents(simulator);
  expect(deltas(events, "thinking").join("")).toBe("Let me see.");
  expect(
    events.filter((event) => event.index === 0).map((event) => event.delta ?? event.content_block ?? event.type),
  ).toEqual([
    { type: "thinking", thinking: "", signature: "" },
    { type: "thinking_delta", thinking: "Let" },
    { type: "thinking_delta", thinking: " me see" },
    { type: "thinking_delta", thinking: "." },
    { type: "signature_delta", signature: expect.stringMatching(/.+/) },
    "content_block_stop",
  ]);
  expect(textOfDeltas(events.filter((event) => event.index === 1))).toBe("42");
});

test("thinking tokens are part of the output tokens and reported on their own", async () => {
  const simulator = start();
  simulator.enqueue(text("12345678", { thinking: "1234" }));
  const delta = (await streamedEvents(simulator)).find((event) => event.type === "message_delta");
  expect(delta?.usage).toMatchObject({ output_tokens: 3, output_tokens_details: { thinking_tokens: 1 } });
});

test("a tool call streams its arguments in the given pieces and stops with tool_use", async () => {
  const simulator = start();
  simulator.enqueue(blocks([textBlock("Looking."), toolUse("toolu_1", "weather", ['{"ci', 'ty":"Ulm"}'])]));
  const events = await streamedEvents(simulator);
  expect(events.find((event) => event.type === "content_block_start" && event.index === 1)?.content_block).toEqual({
    type: "tool_use",
    id: "toolu_1",
    name: "weather",
    input: {},
    caller: { type: "direct" },
  });
  expect(deltas(events, "partial_json")).toEqual(['{"ci', 'ty":"Ulm"}']);
  expect(events.find((event) => event.type === "message_delta")?.delta).toMatchObject({ stop_reason: "tool_use" });
});

test("a tool call given as arguments streams their JSON, beginning with an empty piece as the API does", async () => {
  const simulator = start();
  simulator.enqueue(blocks([toolUse("toolu_1", "weather", { city: "Ulm" })]));
  const pieces = deltas(await streamedEvents(simulator), "partial_json");
  expect(pieces[0]).toBe("");
  expect(pieces.length).toBeGreaterThan(2);
  expect(pieces.join("")).toBe('{"city":"Ulm"}');
});

test("without stream the same reply is one JSON message", async () => {
  const simulator = start();
  simulator.enqueue(
    blocks([textBlock("Looking."), toolUse("toolu_1", "weather", { city: "Ulm" })], { model: "claude-other" }),
  );
  const response = await post(simulator);
  expect(response.headers.get("content-type")).toStartWith("application/json");
  expect(await response.json()).toMatchObject({
    id: expect.stringMatching(/^msg_sim_/),
    type: "message",
    role: "assistant",
    model: "claude-other",
    content: [
      { type: "text", text: "Looking." },
      { type: "tool_use", id: "toolu_1", name: "weather", input: { city: "Ulm" } },
    ],
    stop_reason: "tool_use",
    stop_sequence: null,
    usage: { output_tokens: 6 },
  });
});

test("an answer without any block is a legal message", async () => {
  const simulator = start();
  simulator.enqueue(blocks([]), blocks([]));
  expect((await streamedEvents(simulator)).map((event) => event.type)).toEqual([
    "message_start",
    "message_delta",
    "message_stop",
  ]);
  expect((await message(simulator)).content).toEqual([]);
});

test("stop reason, stop sequence, usage and headers are what the reply says", async () => {
  const simulator = start();
  simulator.enqueue(
    text("No.", {
      stopReason: "refusal",
      stopSequence: "X",
      usage: { input_tokens: 5, cache_creation_input_tokens: 6, cache_read_input_tokens: 7, output_tokens: 8 },
      headers: { "anthropic-ratelimit-unified-status": "allowed_warning" },
    }),
  );
  const response = await post(simulator);
  expect(response.headers.get("anthropic-ratelimit-unified-status")).toBe("allowed_warning");
  expect(await response.json()).toMatchObject({
    stop_reason: "refusal",
    stop_sequence: "X",
    usage: { input_tokens: 5, cache_creation_input_tokens: 6, cache_read_input_tokens: 7, output_tokens: 8 },
  });
});

test("raw events are streamed as they are, strings byte for byte", async () => {
  const simulator = start();
  simulator.enqueue(raw([{ type: "from_the_future", value: 1 }, ": comment\n\n", "event: broken\nda"], { gapMs: 1 }));
  const body = await (await post(simulator)).text();
  expect(body).toBe(
    'event: from_the_future\ndata: {"type":"from_the_future","value":1}\n\n: comment\n\nevent: broken\nda',
  );
});

test("deltas wait for their delay, the answer as a whole for its first delay", async () => {
  const simulator = start();
  simulator.enqueue(text("abc", { chunks: ["a", "b", "c"], delayMs: 20, firstDelayMs: 30 }));
  const begun = performance.now();
  const response = await post(simulator, { stream: true });
  // Timers may fire a little early by the other clock; only the lower bounds are promised.
  expect(performance.now() - begun).toBeGreaterThanOrEqual(28);
  expect(textOfDeltas(parseFrames(await response.text()))).toBe("abc");
  expect(performance.now() - begun).toBeGreaterThanOrEqual(66);
});
