import { afterEach, beforeEach, describe, expect, jest, test } from "bun:test";
import { ControlChannel, ControlError } from "../../../src/claude/protocol/control-channel.ts";
import type { ControlResponseMessage } from "../../../src/claude/protocol/messages.ts";

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

function open() {
  const written: object[] = [];
  return { written, channel: new ControlChannel((message) => void written.push(message)) };
}

const answer = (response: ControlResponseMessage["response"]): ControlResponseMessage => ({
  type: "control_response",
  response,
});
const success = (request_id: string, response?: unknown) => answer({ subtype: "success", request_id, response });

/** What became of a request, as a value. */
const outcome = (request: Promise<unknown>) =>
  request.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );

describe("a control request", () => {
  test("is written with its fields and an id of its own", () => {
    const { channel, written } = open();
    void channel.request({ subtype: "initialize", systemPrompt: ["S"] }, 1000);
    void channel.request({ subtype: "set_model", model: "opus" }, 1000);
    expect(written).toEqual([
      { type: "control_request", request_id: "ctl-1", request: { subtype: "initialize", systemPrompt: ["S"] } },
      { type: "control_request", request_id: "ctl-2", request: { subtype: "set_model", model: "opus" } },
    ]);
  });

  test("resolves with the payload of its own answer, in whatever order the answers come", async () => {
    const { channel } = open();
    const both = Promise.all([channel.request({ subtype: "a" }, 1000), channel.request({ subtype: "b" }, 1000)]);
    channel.handle(success("ctl-2", { of: "b" }));
    channel.handle(success("ctl-1", { of: "a" }));
    expect(await both).toEqual([{ of: "a" }, { of: "b" }]);
  });

  test("rejects with the reason that a refusal names", async () => {
    const { channel } = open();
    const request = channel.request({ subtype: "rewind_conversation" }, 1000);
    channel.handle(answer({ subtype: "error", request_id: "ctl-1", error: "Unsupported control request subtype" }));
    const { error } = (await outcome(request)) as { error: ControlError };
    expect(error).toBeInstanceOf(ControlError);
    expect(error.message).toBe("rewind_conversation: Unsupported control request subtype");
  });

  test("rejects also when a refusal names no reason", async () => {
    const { channel } = open();
    const request = channel.request({ subtype: "a" }, 1000);
    channel.handle(answer({ subtype: "error", request_id: "ctl-1" }));
    await expect(request).rejects.toThrow("a: error");
  });

  test("rejects when no answer comes in time, and not before", async () => {
    const { channel } = open();
    const settled: unknown[] = [];
    const request = outcome(channel.request({ subtype: "interrupt" }, 2000)).then((end) => settled.push(end));
    jest.advanceTimersByTime(1999);
    await Promise.resolve();
    expect(settled).toEqual([]);
    jest.advanceTimersByTime(1);
    await request;
    expect(settled).toEqual([{ error: new ControlError("interrupt", "no answer within 2000 ms") }]);
  });

  test("takes no notice of an answer that comes too late", async () => {
    const { channel } = open();
    const request = outcome(channel.request({ subtype: "interrupt" }, 2000));
    jest.advanceTimersByTime(2000);
    channel.handle(success("ctl-1", "late"));
    expect(await request).toEqual({ error: new ControlError("interrupt", "no answer within 2000 ms") });
  });

  test("leaves no timer behind once it is answered", async () => {
    const { channel } = open();
    const request = channel.request({ subtype: "a" }, 1000);
    expect(jest.getTimerCount()).toBe(1);
    channel.handle(success("ctl-1"));
    await request;
    expect(jest.getTimerCount()).toBe(0);
  });
});

test("an answer to a question nobody asked is skipped", async () => {
  const { channel } = open();
  const request = channel.request({ subtype: "a" }, 1000);
  channel.handle(success("ctl-7", "not ours"));
  channel.handle(success("ctl-1", "ours"));
  channel.handle(success("ctl-1", "again"));
  expect(await request).toBe("ours");
});

describe("closing the channel", () => {
  test("fails all that is pending, each under its own name, and leaves no timer behind", async () => {
    const { channel } = open();
    const requests = ["a", "b"].map((subtype) => outcome(channel.request({ subtype }, 1000)));
    channel.close(new Error("the process died"));
    expect(await Promise.all(requests)).toEqual([
      { error: new ControlError("a", "the process died") },
      { error: new ControlError("b", "the process died") },
    ]);
    expect(jest.getTimerCount()).toBe(0);
  });

  test("fails all that is asked later, without writing it, for the first reason given", async () => {
    const { channel, written } = open();
    channel.close(new Error("first"));
    channel.close(new Error("second"));
    await expect(channel.request({ subtype: "a" }, 1000)).rejects.toThrow("a: first");
    expect(written).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });
});
