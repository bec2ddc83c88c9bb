import { expect, test } from "bun:test";
import type { RunOptions } from "../../src/core/backend.ts";
import { ApiError } from "../../src/core/error.ts";
import type { ChatEvent } from "../../src/core/event.ts";
import { recordTurns, TurnRecorder } from "../../src/core/recorder.ts";
import type { ChatRequest } from "../../src/core/request.ts";
import type { Caller, Spending, TurnRecord } from "../../src/core/turn-record.ts";
import { FINISH, HELLO, play, playing, type Run, START, silentUntilAborted, untilAborted } from "../api/playing.ts";

const CALLER: Caller = { dialect: "messages", client: "codex", key: "work" };
const REQUEST: ChatRequest = {
  model: "sonnet",
  system: "",
  turns: [{ role: "user", content: [{ type: "text", text: "SECRET" }] }],
  tools: [],
  toolChoice: { type: "auto" },
  parallelToolCalls: true,
  stop: [],
};

function steppingClock() {
  let now = 0;
  const pass = (ms: number) => {
    now += ms;
  };
  return { pass, clock: { now: () => now, date: () => 1_000_000 } };
}

test("a turn's row has its times, its tokens by kind, and who asked", () => {
  const { pass, clock } = steppingClock();
  const turn = new TurnRecorder(REQUEST, CALLER, clock);
  expect(turn.running.state).toBe("waiting");
  pass(5);
  turn.served("continue");
  expect(turn.running.state).toBe("asked");
  pass(20);
  turn.push(START);
  for (const event of HELLO) turn.push(event);
  expect(turn.running.state).toBe("answering");
  pass(75);
  const usage = { ...FINISH.usage, reasoningTokens: 2, native: { server_tool_use: { web_search_requests: 3 } } };
  expect(turn.push({ ...FINISH, usage })).toEqual({
    at: 1_000_000,
    caller: { dialect: "messages", client: "codex", key: "work" },
    model: "sonnet",
    answered: "claude-opus-5-5",
    ...{ inputTokens: 1, cacheReadTokens: 2, cacheWriteTokens: 3, outputTokens: 4, reasoningTokens: 2 },
    searches: 3,
    outcome: "stop",
    fault: undefined,
    ...{ waitedMs: 5, firstTokenMs: 25, totalMs: 100 },
    served: "continue",
    ...{ costUsd: undefined, isExtraUsage: undefined },
  });
});

test("what it took of money is the sum of what was told before its end; what is told later is added to its row", async () => {
  const added: TurnRecord[] = [];
  const amended: [TurnRecord, Spending][] = [];
  const told: Spending[] = [{ costUsd: 0.5 }, { costUsd: 0.25, isExtraUsage: true }, { costUsd: 0.125 }];
  async function* run(_: ChatRequest, __: AbortSignal, { onSpent = () => {} }: RunOptions = {}) {
    yield START;
    for (const spent of told.slice(0, 2)) onSpent(spent);
    yield FINISH;
    for (const spent of told.slice(2)) onSpent(spent);
  }
  const backend = { ...playing(play()).backend, run };
  const sink = (turn: TurnRecord, more?: Spending) => void (more ? amended.push([turn, more]) : added.push(turn));
  for await (const _ of recordTurns(backend, sink).run(REQUEST, new AbortController().signal));
  expect(added).toEqual([expect.objectContaining({ costUsd: 0.75, isExtraUsage: true })]);
  expect(amended.map(([turn, more]) => [turn === added[0], more])).toEqual([[true, { costUsd: 0.125 }]]);
});

test("a turn that nobody answered was not paid for, whatever its process was last told of another", () => {
  const turn = new TurnRecorder(REQUEST, CALLER);
  turn.spent({ isExtraUsage: true });
  expect(turn.end("plan_limit_reached").isExtraUsage).toBeUndefined();
});

/** The rows of one turn whose reader stops after so many events. */
async function rowsOf(run: Run, most = Number.POSITIVE_INFINITY) {
  const rows: TurnRecord[] = [];
  const left = new AbortController();
  const backend = recordTurns(playing(run).backend, (turn) => void rows.push(turn));
  let count = 0;
  for await (const _ of backend.run(REQUEST, left.signal, { caller: CALLER })) {
    if (++count === most) break;
  }
  expect(backend.running()).toEqual([]);
  return rows;
}

test.each<[string, ChatEvent, Partial<TurnRecord>]>([
  ["the plan", { type: "error", error: new ApiError("plan_limit_reached", "no") }, { fault: "plan" }],
  ["Anthropic", { type: "error", error: new ApiError("overloaded", "no") }, { fault: "upstream" }],
  ["the request", { type: "error", error: new ApiError("invalid_request", "no") }, { fault: "client" }],
  ["this program", { type: "error", error: new ApiError("cli_failed", "no") }, { fault: "server" }],
])("a failure is put down to %s", async (_, event, expected) => {
  expect(await rowsOf(play(event))).toEqual([expect.objectContaining(expected)]);
});

test("a turn is recorded once, also where its reader leaves before its end", async () => {
  expect(await rowsOf(play(START, ...HELLO, FINISH))).toHaveLength(1);
  const [row, ...rest] = await rowsOf(untilAborted, 1);
  expect(rest).toEqual([]);
  expect(row).toMatchObject({ outcome: "client_closed", fault: "client", answered: "claude-opus-5-5" });
});

test("nothing of what is said is in a row", async () => {
  expect(JSON.stringify(await rowsOf(play(START, ...HELLO, FINISH)))).not.toMatch(/SECRET|Hello/);
});

test("a running turn tells how much has come, and is cancelled by its id: its model is stopped, its client told, its row written", async () => {
  const rows: TurnRecord[] = [];
  const backend = recordTurns(playing(helloUntilAborted).backend, (turn) => void rows.push(turn));
  const events: ChatEvent[] = [];
  for await (const event of backend.run(REQUEST, new AbortController().signal, { caller: CALLER })) {
    events.push(event);
    if (event.type !== "text-end") continue;
    const [running] = backend.running();
    expect(running).toMatchObject({ model: "sonnet", state: "answering", characters: 5, caller: { client: "codex" } });
    expect([backend.cancel("another"), backend.cancel(running?.id ?? "")]).toEqual([false, true]);
  }
  expect(events.at(-1)).toMatchObject({ type: "error", error: { code: "cancelled" } });
  expect(rows).toMatchObject([{ outcome: "cancelled", fault: "client" }]);
});

const helloUntilAborted: Run = async function* (signal, index) {
  yield START;
  yield* HELLO;
  yield* silentUntilAborted(signal, index);
};
