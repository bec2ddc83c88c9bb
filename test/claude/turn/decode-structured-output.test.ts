import { describe, expect, test } from "bun:test";
import type { CliMessage } from "../../../src/claude/protocol/parse-message.ts";
import type { ApiError } from "../../../src/core/error.ts";
import type { ChatEvent } from "../../../src/core/event.ts";
import { toolNames } from "../../support/tool-names.ts";
import { call, finish, reasoning, START, text, usageOf } from "./expected-events.ts";
import { kindOf, recorded, replay } from "./replay.ts";

type Delivery = "as-written" | "whole";

const NAMES = toolNames(["f", "g"]);
const play = (fixture: string, output: Delivery) => replay(recorded(fixture), { names: NAMES, output });
const failure = (message: string): ChatEvent => ({
  type: "error",
  error: expect.objectContaining({ code: "upstream_error", message }) as ApiError,
});
const VIOLATION = failure("The model's answer does not satisfy the JSON schema that was asked for.");
const NO_OUTPUT = failure("The model gave no JSON that satisfies the schema that was asked for.");
const done = (answers: number) => finish("stop", "tool_use", usageOf(answers));

describe("the whole event list of structured output that", () => {
  const answers: [string, string, Record<Delivery, ChatEvent[]>][] = [
    [
      "fits, after thinking and a text, which is no part of the answer",
      "output-fits",
      {
        "as-written": [START, ...reasoning(0, "Let ", "me"), ...text(1, '{"n"', ": 1}"), done(1)],
        whole: [START, ...reasoning(0, "Let ", "me"), ...text(2, '{"n": 1}'), done(1)],
      },
    ],
    [
      "violates the schema, and fits when the CLI has asked again: a client that was told the first cannot be told the second",
      "output-violates",
      {
        "as-written": [START, ...text(0, '{"n":', ' "one"}'), VIOLATION],
        whole: [START, ...text(2, '{"n": 1}'), done(2)],
      },
    ],
    [
      "comes when the CLI has asked again after a plain text",
      "output-text-first",
      {
        "as-written": [START, ...text(0, '{"n"', ": 1}"), done(2)],
        whole: [START, ...text(1, '{"n": 1}'), done(2)],
      },
    ],
    ["never comes", "output-never", { "as-written": [START, NO_OUTPUT], whole: [START, NO_OUTPUT] }],
    [
      "comes when the CLI has asked again after a stop text in a plain text, but does not: an empty answer would be no JSON",
      "output-stop-sequence",
      { "as-written": [START, NO_OUTPUT], whole: [START, NO_OUTPUT] },
    ],
    [
      "is written twice: the first counts",
      "output-twice",
      {
        "as-written": [START, ...text(0, '{"n"', ": 1}"), done(1)],
        whole: [START, ...text(2, '{"n": 1}'), done(1)],
      },
    ],
    [
      "is written twice, of which the first violates the schema",
      "output-twice-first-violates",
      {
        "as-written": [START, ...text(0, '{"n": "one"}'), VIOLATION],
        whole: [START, ...text(2, '{"n": 1}'), done(1)],
      },
    ],
    [
      "is cut by the token limit",
      "output-max-tokens",
      {
        "as-written": [START, ...text(0, '{"n": '), finish("length", "max_tokens")],
        whole: [START, ...text(1, '{"n": '), finish("length", "max_tokens")],
      },
    ],
    [
      "is cut by the token limit, interrupted",
      "output-max-tokens-interrupted",
      {
        "as-written": [START, ...text(0, '{"n": '), finish("length", "max_tokens")],
        whole: [START, ...text(1, '{"n": '), finish("length", "max_tokens")],
      },
    ],
    [
      "comes together with a call of the client's tool",
      "output-with-call-interrupted",
      {
        "as-written": [
          START,
          ...call(0, "toolu_2", "f", "{}"),
          ...text(1, '{"n"', ": 1}"),
          finish("tool-calls", "tool_use"),
        ],
        whole: [START, ...call(0, "toolu_2", "f", "{}"), ...text(2, '{"n": 1}'), finish("tool-calls", "tool_use")],
      },
    ],
    [
      "waits for the result of a call",
      "output-after-call",
      {
        "as-written": [START, ...call(0, "toolu_2", "f", "{}"), finish("tool-calls", "tool_use")],
        whole: [START, ...call(0, "toolu_2", "f", "{}"), finish("tool-calls", "tool_use")],
      },
    ],
    [
      "comes after the result of a call",
      "output-after-call-resumed",
      {
        "as-written": [START, ...text(0, '{"n"', ": 1}"), done(1)],
        whole: [START, ...text(1, '{"n": 1}'), done(1)],
      },
    ],
  ];
  for (const [name, fixture, events] of answers) {
    test.each<Delivery>(["as-written", "whole"])(`${name}, told %s`, (delivery) => {
      expect(play(fixture, delivery).events).toEqual(events[delivery]);
    });
  }
});

