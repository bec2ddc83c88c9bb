import { describe, expect, test } from "bun:test";
import { ResponseEncoder } from "../../../../src/api/openai-responses/encode/response.ts";
import { newResponse } from "../../../../src/api/openai-responses/wire/response.ts";
import { ApiError, type ApiErrorDetails, type ErrorCode } from "../../../../src/core/error.ts";
import type { ChatEvent, FinishReason } from "../../../../src/core/event.ts";
import { EventOrder } from "../../../support/event-order.ts";
import { bodyOf, decode } from "../decode-body.ts";

const START: ChatEvent = { type: "response-start", id: "msg_1", model: "claude-opus-5-5" };
const USAGE = { inputTokens: 1, cacheReadTokens: 2, cacheWriteTokens: 3, outputTokens: 9, reasoningTokens: 4 };
const finish = (unified: FinishReason["unified"] = "stop"): ChatEvent => ({
  type: "finish",
  reason: { unified, raw: "x" },
  usage: USAGE,
});
const text = (block: number, ...texts: string[]): ChatEvent[] => [
  { type: "text-start", block },
  ...texts.map((each): ChatEvent => ({ type: "text-delta", block, text: each })),
  { type: "text-end", block },
];
const thought = (block: number, ...texts: string[]): ChatEvent[] => [
  { type: "reasoning-start", block },
  ...texts.map((each): ChatEvent => ({ type: "reasoning-delta", block, text: each })),
  { type: "reasoning-end", block },
];
const call = (block: number, id: string, name: string, ...args: string[]): ChatEvent[] => [
  { type: "tool-call-start", block, id, name },
  ...args.map((each): ChatEvent => ({ type: "tool-call-delta", block, args: each })),
  { type: "tool-call-end", block },
];
const failure = (code: ErrorCode, details: ApiErrorDetails = {}): ChatEvent => ({
  type: "error",
  error: new ApiError(code, "what happened", details),
});

/** What the events become, in the order of the grammar that every stream has. */
function encode(fields: object, ...events: ChatEvent[]) {
  const order = new EventOrder();
  const encoder = new ResponseEncoder({
    ...decode(fields),
    response: newResponse("resp_1", 1000, bodyOf(fields)),
    now: () => 1005,
  });
  const told = events.flatMap((event) => {
    order.check(event);
    return encoder.push(event);
  });
  order.end();
  expect(told.map(({ sequence_number }) => sequence_number)).toEqual([...told.keys()]);
  return { told, response: encoder.response };
}

/** The events between the beginning and the end, without their numbers. */
function itemEvents(fields: object, ...events: ChatEvent[]) {
  const { told } = encode(fields, START, ...events, finish());
  return told.slice(2, -1).map(({ sequence_number: _, ...event }) => event);
}

describe("a response", () => {
  test("tells what it was asked with, from its beginning", () => {
    const { told, response } = encode({ metadata: { a: "b" }, user: "me" }, START, ...text(0, "Hi"), finish());
    const asked = { metadata: { a: "b" }, user: "me" };
    expect(told[0]).toMatchObject({ type: "response.created", response: { ...asked, completed_at: null } });
    expect(response).toMatchObject({ ...asked, completed_at: 1005 });
    expect<object | undefined>(told.at(-1)).toMatchObject({ type: "response.completed", response });
  });

  test("that is cut off is incomplete, and so is the item where it was cut", () => {
    const { told, response } = encode({}, START, ...text(0, "a"), ...text(1, "b"), finish("length"));
    expect(response).toMatchObject({ status: "incomplete", completed_at: null, usage: { output_tokens: 9 } });
    expect(response.incomplete_details).toEqual({ reason: "max_output_tokens" });
    expect(response.output.map(({ status }) => status)).toEqual(["completed", "incomplete"]);
    expect(told.at(-1)?.type).toBe("response.incomplete");
  });

  test("that fails keeps what was begun, and completes nothing", () => {
    const [start, delta] = text(0, "So far");
    const { told } = encode({}, START, ...[start, delta].flatMap((event) => event ?? []), failure("overloaded"));
    expect(told.map(({ type }) => type)).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.content_part.added",
      "response.output_text.delta",
      "response.failed",
    ]);
    expect(told.at(-1)).toMatchObject({
      response: {
        status: "failed",
        completed_at: null,
        error: { code: "server_error", message: "what happened" },
        output: [{ id: "msg_1_0", status: "incomplete", content: [{ text: "So far" }] }],
      },
    });
  });

  test("that fails at once is created first, under the name that was asked for", () => {
    const { told } = encode({}, failure("upstream_error"));
    expect(told.map(({ type }) => type)).toEqual(["response.created", "response.in_progress", "response.failed"]);
    expect(told[0]).toMatchObject({ response: { model: "opus" } });
  });

  test.each<[ErrorCode, ApiErrorDetails, string, string]>([
    ["rate_limited", { retryAfterSeconds: 11.2 }, "rate_limit_exceeded", "what happened Please try again in 12s."],
    ["queue_full", {}, "rate_limit_exceeded", "what happened"],
    ["plan_limit_reached", { retryAfterSeconds: 9000 }, "insufficient_quota", "what happened"],
    ["context_length_exceeded", {}, "context_length_exceeded", "what happened"],
    ["payment_required", {}, "insufficient_quota", "what happened"],
    ["invalid_request", {}, "invalid_prompt", "what happened"],
    ["login_refused", {}, "invalid_prompt", "what happened"],
    ["model_not_found", {}, "invalid_prompt", "what happened"],
    ["internal_error", {}, "server_error", "what happened"],
    ["cli_failed", {}, "server_error", "what happened"],
  ])("says of %s, with %j, the code clients act on", (code, details, told, message) => {
    expect(encode({}, failure(code, details)).response.error).toEqual({ code: told, message });
  });
});

