import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type CliMessage, ProtocolError, parseMessage } from "../../../src/claude/protocol/parse-message.ts";
import { RECORDED_VERSIONS, recordedLines, recordingsOf } from "../turn/replay.ts";

const parse = (message: unknown): CliMessage => parseMessage(JSON.stringify(message));
const event = (fields: object) => ({ type: "stream_event", event: fields });
const USAGE = { input_tokens: 1, output_tokens: 2 };

/** Each message that is read, with all it needs and a field of some newer version. */
const MESSAGES: Record<string, Record<string, unknown>> = {
  assistant: { type: "assistant", error: "rate_limit", message: { content: [] } },
  result: { type: "result", subtype: "success", is_error: false, num_turns: 1, result: "text", newer: 1 },
  rate_limit_event: { type: "rate_limit_event", rate_limit_info: { status: "rejected", resetsAt: 5, newer: 1 } },
  control_response: { type: "control_response", response: { subtype: "success", request_id: "ctl-1", response: [] } },
  control_request: { type: "control_request", request_id: "r1", request: { subtype: "mcp_message", newer: 1 } },
  message_start: event({ type: "message_start", message: { id: "msg_1", model: "m", usage: USAGE, newer: 1 } }),
  content_block_start: event({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }),
  content_block_delta: event({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "a" } }),
  content_block_stop: event({ type: "content_block_stop", index: 0 }),
  message_delta: event({ type: "message_delta", delta: { stop_reason: "end_turn" }, usage: USAGE }),
  message_stop: event({ type: "message_stop" }),
};

test("what the CLI does by itself is told from what it just mentions", () => {
  expect(parse({ type: "system", subtype: "api_retry", attempt: 1 })).toEqual({ type: "retried" });
  expect(parse({ type: "system", subtype: "compact_boundary" })).toEqual({ type: "changed", what: "compact_boundary" });
  expect(parse({ type: "conversation_reset" })).toEqual({ type: "changed", what: "conversation_reset" });
  expect(parse({ type: "system", subtype: "status" })).toEqual({ type: "other", name: "system" });
});

describe("a message is read as it is, newer fields and all:", () => {
  test.each(Object.entries(MESSAGES))("%s", (_, message) => {
    expect(parse(message)).toEqual(message as CliMessage);
  });
});

describe("a message may leave out, or set to null, what it need not tell:", () => {
  test.each<[string, object]>([
    ["an assistant without an error", { type: "assistant" }],
    ["a result without a text", { type: "result", subtype: "error_during_execution", is_error: true }],
    ["a result with nulls", { ...MESSAGES.result, api_error_status: null, terminal_reason: null }],
    ["a limit without a reset", { type: "rate_limit_event", rate_limit_info: { status: "allowed" } }],
    ["an answer without a payload", { type: "control_response", response: { subtype: "success", request_id: "x" } }],
    [
      "an end without a reason",
      event({ type: "message_delta", delta: { stop_reason: null }, usage: { output_tokens: null } }),
    ],
    ["an end without counts", event({ type: "message_delta", delta: {} })],
    ["a start without counts", event({ type: "message_start", message: { id: "i", model: "m", usage: {} } })],
    [
      "a block of an unknown type",
      event({ type: "content_block_start", index: 1, content_block: { type: "hologram" } }),
    ],
    ["a delta of an unknown type", event({ type: "content_block_delta", index: 1, delta: { type: "hologram_delta" } })],
  ])("%s", (_, message) => {
    expect(parse(message)).toEqual(message as CliMessage);
  });
});

describe("what is not known is skipped under its name:", () => {
  test.each<[unknown, string]>([
    [{ type: "system", subtype: "init" }, "system"],
    [{ type: "user", message: {} }, "user"],
    [{ type: "keep_alive" }, "keep_alive"],
    [{ type: "__proto__" }, "__proto__"],
    [{ type: "constructor" }, "constructor"],
    [event({ type: "ping" }), "stream_event/ping"],
    [event({ type: "error", error: { type: "overloaded_error" } }), "stream_event/error"],
  ])("%j", (message, name) => {
    expect(parse(message)).toEqual({ type: "other", name });
  });
});

test("an event of the API's stream that is not known is kept as it is", () => {
  const unknown = { type: "content_block_hologram", index: "not a number" };
  expect(parse(event(unknown))).toEqual({ type: "native_event", event: unknown });
});

