import { describe, expect, test } from "bun:test";
import type { ApiStreamEvent } from "../../../src/claude/protocol/messages.ts";
import type { ChatEvent, FinishReason } from "../../../src/core/event.ts";
import { finish, reasoning, START, text, USAGE } from "./expected-events.ts";
import { kindOf, recorded, replay } from "./replay.ts";

const REDACTED: readonly ChatEvent[] = [
  { type: "native-start", block: 0, content: { type: "redacted_thinking", data: "cmVk" } },
  { type: "native-end", block: 0 },
];

describe("the whole event list of", () => {
  const answers: [string, string, ChatEvent[]][] = [
    ["a plain text", "text", [START, ...text(0, "Hello ", "big ", "world"), finish("stop", "end_turn")]],
    [
      "thinking, then text",
      "thinking-then-text",
      [
        START,
        ...reasoning(0, "Let ", "me ", "think"),
        ...text(1, "Done ", "now"),
        finish("stop", "end_turn", { ...USAGE, reasoningTokens: 9 }),
      ],
    ],
    [
      "redacted thinking, then text",
      "redacted-thinking",
      [START, ...REDACTED, ...text(1, "Done ", "now"), finish("stop", "end_turn")],
    ],
    ["two text blocks", "two-text-blocks", [START, ...text(0, "One"), ...text(1, "Two"), finish("stop", "end_turn")]],
    [
      "an answer ended by a stop sequence",
      "stop-sequence",
      [START, ...text(0, "up ", "to ", "here"), finish("stop", "stop_sequence")],
    ],
    [
      "an answer ended by the token limit, and not of what the CLI asks for by itself afterwards",
      "max-tokens",
      [START, ...text(0, "cut ", "at ", "max"), finish("length", "max_tokens")],
    ],
    [
      "an answer ended by the token limit and interrupted",
      "max-tokens-interrupted",
      [START, ...text(0, "cut ", "at ", "max"), finish("length", "max_tokens")],
    ],
    [
      "an answer that filled the context window",
      "window-exceeded",
      [START, ...text(0, "cut ", "at ", "window"), finish("length", "model_context_window_exceeded")],
    ],
    [
      "a refusal: the CLI's notice before its end is no part of it, and not its error",
      "refusal",
      [START, ...text(0, "I ", "can ", "not"), finish("content-filter", "refusal")],
    ],
    [
      "a refusal that was interrupted",
      "refusal-interrupted",
      [START, ...text(0, "I ", "can ", "not"), finish("content-filter", "refusal")],
    ],
    ["a refusal without a word", "refusal-empty", [START, finish("content-filter", "refusal")]],
    [
      "an empty answer, and not of what the CLI asks for by itself afterwards",
      "empty",
      [START, finish("stop", "end_turn")],
    ],
    ["an empty answer that was interrupted", "empty-interrupted", [START, finish("stop", "end_turn")]],
  ];
  test.each(answers)("%s", (_, fixture, events) => {
    expect(replay(recorded(fixture)).events).toEqual(events);
  });
});

describe("an answer is complete at the API's message_delta, before the CLI is done with the turn:", () => {
  test.each(["text", "thinking-then-text", "max-tokens", "refusal", "empty"])("%s", (fixture) => {
    const messages = recorded(fixture);
    const { finishedAt = -1, decoder } = replay(messages);
    expect(kindOf(messages[finishedAt])).toBe("stream_event/message_delta");
    expect(decoder.ended).toBeTrue();
  });
});

describe("the turn has ended at the result, not before:", () => {
  test.each(["text", "max-tokens", "max-tokens-interrupted"])("%s", (fixture) => {
    const messages = recorded(fixture);
    const end = messages.findIndex(({ type }) => type === "result");
    expect(replay(messages.slice(0, end)).decoder.ended).toBeFalse();
    expect(replay(messages.slice(0, end + 1)).decoder.ended).toBeTrue();
  });
});

