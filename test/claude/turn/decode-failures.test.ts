import { describe, expect, test } from "bun:test";
import type { CliMessage } from "../../../src/claude/protocol/parse-message.ts";
import { TurnDecoder } from "../../../src/claude/turn/decode-output.ts";
import { ApiError } from "../../../src/core/error.ts";
import type { ChatEvent } from "../../../src/core/event.ts";
import { START, text } from "./expected-events.ts";
import { kindOf, NOW, recorded, replay } from "./replay.ts";

/** An error event with the fields clients see. */
const failure = (fields: object): ChatEvent => ({ type: "error", error: expect.objectContaining(fields) as ApiError });

/** What the recorded streams had delivered when they were cut. */
const CUT: ChatEvent[] = [START, ...text(0, "Hello ", "big ")];

describe("an error before the answer is the only event, and nothing of the CLI's prose passes for an answer:", () => {
  const failures: [string, object][] = [
    ["status-400", { code: "invalid_request", upstreamStatus: 400 }],
    ["prompt-too-long", { code: "context_length_exceeded", upstreamStatus: 400 }],
    ["status-401", { code: "login_refused", upstreamStatus: 401 }],
    ["status-403", { code: "permission_denied", upstreamStatus: 403 }],
    ["status-404", { code: "model_not_found", upstreamStatus: 404, param: "model" }],
    ["status-413", { code: "request_too_large", upstreamStatus: 413 }],
    [
      "status-429-plan",
      { code: "plan_limit_reached", upstreamStatus: 429, resetsAt: 4_102_444_800, retryAfterSeconds: 1000 },
    ],
    [
      "status-429-throttle",
      { code: "rate_limited", upstreamStatus: 429, resetsAt: undefined, retryAfterSeconds: undefined },
    ],
    ["status-500", { code: "upstream_error", upstreamStatus: 500 }],
    ["status-529", { code: "overloaded", upstreamStatus: 529 }],
    ["not-logged-in", { code: "cli_logged_out", upstreamStatus: undefined }],
    ["unreachable", { code: "upstream_unreachable", upstreamStatus: undefined }],
  ];
  test.each(failures)("%s", (fixture, fields) => {
    const messages = recorded(fixture);
    const { events, decoder, finishedAt = -1 } = replay(messages);
    expect(events).toEqual([failure(fields)]);
    expect(kindOf(messages[finishedAt])).toBe("result");
    expect(decoder.clean).toBeFalse();
    expect(decoder.mustInterrupt).toBeFalse();
  });
});

describe("a stream that breaks off in the middle keeps its text and ends with an error, never with a finish:", () => {
  const cuts: [string, object][] = [
    ["cut-mid-text-close", { code: "upstream_unreachable", upstreamStatus: undefined }],
    ["cut-mid-text-reset", { code: "upstream_unreachable", upstreamStatus: undefined }],
    ["cut-mid-text-error", { code: "overloaded", upstreamStatus: 529 }],
  ];
  test.each(cuts)("%s", (fixture, fields) => {
    const { events, decoder } = replay(recorded(fixture));
    const [start, ...written] = events;
    expect(start).toMatchObject(START);
    expect(written).toEqual([...CUT.slice(1), failure(fields)]);
    expect(decoder.clean).toBeFalse();
  });
});

describe("an answer that is begun anew", () => {
  const messages = recorded("text");
  const isFirstDelta = (message: CliMessage) => kindOf(message) === "stream_event/content_block_delta";
  const broken = messages.slice(0, messages.findIndex(isFirstDelta) + 1);

  test("ends with an error in the middle of its block: two beginnings would not make one answer", () => {
    expect(replay([...broken, ...messages]).events).toEqual([
      ...CUT.slice(0, 3),
      failure({
        code: "upstream_error",
        message: "The answer broke off and was begun anew; the rest is not delivered.",
      }),
    ]);
  });

  test("must be interrupted, since nobody will read it, and leaves an unclean turn", () => {
    const { decoder, interruptAt, finishedAt } = replay([...broken, ...messages]);
    expect(interruptAt).toBe(finishedAt);
    expect(decoder.ended).toBeTrue();
    expect(decoder.clean).toBeFalse();
  });
});

describe("an answer that calls a function, and is told in part, is an error that interrupts the CLI, which would wait for ever:", () => {
  test.each([
    ["its beginning", "stream_event/message_start"],
    ["its end", "stream_event/message_delta"],
  ])("without %s", (missing, left) => {
    const { events, decoder } = replay(recorded("call-bare").filter((message) => kindOf(message) !== left));
    const message = `The Claude CLI told an answer of the model without ${missing}.`;
    expect(events.at(-1)).toEqual(failure({ code: "cli_failed", message }));
    expect(decoder.mustInterrupt).toBeTrue();
  });
});