test("every line the real CLI was seen to print is understood or skipped", () => {
  const messages = RECORDED_VERSIONS.flatMap((version) =>
    recordingsOf(version).flatMap((name) => recordedLines(name, version).map(parseMessage)),
  );
  expect(new Set(messages.map((message) => (message.type === "other" ? message.name : message.type)))).toEqual(
    new Set([
      "command_lifecycle",
      "system",
      "user",
      "stream_event",
      "assistant",
      "rate_limit_event",
      "retried",
      "control_request",
      "control_response",
      // A hook that it no longer asks, since it was interrupted.
      "control_cancel_request",
      "result",
    ]),
  );
});

/** The message without the field at this path. */
function without(message: Record<string, unknown>, path: readonly string[]): unknown {
  const copy = structuredClone(message);
  const parent = path
    .slice(0, -1)
    .reduce<Record<string, unknown>>((node, key) => node[key] as Record<string, unknown>, copy);
  delete parent[path.at(-1) ?? ""];
  return copy;
}

describe("a message that lacks a field we need breaks the protocol:", () => {
  test.each([
    ["result", "subtype"],
    ["result", "is_error"],
    ["rate_limit_event", "rate_limit_info"],
    ["rate_limit_event", "rate_limit_info.status"],
    ["control_response", "response"],
    ["control_response", "response.subtype"],
    ["control_response", "response.request_id"],
    ["control_request", "request_id"],
    ["control_request", "request.subtype"],
    ["message_start", "event"],
    ["message_start", "event.type"],
    ["message_start", "event.message.id"],
    ["message_start", "event.message.model"],
    ["message_start", "event.message.usage"],
    ["content_block_start", "event.index"],
    ["content_block_start", "event.content_block.type"],
    ["content_block_delta", "event.delta.type"],
    ["content_block_stop", "event.index"],
    ["message_delta", "event.delta"],
  ])("a %s without %s", (name, path) => {
    expect(() => parse(without(MESSAGES[name] ?? {}, path.split(".")))).toThrow(ProtocolError);
  });

  test.each<[string, unknown]>([
    ["a result whose is_error is a text", { ...MESSAGES.result, is_error: "yes" }],
    ["an index that is a text", event({ type: "content_block_stop", index: "0" })],
    [
      "a text that is a number",
      event({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: 7 } }),
    ],
  ])("%s", (_, message) => {
    expect(() => parse(message)).toThrow(ProtocolError);
  });
});

describe("a line breaks the protocol that is", () => {
  test.each(["", "oops", "{", '{"type":"result"', "undefined", "\u0000"])("not JSON: %j", (line) => {
    expect(() => parseMessage(line)).toThrow("The CLI wrote a line that is not JSON");
  });

  test.each(["null", "7", "true", '"result"', "[]", '[{"type":"result"}]', "{}", '{"type":7}', '{"type":null}'])(
    "not a message: %s",
    (line) => {
      expect(() => parseMessage(line)).toThrow("The CLI wrote a line without a message type");
    },
  );
});

describe("the error for a broken line", () => {
  const messageOf = (line: string): string => {
    try {
      parseMessage(line);
    } catch (error) {
      if (error instanceof ProtocolError) return error.message;
    }
    throw new Error("the line was accepted");
  };

  test("tells what is wrong, how long the line is and what it looks like", () => {
    expect(messageOf('{"type":"result","result":"my secret"}')).toBe(
      'A result message lacks a field (38 characters, beginning "{\\"xxxx\\":\\"xxxxxx\\",\\"xxxxxx\\":\\"xx xxxxxx\\"}")',
    );
  });

  test("stays short for a long line", () => {
    expect(messageOf("x".repeat(1_000_000)).length).toBeLessThan(250);
  });

  test("holds no letter and no digit of the line, whatever that is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (text) => {
        const shape = messageOf(`>${text}`).replace(
          /^The CLI wrote a line that is not JSON \(\d+ characters, beginning /,
          "",
        );
        expect(shape).toMatch(/^"[x\s{}[\]:,\\"nrtfbu0-9a-f]*"\)$/);
        expect(shape.replaceAll(/\\[nrtfb]|\\u[0-9a-f]{4}/g, "")).toMatch(/^[x\s{}[\]:,\\"]*\)$/);
      }),
    );
  });
});
