import { describe, expect, test } from "bun:test";
import { TurnDecoder } from "../../../src/claude/turn/decode-output.ts";
import type { ChatEvent } from "../../../src/core/event.ts";
import { toolNames } from "../../support/tool-names.ts";
import { call, finish, reasoning, START, text } from "./expected-events.ts";
import { kindOf, NOW, recorded, replay } from "./replay.ts";

const NAMES = toolNames(["f", "g"]);
const play = (fixture: string) => replay(recorded(fixture), { names: NAMES });

describe("the whole event list of an answer with", () => {
  const answers: [string, string, ChatEvent[]][] = [
    [
      "thinking, calls and texts between them",
      "calls",
      [
        START,
        ...reasoning(0, "Let ", "me"),
        ...text(1, "First ", "f"),
        ...call(2, "toolu_1", "f", '{"a"', ": 1}"),
        ...text(3, "then ", "g"),
        ...call(4, "toolu_2", "g", '{"b":[]}'),
        finish("tool-calls", "tool_use"),
      ],
    ],
    [
      "a call without arguments, which means an empty object",
      "call-bare",
      [START, ...call(0, "toolu_1", "f", "{}"), finish("tool-calls", "tool_use")],
    ],
    [
      "arguments that are no JSON, and nothing of what the CLI asks for by itself afterwards",
      "call-invalid-json",
      [START, ...call(0, "toolu_1", "f", '{"a": '), finish("tool-calls", "tool_use")],
    ],
    [
      "arguments that are no JSON, interrupted",
      "call-invalid-json-interrupted",
      [START, ...call(0, "toolu_1", "f", '{"a": '), finish("tool-calls", "tool_use")],
    ],
    [
      "arguments that are no object",
      "call-not-an-object-interrupted",
      [START, ...call(0, "toolu_1", "f", "[1]"), finish("tool-calls", "tool_use")],
    ],
    [
      "a call of a tool that nobody offered: the client is told, as by the API",
      "call-unknown",
      [START, ...call(0, "toolu_1", "nobody", "{}"), finish("tool-calls", "tool_use")],
    ],
    [
      "a call of such a tool beside one of the client's",
      "call-known-and-unknown-interrupted",
      [
        START,
        ...call(0, "toolu_1", "f", '{"a"', ": 1}"),
        ...call(1, "toolu_2", "nobody", "{}"),
        finish("tool-calls", "tool_use"),
      ],
    ],
    [
      "a call that was cut by the token limit",
      "call-max-tokens",
      [START, ...call(0, "toolu_1", "f", '{"a": '), finish("length", "max_tokens")],
    ],
    [
      "a call that was cut by the token limit, interrupted",
      "call-max-tokens-interrupted",
      [START, ...call(0, "toolu_1", "f", '{"a": '), finish("length", "max_tokens")],
    ],
  ];
  test.each(answers)("%s", (_, fixture, events) => {
    expect(play(fixture).events).toEqual(events);
  });
});

test("the whole event list after results is an answer of its own, with its own counts", () => {
  const { events, decoder, interruptAt } = replay(recorded("calls-resumed"), { names: NAMES, isResumed: true });
  expect(events).toEqual([START, ...text(0, "Both ", "done"), finish("stop", "end_turn")]);
  expect(decoder.clean).toBeTrue();
  expect(decoder.ended).toBeTrue();
  expect(interruptAt).toBeUndefined();
});

test("the CLI counts more than one turn after results; in a turn of its own that is not clean", () => {
  expect(replay(recorded("calls-resumed"), { names: NAMES }).decoder.clean).toBeFalse();
});

test("a client's tool is told by the client's name", () => {
  const mapped = toolNames(["f!"]);
  const renamed = recorded("call-bare").map((message) =>
    JSON.parse(JSON.stringify(message).replaceAll('"name":"f"', '"name":"f_"')),
  );
  expect(replay(renamed, { names: mapped }).events[1]).toMatchObject({ type: "tool-call-start", name: "f!" });
});

describe("the results that the CLI waits for are those of", () => {
  test.each([
    ["all calls of an answer", "calls", ["toolu_1", "toolu_2"]],
    ["a call without arguments", "call-bare", ["toolu_1"]],
  ])("%s: then the turn is clean, goes on, and needs no interrupt", (_, fixture, ids) => {
    const { decoder, interruptAt, finishedAt = -1 } = play(fixture);
    expect(decoder.awaitedCalls).toEqual(ids);
    expect(kindOf(recorded(fixture)[finishedAt])).toBe("stream_event/message_delta");
    expect({ clean: decoder.clean, ended: decoder.ended, interruptAt }).toEqual({
      clean: true,
      ended: false,
      interruptAt: undefined,
    });
  });

  test("none before the answer is complete", () => {
    const messages = recorded("calls");
    const end = messages.findIndex((message) => kindOf(message) === "stream_event/message_delta");
    const decoder = new TurnDecoder({ now: () => NOW, names: NAMES });
    for (const message of messages.slice(0, end)) decoder.push(message);
    expect(decoder.awaitedCalls).toEqual([]);
    for (const message of messages.slice(end, end + 1)) decoder.push(message);
    expect(decoder.awaitedCalls).toEqual(["toolu_1", "toolu_2"]);
  });

  test("none once the turn is over", () => {
    const messages = [...recorded("calls"), ...recorded("calls-resumed").filter(({ type }) => type === "result")];
    expect(replay(messages, { names: NAMES }).decoder.awaitedCalls).toEqual([]);
  });
});

describe("where the CLI answers a call by itself, and asks the model again, the turn is interrupted at once and not clean:", () => {
  test.each([
    "call-invalid-json",
    "call-invalid-json-interrupted",
    "call-not-an-object-interrupted",
    "call-unknown",
    "call-unknown-interrupted",
    "call-known-and-unknown-interrupted",
    "call-max-tokens",
    "call-max-tokens-interrupted",
  ])("%s", (fixture) => {
    const { decoder, interruptAt, finishedAt } = play(fixture);
    expect(interruptAt).toBeDefined();
    expect(interruptAt).toBe(finishedAt);
    expect(decoder.awaitedCalls).toEqual([]);
    expect(decoder.clean).toBeFalse();
  });
});