describe.each<Delivery>(["as-written", "whole"])("told %s, structured output", (delivery) => {
  test("is complete only when the CLI has checked it: the turn is over then", () => {
    const { decoder, finishedAt = -1, interruptAt } = play("output-fits", delivery);
    expect(kindOf(recorded("output-fits")[finishedAt])).toBe("result");
    expect(decoder.ended).toBeTrue();
    expect(interruptAt).toBeUndefined();
  });

  test.each(["output-fits", "output-text-first", "output-violates", "output-never", "output-with-call-interrupted"])(
    "leaves a turn that is not clean, since the process remembers a call that no client knows: %s",
    (fixture) => {
      expect(play(fixture, delivery).decoder.clean).toBeFalse();
    },
  );

  test.each(["output-max-tokens", "output-with-call-interrupted"])(
    "must be interrupted as soon as it is cut, or beside a call that it cannot wait for: %s",
    (fixture) => {
      const { decoder, finishedAt, interruptAt } = play(fixture, delivery);
      expect(interruptAt).toBeDefined();
      expect(interruptAt).toBe(finishedAt);
      expect(decoder.awaitedCalls).toEqual([]);
    },
  );

  test("waits for the results of the client's calls alone, in a clean turn", () => {
    const { decoder, interruptAt } = play("output-after-call", delivery);
    expect(decoder.awaitedCalls).toEqual(["toolu_2"]);
    expect({ clean: decoder.clean, interruptAt }).toEqual({ clean: true, interruptAt: undefined });
  });

  test("without arguments is an empty object", () => {
    const isDelta = (message: CliMessage) => JSON.stringify(message).includes("input_json_delta");
    const { events } = replay(
      recorded("output-fits").filter((message) => !isDelta(message)),
      { output: delivery },
    );
    expect(events.slice(-4)).toEqual([...text(delivery === "whole" ? 2 : 1, "{}"), done(1)]);
  });
});

describe("structured output that violates the schema", () => {
  const messages = recorded("output-violates");
  const kinds = messages.map(kindOf);
  const written = kinds.indexOf("stream_event/message_delta");
  const refused = kinds.indexOf("user");
  const asksToGoOn = kinds.indexOf("control_request");

  test("ends the turn, told as written, before the CLI asks the model again", () => {
    const { interruptAt, finishedAt } = replay(messages, { output: "as-written" });
    expect(interruptAt).toBe(finishedAt ?? -1);
    expect(interruptAt).toBeLessThan(asksToGoOn);
  });

  test("does so, too, when the CLI checks it only after the end of the answer", () => {
    const later = [...messages];
    later.splice(written, 0, ...later.splice(refused, 1));
    expect(later.map(kindOf).slice(written - 1, written + 1)).toEqual(["stream_event/message_delta", "user"]);
    const { events, interruptAt } = replay(later, { output: "as-written" });
    expect(events.at(-1)).toEqual(VIOLATION);
    expect(interruptAt).toBe(written);
  });

  test("is asked for again, told whole", () => {
    expect(replay(messages, { output: "whole" }).interruptAt).toBeUndefined();
  });
});

test("structured output that is cut by the token limit is judged by no schema, also when the CLI has asked again for it", () => {
  const first = recorded("output-text-first");
  const again = first.findLastIndex((message) => kindOf(message) === "stream_event/message_start");
  const { events } = replay([...first.slice(0, again), ...recorded("output-max-tokens")], { output: "as-written" });
  expect(events).toEqual([START, ...text(0, '{"n": '), finish("length", "max_tokens", usageOf(2))]);
});

describe("an answer that breaks off and is begun anew", () => {
  const ANEW = failure("The answer broke off and was begun anew; the rest is not delivered.");
  const isEndOf = (index: number) => (message: CliMessage) => {
    const { event } = message as { event?: { type: string; index?: number } };
    return event?.type === "content_block_stop" && event.index === index;
  };

  test.each<Delivery>(["as-written", "whole"])("within its thinking ends with an error, told %s", (output) => {
    const messages = recorded("output-fits");
    const broken = messages.slice(0, messages.findIndex(isEndOf(0)));
    expect(replay([...broken, ...messages], { output }).events.at(-1)).toEqual(ANEW);
  });

  test.each<Delivery>(["as-written", "whole"])("after a call ends with an error, told %s", (output) => {
    const messages = recorded("output-with-call-interrupted");
    const broken = messages.slice(0, messages.findIndex(isEndOf(0)) + 1);
    const { events } = replay([...broken, ...messages], { output, names: NAMES });
    expect(events).toEqual([START, ...call(0, "toolu_2", "f", "{}"), ANEW]);
  });
});

test("the tool for structured output is a tool like any other where nobody asked for such output", () => {
  const { events, decoder } = replay(recorded("output-twice"), { names: NAMES });
  expect(events).toEqual([
    START,
    ...call(0, "toolu_1", "StructuredOutput", '{"n"', ": 1}"),
    ...call(1, "toolu_2", "StructuredOutput", '{"n": 2}'),
    finish("tool-calls", "tool_use"),
  ]);
  expect(decoder.awaitedCalls).toEqual([]);
  expect(decoder.mustInterrupt).toBeTrue();
});