describe("items", () => {
  test("a text of nothing is no message", () => {
    expect(itemEvents({}, ...text(0), ...text(1, ""))).toEqual([]);
  });

  test.each([
    ["is not wanted", {}, ["Hmm"]],
    ["is wanted, and there are no words", { reasoning: { summary: "auto" } }, []],
  ])("thinking is an item without a summary when one %s", (_, fields, texts) => {
    expect(itemEvents(fields, ...thought(0, ...texts)).map(({ type }) => type)).toEqual([
      "response.output_item.added",
      "response.output_item.done",
    ]);
  });

  test("a call of a function", () => {
    const place = { item_id: "fc_1_0", output_index: 0 };
    const item = (status: string, args: string) => ({
      id: "fc_1_0",
      type: "function_call",
      status,
      call_id: "toolu_1",
      name: "find",
      namespace: "crm",
      arguments: args,
    });
    const tools = [{ type: "namespace", name: "crm", tools: [{ type: "function", name: "find" }] }];
    expect<object[]>(itemEvents({ tools }, ...call(0, "toolu_1", "crm__find", "", '{"a":', "1}"))).toEqual([
      { type: "response.output_item.added", output_index: 0, item: item("in_progress", "") },
      { type: "response.function_call_arguments.delta", ...place, delta: '{"a":' },
      { type: "response.function_call_arguments.delta", ...place, delta: "1}" },
      { type: "response.function_call_arguments.done", ...place, name: "find", arguments: '{"a":1}' },
      { type: "response.output_item.done", output_index: 0, item: item("completed", '{"a":1}') },
    ]);
  });

  test("a call of a custom tool has its text, not the arguments behind it", () => {
    const place = { item_id: "ctc_1_0", output_index: 0 };
    const item = (status: string, input: string) => ({
      id: "ctc_1_0",
      type: "custom_tool_call",
      status,
      call_id: "toolu_1",
      name: "patch",
      input,
    });
    const tools = [{ type: "custom", name: "patch" }];
    expect<object[]>(itemEvents({ tools }, ...call(0, "toolu_1", "patch", '{"input":"a', '\\nb"}'))).toEqual([
      { type: "response.output_item.added", output_index: 0, item: item("in_progress", "") },
      { type: "response.custom_tool_call_input.delta", ...place, delta: "a" },
      { type: "response.custom_tool_call_input.delta", ...place, delta: "\nb" },
      { type: "response.custom_tool_call_input.done", ...place, input: "a\nb" },
      { type: "response.output_item.done", output_index: 0, item: item("completed", "a\nb") },
    ]);
  });

  test("come one after the other, each with a place and a name of its own", () => {
    const events = [...thought(0, "a"), ...text(1, "b"), ...call(2, "1", "f", "{}"), ...call(3, "2", "f", "{}")];
    const { told, response } = encode({}, START, ...events, finish("tool-calls"));
    expect(response.output.map(({ id }) => id)).toEqual(["rs_1_0", "msg_1_1", "fc_1_2", "fc_1_3"]);
    const places = told.flatMap((event) => (event.type.startsWith("response.output_item") ? [event.output_index] : []));
    expect(places).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
    expect(response.status).toBe("completed");
  });
});
