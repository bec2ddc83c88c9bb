import { expect, test } from "bun:test";
import type { PlanLimits, ProcessState } from "../../src/core/backend.ts";
import type { RunningTurn, UsageQuery } from "../../src/core/usage.ts";
import { PRESENT_PARTS, type PresentPart } from "../../src/page/document.ts";
import { liveSections } from "../../src/page/live.ts";
import type { PageSources } from "../../src/page/snapshot.ts";

const TURN: RunningTurn = {
  ...{ id: "1", caller: { dialect: "chat", client: "curl" }, model: "claude-sonnet-4" },
  ...{ at: 0, state: "answering", characters: 0 },
};

type World = {
  now: number;
  ended: number;
  running: readonly RunningTurn[];
  /** Which parts were rendered. */
  readonly renders: string[];
  /** How often sums were looked at, by their days, and the last requests. */
  readonly looks: Record<number, number>;
  recents: number;
  readonly leaving: AbortController;
};

/** A page that is open for so many seconds, and how often it looked at what was used, and rendered what is so now. */
function setUp({ seconds = 10, requests = 0, onLook = (_: World) => {} } = {}) {
  const limits: PlanLimits = { windows: {}, rejections: [] };
  const world: World = {
    ...{ now: 0, ended: 0, recents: 0, renders: [], running: [] },
    looks: { 1: 0, 7: 0, 30: 0 },
    leaving: new AbortController(),
  };
  const total = {
    ...{ name: "all", requests, failed: { client: 0, plan: 0, upstream: 0, server: 0 } },
    ...{ inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0, reasoningTokens: 0, searches: 0 },
    ...{ firstTokenMs: null, costUsd: null, unpriced: 0, extraUsage: 0 },
  };
  const sources: PageSources = {
    figures: {
      totals: () => [],
      totalsBy: (_, { from, to }: Omit<UsageQuery, "by">) => {
        const days = Math.ceil((to - from) / 86_400_000);
        world.looks[days] = (world.looks[days] ?? 0) + 1;
        return [[{ ...total, requests }]];
      },
      since: undefined,
      recent: () => {
        world.recents++;
        return [];
      },
    },
    running: () => world.running,
    processes: (): ProcessState[] => [{ state: "ready", forMs: world.now, turns: 0 }],
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
  const counted = (id: string, { of, render }: PresentPart): PresentPart => ({
    of,
    render: (present) => {
      world.renders.push(id);
      return render(present);
    },
  });
  const events = liveSections({
    sources,
    reader: { origin: "http://localhost:3456", minutesEast: 0 },
    ended: () => world.ended,
    signal: world.leaving.signal,
    now: () => world.now,
    wait: async (ms) => {
      world.now += ms;
      onLook(world);
      if (world.now >= seconds * 1_000) world.leaving.abort();
    },
    parts: Object.fromEntries(Object.entries(PRESENT_PARTS).map(([id, part]) => [id, counted(id, part)])),
  });
  return { world, events };
}

const PRESENT = ["status", "plan", "now", "processes"];
const ALL = [...PRESENT, "today", "days-7", "days-30", "recent"];

async function idsOf(events: AsyncIterable<unknown>): Promise<string[]> {
  const ids: string[] = [];
  for await (const item of events) {
    if (typeof item !== "object" || item === null || !("data" in item)) throw new Error("an event has no name");
    ids.push(JSON.parse(String(item.data)).id);
  }
  return ids;
}

test("all parts come at first; while nothing happens, nothing is rendered, added up or sent again", async () => {
  const { world, events } = setUp({ seconds: 59 });
  expect(await idsOf(events)).toEqual(ALL);
  expect(world).toMatchObject({ renders: PRESENT, looks: { 1: 1, 7: 1, 30: 1 }, recents: 1 });
});

test("a request that goes on renders and sends what tells of it alone, and adds nothing up", async () => {
  const onLook = (world: World) => {
    world.running = [{ ...TURN, characters: Math.min(world.now, 4_000) }];
  };
  const { world, events } = setUp({ onLook });
  expect((await idsOf(events)).slice(ALL.length)).toEqual(["status", "now", "now"]);
  expect(world).toMatchObject({ looks: { 1: 1, 7: 1, 30: 1 }, recents: 1 });
  expect(world.renders.slice(PRESENT.length)).toEqual(["status", "now", "status", "now"]);
});

test("a turn that ends has today added up, and not the month", async () => {
  const { world, events } = setUp();
  for await (const _ of events) world.ended = 1;
  expect(world).toMatchObject({ renders: PRESENT, looks: { 1: 2, 7: 1, 30: 1 }, recents: 2 });
});

test.each([
  [100, 4],
  [10_000, 2],
])(
  "of a day with %i turns, the sums stand the longer the more there are: of turn after turn, %i times in 20 s",
  async (requests, times) => {
    const { world, events } = setUp({ seconds: 20, requests, onLook: (world) => world.ended++ });
    await idsOf(events);
    expect(world).toMatchObject({ looks: { 1: times, 7: 1, 30: 1 }, recents: 4 });
  },
);

test("each minute all is looked at again, since days end, and ages are told", async () => {
  const { world, events } = setUp({ seconds: 121 });
  await idsOf(events);
  expect(world).toMatchObject({
    renders: [...PRESENT, ...PRESENT, ...PRESENT],
    looks: { 1: 3, 7: 3, 30: 2 },
    recents: 3,
  });
});

test("nothing is looked at before somebody reads", () => {
  const { world } = setUp();
  expect(world).toMatchObject({ renders: [], looks: { 1: 0, 7: 0, 30: 0 }, recents: 0 });
});
