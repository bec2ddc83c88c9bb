import { expect, test } from "bun:test";
import type { PlanLimits } from "../../src/core/backend.ts";
import type { RunningTurn, UsageQuery } from "../../src/core/usage.ts";
import { liveSections } from "../../src/page/live.ts";

function setUp() {
  const limits: PlanLimits = { windows: {}, rejections: [] };
  const world = { now: 0, ended: 0, looks: 0, running: [] as readonly RunningTurn[], leaving: new AbortController() };
  const total = { requests: 0 };
  const figures = {
    totals: (_: UsageQuery) => {
      world.looks++;
      return [];
    },
    since: undefined,
    recent: () => [],
  };
  const sources = {
    figures,
    running: () => world.running,
    processes: () => [],
    limits: () => limits,
    usedUpAt: () => undefined,
    health: () => ({ status: "ok" as const, workers: { starting: 0, ready: 1, busy: 0, parked: 0, queued: 0 } }),
    models: () => [],
    cancel: () => false,
    defaultModel: "claude-sonnet-4",
    version: "1",
    isDemo: false,
    startedAt: new Date(0),
    wantsKey: false,
  };
  const events = liveSections({
    sources,
    reader: { origin: "http://localhost:3456", minutesEast: 0 },
    ended: () => world.ended,
    signal: world.leaving.signal,
    now: () => world.now,
    wait: async (ms) => {
      world.now += ms;
      if (world.now >= 10_000) world.leaving.abort();
    },
  });
  return { world, events, total };
}

async function idsOf(events: AsyncIterable<unknown>): Promise<string[]> {
  const ids: string[] = [];
  for await (const item of events) {
    if (typeof item !== "object" || item === null || !("data" in item)) throw new Error("an event has no name");
    ids.push(JSON.parse(String(item.data)).id);
  }
  return ids;
}

test("all parts come at first, then those that change, and nothing is added up again while no turn ends", async () => {
  const { world, events } = setUp();
  const ids = await idsOf(events);
  expect(ids.slice(0, 6)).toEqual(["status", "plan", "now", "processes", "usage", "recent"]);
  // For how long it runs is told by the second.
  expect(ids.slice(6)).toEqual(Array(9).fill("processes"));
  expect(world.looks).toBe(3 * 4);
});

test("a turn that ends has today added up, and not the month", async () => {
  const { world, events } = setUp();
  world.running = [];
  for await (const _ of events) if (world.now >= 3_000) world.ended = 1;
  expect(world.looks).toBe(3 * 4 + 4);
});

test("nothing is looked at before somebody reads", () => {
  const { world } = setUp();
  expect(world.looks).toBe(0);
});