const result = (fields: object): CliMessage => ({ type: "result", subtype: "success", is_error: false, ...fields });

describe("a result", () => {
  test("without any answer is an error: an empty success would be a lie", () => {
    expect(replay([result({ num_turns: 1, result: "Total cost: $0.00" })]).events).toEqual([
      failure({ code: "cli_failed", message: "The Claude CLI ended the turn without an answer of the model." }),
    ]);
  });

  test("that is an error leaves an unclean turn, although the answer was complete", () => {
    const messages = recorded("text").map((message) =>
      message.type === "result" ? { ...message, is_error: true } : message,
    );
    const { events, decoder } = replay(messages);
    expect(events.at(-1)?.type).toBe("finish");
    expect(decoder.clean).toBeFalse();
  });

  test.each([0, 2, undefined])(
    "that counts %p turns leaves an unclean turn: the process remembers something else",
    (turns) => {
      const messages = recorded("text").map((message) =>
        message.type === "result" ? { ...message, num_turns: turns } : message,
      );
      expect(replay(messages).decoder.clean).toBeFalse();
    },
  );

  test("in the middle of a block ends the stream with an error", () => {
    const messages = recorded("text");
    const half = messages.slice(
      0,
      messages.findIndex((message) => kindOf(message) === "stream_event/content_block_delta"),
    );
    expect(replay([...half, result({ num_turns: 1 })]).events.at(-1)).toEqual(failure({ code: "cli_failed" }));
  });

  test("is classified by the CLI's first notice, not by later ones", () => {
    const notice = (error: string): CliMessage => ({ type: "assistant", error });
    const failed = result({ is_error: true, terminal_reason: "api_error", result: "…" });
    expect(replay([notice("overloaded"), notice("server_error"), failed]).events).toEqual([
      failure({ code: "overloaded" }),
    ]);
  });
});

describe("giving a turn up", () => {
  const error = new ApiError("client_closed", "gone");

  test("is its last event, whatever the CLI still says", () => {
    const decoder = new TurnDecoder({ now: () => NOW });
    const messages = recorded("text");
    for (const message of messages.slice(0, 8)) decoder.push(message);
    expect(decoder.fail(error)).toEqual([{ type: "error", error }]);
    expect(decoder.finished).toBeTrue();
    expect(messages.slice(8).flatMap((message) => decoder.push(message))).toEqual([]);
    expect(decoder.ended).toBeTrue();
  });

  test("before anything was said leaves an unclean turn", () => {
    const decoder = new TurnDecoder({ now: () => NOW });
    expect(decoder.fail(error)).toEqual([{ type: "error", error }]);
    for (const message of recorded("text")) decoder.push(message);
    expect(decoder.clean).toBeFalse();
  });

  test("says nothing when the turn is over: the first end counts", () => {
    const { decoder } = replay(recorded("text"));
    expect(decoder.fail(error)).toEqual([]);
    expect(decoder.clean).toBeTrue();
  });

  test("twice is giving it up once", () => {
    const decoder = new TurnDecoder({ now: () => NOW });
    decoder.fail(error);
    expect(decoder.fail(new ApiError("cli_failed", "died"))).toEqual([]);
  });
});

test.each<[string, string | undefined, boolean]>([
  ["claude-opus-4-6", "claude-opus-5-5", true],
  ["claude-opus-4-6", "claude-opus-4-6", false],
  ["claude-opus-4-6[1m]", "claude-opus-4-6", false],
  ["claude-haiku-4-5", "claude-haiku-4-5-20251001", false],
  ["claude-opus-4-6", undefined, false],
  ["opus", "claude-opus-5-5", false],
])("where %s was to be asked, %s is another model: %p", (model, instead, isOther) => {
  const decoder = new TurnDecoder({ now: () => NOW, model });
  const events = decoder.push({ type: "system", subtype: "init", tools: [], model: instead });
  expect(events).toEqual(isOther ? [failure({ code: "model_not_found", param: "model" })] : []);
  expect([decoder.mustInterrupt, decoder.doubt !== undefined]).toEqual([isOther, isOther]);
});

test("the counts so far are known before the answer is complete", () => {
  const decoder = new TurnDecoder({ now: () => NOW });
  for (const message of recorded("text").slice(0, 7)) decoder.push(message);
  expect(decoder.usage).toEqual({ inputTokens: 10, cacheReadTokens: 7, cacheWriteTokens: 5, outputTokens: 1 });
});
