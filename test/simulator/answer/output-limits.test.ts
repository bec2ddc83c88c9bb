import { expect, test } from "bun:test";
import { text } from "../../../src/simulator/reply.ts";
import { message, streamedEvents, textOfDeltas } from "../api-client.ts";
import { simulatorPerTest } from "../simulator-fixture.ts";

const start = simulatorPerTest();

async function limited(content: string, request: Record<string, unknown>, options: Parameters<typeof text>[1] = {}) {
  const simulator = start();
  simulator.enqueue(text(content, options));
  const { content: blocks, stop_reason, stop_sequence, usage } = await message(simulator, request);
  const shown = blocks.map((block) => block.text ?? `(${block.type})`).join("|");
  return { text: shown, stop_reason, stop_sequence, output_tokens: usage.output_tokens };
}

test("a stop sequence ends the text before it and is named", async () => {
  expect(await limited("one END two", { stop_sequences: ["END"] })).toEqual({
    text: "one ",
    stop_reason: "stop_sequence",
    stop_sequence: "END",
    output_tokens: 1,
  });
});

test("of several stop sequences the earliest in the text wins", async () => {
  expect(await limited("one two three", { stop_sequences: ["three", "two", "four"] })).toMatchObject({
    text: "one ",
    stop_sequence: "two",
  });
});

test("a stop sequence spread over several deltas ends the stream before it", async () => {
  const simulator = start();
  simulator.enqueue(text("abcdef", { chunks: ["ab", "cd", "ef"] }));
  const events = await streamedEvents(simulator, { stop_sequences: ["bcd"] });
  expect(textOfDeltas(events)).toBe("a");
  expect(events.find((event) => event.type === "message_delta")?.delta).toEqual({
    stop_reason: "stop_sequence",
    stop_sequence: "bcd",
    stop_details: null,
  });
});

test("a stop sequence at the very beginning leaves no block at all", async () => {
  expect(await limited("END", { stop_sequences: ["END"] })).toMatchObject({ text: "", output_tokens: 0 });
});

test("stop sequences do not end thinking", async () => {
  expect(await limited("fine", { stop_sequences: ["END"] }, { thinking: "not yet END of it" })).toMatchObject({
    text: "(thinking)|fine",
    stop_reason: "end_turn",
  });
});

test("max_tokens cuts the text after four characters each", async () => {
  expect(await limited("0123456789", { max_tokens: 2 })).toEqual({
    text: "01234567",
    stop_reason: "max_tokens",
    stop_sequence: null,
    output_tokens: 2,
  });
});

test("a text worth exactly max_tokens ends by itself", async () => {
  expect(await limited("01234567", { max_tokens: 2 })).toMatchObject({ text: "01234567", stop_reason: "end_turn" });
});

test("max_tokens never cuts a character in half", async () => {
  expect(await limited("abc👍", { max_tokens: 1 })).toMatchObject({ text: "abc", stop_reason: "max_tokens" });
});

test("thinking spends from max_tokens too", async () => {
  expect(await limited("never seen", { max_tokens: 2 }, { thinking: "12345678" })).toMatchObject({
    text: "(thinking)",
    stop_reason: "max_tokens",
    output_tokens: 2,
  });
});

test("a stop sequence beyond max_tokens does not count", async () => {
  expect(await limited("0123456789END", { max_tokens: 2, stop_sequences: ["END"] })).toMatchObject({
    text: "01234567",
    stop_reason: "max_tokens",
  });
});

test("a limit that was reached comes before the stop reason the reply asks for", async () => {
  expect(await limited("0123456789", { max_tokens: 2 }, { stopReason: "refusal" })).toMatchObject({
    stop_reason: "max_tokens",
  });
});

test("a verbatim reply ignores both limits", async () => {
  expect(await limited("one END two", { max_tokens: 1, stop_sequences: ["END"] }, { verbatim: true })).toMatchObject({
    text: "one END two",
    stop_reason: "end_turn",
  });
});
