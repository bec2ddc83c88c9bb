import { expect, test } from "bun:test";
import { EMPTY_POOL, type PoolWorker, processesOf, type WorkerState } from "../../../src/claude/pool/pool-state.ts";
import { rememberTexts, view } from "./policy-fixture.ts";

const worker = (...texts: string[]): PoolWorker => ({
  ...view({ transcript: rememberTexts(...texts), settings: undefined }),
  ...{ alive: true, isWorn: false },
});

test("of each process is told since when it is in its state, its model, and how many turns it remembers", () => {
  const workers = new Map<PoolWorker, WorkerState>([
    [worker("secret", "<y>"), { type: "idle", since: 1_000 }],
    [
      { ...worker(), model: undefined },
      { type: "preparing", since: 5_000 },
    ],
    [worker("q", "<y>", "r", "<y>"), { type: "answering", since: 5_500 }],
  ]);
  expect(processesOf({ ...EMPTY_POOL, workers }, 6_000)).toEqual([
    { state: "ready", model: "opus", forMs: 5_000, turns: 2 },
    { state: "starting", model: undefined, forMs: 1_000, turns: 0 },
    { state: "busy", model: "opus", forMs: 500, turns: 4 },
  ]);
});