describe("where the CLI would ask the model again, a turn must be interrupted as soon as its answer is complete:", () => {
  const again = ["max-tokens", "window-exceeded", "refusal", "refusal-empty", "empty", "max-tokens-interrupted"];
  test.each(again)("%s", (fixture) => {
    const { interruptAt, finishedAt, decoder } = replay(recorded(fixture));
    expect(interruptAt).toBeDefined();
    expect(interruptAt).toBe(finishedAt);
    expect(decoder.clean).toBeFalse();
  });
});

describe("where the process remembers exactly the answer, the turn is clean and needs no interrupt:", () => {
  test.each(["text", "thinking-then-text", "redacted-thinking", "two-text-blocks", "stop-sequence"])(
    "%s",
    (fixture) => {
      const { decoder, interruptAt } = replay(recorded(fixture));
      expect(decoder.clean).toBeTrue();
      expect(interruptAt).toBeUndefined();
    },
  );
});

test.each<[string, FinishReason["unified"]]>([
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["pause_turn", "length"],
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "length"],
  ["refusal", "content-filter"],
  ["some_newer_reason", "stop"],
])("the API's stop reason %s is the end %s, and stays with it", (raw, unified) => {
  const messages = recorded("text").map((message) =>
    message.type === "stream_event" && message.event.type === "message_delta"
      ? { ...message, event: { ...message.event, delta: { stop_reason: raw } } }
      : message,
  );
  expect(replay(messages).events.at(-1)).toEqual(finish(unified, raw));
});

/** A recorded answer whose API events were changed. */
const textWith = (change: (event: ApiStreamEvent) => ApiStreamEvent) =>
  recorded("text").map((message) =>
    message.type === "stream_event" ? { ...message, event: change(message.event) } : message,
  );

test("an answer that ends at a stop sequence says at which, where the API does", () => {
  const endAt = (stop_sequence: string | null) => {
    const delta = { stop_reason: "stop_sequence", stop_sequence };
    const messages = textWith((event) => (event.type === "message_delta" ? { ...event, delta } : event));
    return replay(messages).events.at(-1);
  };
  expect(endAt("END")).toMatchObject({ reason: { unified: "stop", raw: "stop_sequence", stopText: "END" } });
  expect(endAt(null)).toEqual(finish("stop", "stop_sequence"));
});

test("an answer that ends for a call, and makes none, is interrupted at its end: the CLI would ask for the call, at a price", () => {
  const delta = { stop_reason: "tool_use" };
  const { interruptAt, finishedAt, events } = replay(
    textWith((event) => (event.type === "message_delta" ? { ...event, delta } : event)),
  );
  expect(events.at(-1)).toEqual(finish("stop", "tool_use"));
  expect(interruptAt).toBeDefined();
  expect(interruptAt).toBe(finishedAt);
});

test("the start tells no usage where the API has not told the prompt's", () => {
  const usage = { output_tokens: 1 };
  const messages = textWith((event) =>
    event.type === "message_start" ? { ...event, message: { ...event.message, usage } } : event,
  );
  expect(replay(messages).events[0]).toEqual({ type: "response-start", id: "msg_0001", model: "claude-sonnet-5-5" });
});

test("thinking without any text is an empty answer: the CLI would ask the model again", () => {
  const isText = (line: string) => line.includes('"index":1') || line.includes('"type":"text"');
  const messages = recorded("thinking-then-text").filter((message) => !isText(JSON.stringify(message)));
  const { events, decoder, interruptAt } = replay(messages);
  expect(events.map(({ type }) => type)).toEqual([
    "response-start",
    "reasoning-start",
    "reasoning-delta",
    "reasoning-delta",
    "reasoning-delta",
    "reasoning-end",
    "finish",
  ]);
  expect(interruptAt).toBeDefined();
  expect(decoder.clean).toBeFalse();
});
