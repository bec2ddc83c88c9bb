import { describe, expect, test } from "bun:test";
import { toolNames } from "../../support/tool-names.ts";
import { recordedLines } from "./replay.ts";
import { eventually, startTurn } from "./turn-fixture.ts";

const ANSWER = recordedLines("text");
const line = (message: object) => JSON.stringify(message);
const init = (...tools: string[]) => line({ type: "system", subtype: "init", tools });

/** What became of a turn in which this was said before the end of a whole answer. */
async function outcomeWith(said: string, options = {}) {
  await using turn = startTurn(options);
  const result = ANSWER.findIndex((text) => JSON.parse(text).type === "result");
  turn.say(...ANSWER.slice(0, result), said, ...ANSWER.slice(result));
  await eventually(() => turn.outcomes.length > 0);
  return { outcome: turn.outcomes[0], types: turn.events.map(({ type }) => type) };
}

describe("what a process remembers is no longer relied on, though its answer is told,", () => {
  const cases: [string, string][] = [
    ["when it shortened the conversation", line({ type: "system", subtype: "compact_boundary" })],
    ["when it shortened results in it", line({ type: "system", subtype: "microcompact_boundary" })],
    ["when another model answered", line({ type: "system", subtype: "model_refusal_fallback" })],
    ["when it began the conversation anew", line({ type: "conversation_reset", new_conversation_id: "x" })],
    [
      "when the model answered twice",
      line({ type: "stream_event", event: { type: "message_start", message: { id: "m", model: "m", usage: {} } } }),
    ],
  ];
  test.each(cases)("%s", async (_, said) => {
    const { outcome, types } = await outcomeWith(said);
    expect(outcome).toBe("dead");
    expect(types.at(-1)).toBe("finish");
  });
});

test("what the CLI says beside that leaves no doubt", async () => {
  for (const said of [line({ type: "system", subtype: "status", status: null }), line({ type: "new_in_2027" })]) {
    expect((await outcomeWith(said)).outcome).toBe("clean");
  }
});

test("the context of the model that the end of a turn tells is passed on, and what is no such figure is not", async () => {
  const told: unknown[] = [];
  const modelUsage = { "claude-opus-5-5": { contextWindow: 500_000 }, other: { contextWindow: "large" }, third: null };
  const end = line({ type: "result", subtype: "success", is_error: false, num_turns: 1, modelUsage });
  const options = { onContext: (...figures: unknown[]) => void told.push(figures) };
  expect((await outcomeWith(end, options)).outcome).toBe("clean");
  expect(told).toEqual([["claude-opus-5-5", 500_000]]);
});

describe("a model that is offered a tool of somebody else's", () => {
  test("is not listened to, and its process is not used again", async () => {
    await using turn = startTurn({ names: toolNames(["mine"]) });
    turn.say(init("mine", "other"));
    await eventually(() => turn.outcomes.length > 0);
    expect(turn.outcomes).toEqual(["dead"]);
    expect(turn.events).toMatchObject([{ type: "error", error: { code: "cli_failed" } }]);
  });

  test("is so without any tool of the client's, too", async () => {
    await using turn = startTurn();
    turn.say(init("other"));
    await eventually(() => turn.outcomes.length > 0);
    expect(turn.events).toMatchObject([{ type: "error", error: { code: "cli_failed" } }]);
  });

  test("but structured output is the client's own wish", async () => {
    await using turn = startTurn({ output: "as-written", names: toolNames([]) });
    turn.say(init("StructuredOutput"), ...recordedLines("output-fits"));
    await eventually(() => turn.outcomes.length > 0);
    expect(turn.events.at(-1)).toMatchObject({ type: "finish" });
  });
});
