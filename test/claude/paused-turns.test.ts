import { describe, expect, test } from "bun:test";
import { withPausesOver } from "../../src/claude/paused-turns.ts";
import { ApiError } from "../../src/core/error.ts";
import type { ChatEvent, Usage } from "../../src/core/event.ts";
import type { JsonObject } from "../../src/core/json.ts";
import type { ChatRequest } from "../../src/core/request.ts";
import { EventOrder } from "../support/event-order.ts";
import { REQUEST, text as said, user } from "./pool/turns.ts";

const ASKED: ChatRequest = { ...REQUEST, turns: [user(said("Search"))] };
const usage = (outputTokens: number): Usage => ({
  inputTokens: 10,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTokens,
});

/** An answer of these texts, each a block. */
function answer(
  texts: readonly string[],
  raw: string,
  fields: { native?: JsonObject; outputTokens?: number } = {},
): ChatEvent[] {
  const { native, outputTokens = 5 } = fields;
  return [
    { type: "response-start", id: `msg_${texts.join()}`, model: "m" },
    ...texts.flatMap((text, block): ChatEvent[] => [
      { type: "text-start", block },
      { type: "text-delta", block, text },
      { type: "text-end", block },
    ]),
    { type: "finish", reason: { unified: "stop", raw }, usage: usage(outputTokens), ...(native ? { native } : {}) },
  ];
}

/** What is told, and what was asked for that. */
async function tell(answers: readonly ChatEvent[][], request: ChatRequest = ASKED) {
  const asked: ChatRequest[] = [];
  const left = [...answers];
  async function* run(one: ChatRequest) {
    asked.push(one);
    yield* left.shift() ?? [];
  }
  const events = await Array.fromAsync(withPausesOver(request, run));
  const order = new EventOrder();
  for (const event of events) order.check(event);
  order.end();
  return { events, asked, finish: events.at(-1) };
}

test("an answer that is not paused is told as it is", async () => {
  const events = answer(["a", "b"], "end_turn");
  expect(await tell([events, answer(["c"], "end_turn")])).toMatchObject({ events, asked: [ASKED] });
});

describe("an answer that is paused", () => {
  const PAUSED = answer(["a", "b"], "pause_turn");

  test("goes on in the same answer, whose usage is that of all its requests", async () => {
    const { events, asked } = await tell([PAUSED, PAUSED, answer(["c"], "end_turn")]);
    const merged = answer(["a", "b", "a", "b", "c"], "end_turn", { outputTokens: 15 });
    const sum = { ...usage(15), inputTokens: 30 };
    expect(events).toEqual([
      ...PAUSED.slice(0, 1),
      ...merged.slice(1, -1),
      { type: "finish", reason: { unified: "stop", raw: "end_turn" }, usage: sum },
    ]);
    expect(asked.map(({ turns }) => turns.map(({ role }) => role).join())).toEqual([
      "user",
      "user,assistant,user",
      "user,assistant,user,assistant,user",
    ]);
  });

  test("so often, and not once more: then its end says that it was paused", async () => {
    const { asked, finish } = await tell(Array.from({ length: 9 }, () => PAUSED));
    expect(asked).toHaveLength(4);
    expect(finish).toMatchObject({ reason: { raw: "pause_turn" }, usage: { inputTokens: 40 } });
  });

  test("is told as such to a client that goes on by itself", async () => {
    const request = { ...ASKED, tellsPauses: true };
    expect(await tell([PAUSED, PAUSED], request)).toMatchObject({ events: PAUSED, asked: [request] });
  });

  test("goes on within what is left of its limit of tokens", async () => {
    const { asked, finish } = await tell([PAUSED, PAUSED, PAUSED], { ...ASKED, maxOutputTokens: 10 });
    expect(asked.map(({ maxOutputTokens }) => maxOutputTokens)).toEqual([10, 5]);
    expect(finish).toMatchObject({ reason: { raw: "pause_turn" } });
  });

  test("goes on in its container, and without the call that it had to make", async () => {
    const native = { context_management: {} };
    const request: ChatRequest = { ...ASKED, native, toolChoice: { type: "required" } };
    const paused = answer(["a"], "pause_turn", { native: { container: { id: "cont_1", expires_at: "soon" } } });
    const [, next] = (await tell([paused, answer(["b"], "end_turn")], request)).asked;
    expect(next).toMatchObject({ native: { ...native, container: "cont_1" }, toolChoice: { type: "auto" } });
  });

  test.each<[string, ChatEvent[]]>([
    ["with nothing said", []],
    [
      "with a thought alone",
      [
        { type: "reasoning-start", block: 0 },
        { type: "reasoning-end", block: 0, signature: "s" },
      ],
    ],
    [
      "with a call that its client answers",
      [
        { type: "tool-call-start", block: 0, id: "toolu_1", name: "f" },
        { type: "tool-call-delta", block: 0, args: "{}" },
        { type: "tool-call-end", block: 0 },
      ],
    ],
  ])("%s is told as it is", async (_, said) => {
    const events = [...PAUSED.slice(0, 1), ...said, ...PAUSED.slice(-1)];
    expect(await tell([events, PAUSED])).toMatchObject({ events, asked: [ASKED] });
  });

  test("ends with the error of what it is gone on with", async () => {
    const error = new ApiError("rate_limited", "no more");
    expect((await tell([PAUSED, [{ type: "error", error }]])).finish).toEqual({ type: "error", error });
  });
});
