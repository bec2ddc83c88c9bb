import { expect, test } from "bun:test";
import { blocks, native, text } from "../../../src/simulator/reply.ts";
import { message, type StreamEvent, streamedEvents } from "../api-client.ts";
import { simulatorPerTest } from "../simulator-fixture.ts";

const start = simulatorPerTest();
const CALL = { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "weather" } };
const RESULT = { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] };
const CITATION = { type: "web_search_result_location", url: "https://example.com/", title: "A", cited_text: "Sun" };

/** Each event of the blocks as its index with what it brings. */
function contentOf(events: readonly StreamEvent[]): unknown[] {
  return events
    .filter((event) => event.index !== undefined)
    .map((event) => [event.index, event.content_block ?? event.delta ?? event.type]);
}

test("a server tool's call streams its input in pieces, and its result comes whole as it begins", async () => {
  const simulator = start();
  simulator.enqueue(blocks([native(CALL), native(RESULT)]));
  const events = await streamedEvents(simulator);
  const content = contentOf(events);
  const pieces = events.flatMap(({ delta }) => (delta as { partial_json?: string } | undefined)?.partial_json ?? []);
  expect(content[0]).toEqual([0, { ...CALL, input: {} }]);
  expect(content[1]).toEqual([0, { type: "input_json_delta", partial_json: "" }]);
  expect(pieces.length).toBeGreaterThan(2);
  expect(pieces.join("")).toBe('{"query":"weather"}');
  expect(content.slice(-2)).toEqual([
    [1, RESULT],
    [1, "content_block_stop"],
  ]);
  expect(events.find((event) => event.type === "message_delta")?.delta).toMatchObject({ stop_reason: "end_turn" });
});

test("the API's own blocks stand in an answer in one piece as they are", async () => {
  const simulator = start();
  simulator.enqueue(blocks([native(CALL), native(RESULT)], { stopReason: "pause_turn" }));
  const answer = await message(simulator);
  expect(answer.content as unknown[]).toEqual([CALL, RESULT]);
  expect(answer.stop_reason).toBe("pause_turn");
});

test("a block of the API's own can begin empty and be filled by deltas that are given", async () => {
  const simulator = start();
  const summary = { type: "compaction", content: "They said hello.", encrypted_content: null };
  const delta = { type: "compaction_delta", content: "They said hello.", encrypted_content: null };
  simulator.enqueue(blocks([native(summary, { start: { ...summary, content: null }, deltas: [delta] })]));
  expect(contentOf(await streamedEvents(simulator))).toEqual([
    [0, { ...summary, content: null }],
    [0, delta],
    [0, "content_block_stop"],
  ]);
});

test("the citations of a text come before its words", async () => {
  const simulator = start();
  simulator.enqueue(text("Sunny", { citations: [CITATION], chunks: ["Sun", "ny"] }));
  expect(contentOf(await streamedEvents(simulator))).toEqual([
    [0, { type: "text", text: "", citations: [] }],
    [0, { type: "citations_delta", citation: CITATION }],
    [0, { type: "text_delta", text: "Sun" }],
    [0, { type: "text_delta", text: "ny" }],
    [0, "content_block_stop"],
  ]);
  simulator.enqueue(text("Sunny", { citations: [CITATION] }));
  expect((await message(simulator)).content as unknown[]).toEqual([
    { type: "text", text: "Sunny", citations: [CITATION] },
  ]);
});

test("a server tool's input ends where the tokens end", async () => {
  const simulator = start();
  simulator.enqueue(blocks([native(CALL), native(RESULT)]));
  const answer = await message(simulator, { max_tokens: 2 });
  expect(answer.content as unknown[]).toEqual([{ ...CALL, input: {} }]);
  expect(answer.stop_reason).toBe("max_tokens");
});
