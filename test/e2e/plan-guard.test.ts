import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { planHeadersOf } from "../../src/simulator/answer/rate-limit-headers.ts";
import { apiError, planLimit, text } from "../../src/simulator/reply.ts";
import { type Harness, startHarness } from "../support/harness.ts";
import { readError } from "../support/wire.ts";

// What Anthropic refused, or let be paid for, is not asked again: through the real CLI, and seen at the simulated API.

const SONNET = { model: "claude-sonnet-4", messages: [{ role: "user", content: "Hello" }] };
const OPUS = { ...SONNET, model: "claude-opus-4" };
const PAID = {
  fiveHour: { used: 1.02, resetsInSeconds: 4 * 3600 },
  sevenDay: { used: 0.4 },
  overage: "in-use",
} as const;

let app: Harness;
/** By which limits end and refusals are tried; undefined: real time. */
let seconds: number | undefined;
const now = () => seconds ?? Date.now() / 1000;
const goOn = (by: number) => {
  seconds = now() + by;
};
beforeAll(async () => {
  app = await startHarness({ config: { maxWorkers: 1, holdMinutes: 1, budget: { seven_day: 0.8 } }, planClock: now });
});
afterAll(() => app[Symbol.asyncDispose]());
afterEach(() => app.simulator.clearQueue());

async function asked(does: () => Promise<unknown>): Promise<number> {
  const before = app.simulator.requests.length;
  await does();
  return app.simulator.requests.length - before;
}

test("a request waits for a reset that is near enough", async () => {
  app.simulator.enqueue(planLimit({ resetsInSeconds: 3 }));
  expect((await app.chat(SONNET)).status).toBe(429);
  expect(await app.ask(SONNET)).toContain("Simulated");
});

describe("a minute later", () => {
  beforeAll(() => goOn(0));

  const statusesOf = async (count: number) => {
    const responses = await Promise.all(Array.from({ length: count }, () => app.chat(SONNET)));
    return responses.map(({ status }) => status).toSorted();
  };

  test("one request of many is let through, and its answer opens the plan again", async () => {
    app.simulator.enqueue(planLimit({ resetsInSeconds: 3600 }), planLimit({ resetsInSeconds: 3600 }));
    expect(await statusesOf(1)).toEqual([429]);
    goOn(59);
    expect(await asked(() => statusesOf(5))).toBe(0);
    goOn(1);
    expect(await asked(() => statusesOf(50))).toBe(1);
    expect(await asked(() => statusesOf(5))).toBe(0);
    goOn(60);
    expect(await statusesOf(1)).toEqual([200]);
    // At the same time: it is no trial any more.
    expect(await statusesOf(1)).toEqual([200]);
  });

  // That one request tries it again a minute later: test/claude/plan/plan-guard.test.ts.
  test("a refused login is not asked again, which the state says, until it was written anew", async () => {
    const refused = () => apiError(401, "authentication_error", "OAuth token has been revoked");
    app.simulator.enqueue(refused(), refused(), refused());
    const response = await app.chat(SONNET);
    expect(response.status).toBe(401);
    expect((await readError(response)).message).toContain("log in");
    app.simulator.clearQueue();
    expect(await asked(async () => expect(await statusesOf(20)).toEqual(Array(20).fill(401)))).toBe(0);
    const health = await fetch(`${app.url}/health`);
    expect(health.status).toBe(503);
    expect(await health.json()).toMatchObject({ status: "unavailable", problem: { code: "login_refused" } });
    mkdirSync(join(app.home, ".claude"), { recursive: true });
    writeFileSync(join(app.home, ".claude/.credentials.json"), "{}");
    expect(await statusesOf(1)).toEqual([200]);
    expect((await fetch(`${app.url}/health`)).status).toBe(200);
  });
});

test("a budget keeps the rest of a window", async () => {
  const at = (used: number) => ({ headers: planHeadersOf({ sevenDay: { used, resetsInSeconds: 1800 } }) });
  app.simulator.enqueue(text("Some", at(0.79)), text("More", at(0.8)));
  const ask = async () => expect([await app.ask(SONNET), await app.ask(SONNET)]).toEqual(["Some", "More"]);
  expect(await asked(ask)).toBe(2);
  const isRefused = async () => expect((await readError(app.chat(SONNET))).message).toContain("--budget seven_day=80%");
  expect(await asked(isRefused)).toBe(0);
  // The window ends.
  goOn(3600);
});

describe("after a limit was reached", () => {
  test("of one model, the others answer, and that one is refused from memory", async () => {
    app.simulator.enqueue(planLimit({ resetsInSeconds: 2 * 3600, claim: "seven_day_opus" }));
    const first = await app.chat(OPUS);
    expect([first.status, (await readError(first)).code]).toEqual([429, "insufficient_quota"]);
    expect(await asked(async () => expect((await app.chat(OPUS)).status).toBe(429))).toBe(0);
    expect(await app.ask(SONNET)).toContain("Simulated");
    expect((await app.chat(OPUS)).status).toBe(429);
  });

  test("of the plan, fifty requests are refused from memory with when to come back, and none reaches Anthropic", async () => {
    app.simulator.enqueue(planLimit({ resetsInSeconds: 2 * 3600 }));
    expect((await app.chat(SONNET)).status).toBe(429);
    const refused = () => Promise.all(Array.from({ length: 50 }, () => app.chat(SONNET)));
    let responses: Response[] = [];
    expect(
      await asked(async () => {
        responses = await refused();
      }),
    ).toBe(0);
    for (const response of responses) {
      expect([response.status, response.headers.get("x-should-retry")]).toEqual([429, "false"]);
      expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(3000);
      expect(response.headers.get("anthropic-ratelimit-unified-status")).toBe("rejected");
      const error = await readError(response);
      expect(error.message).toMatch(/five-hour limit .* resets at \d{4}-/);
    }
  });

  test("the next start knows it, from a file that is the user's alone", async () => {
    const file = join(app.home, ".local/state/claude-max-api/plan.json");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await Bun.file(file).json()).toMatchObject({
      limits: { rejections: [{ model: "opus" }, { type: "five_hour" }] },
    });
  });
});

// Where the user says that it may go on: test/claude/plan/verdict.test.ts.
test("extra usage is delivered once, with a header and a warning, and then refused", async () => {
  // What was reached before has ended.
  goOn(2 * 3600);
  app.simulator.enqueue(text("Paid", { headers: planHeadersOf(PAID) }));
  const first = await app.chat(SONNET);
  expect(first.status).toBe(200);
  expect(first.headers.get("x-claude-max-api-extra-usage")).toBe("in-use");
  expect(first.headers.get("anthropic-ratelimit-unified-overage-in-use")).toBe("true");
  expect(first.headers.get("anthropic-ratelimit-unified-5h-utilization")).toBe("1.02");
  expect(app.log.filter((line) => line.includes(" warn ") && line.includes("extra usage"))).toHaveLength(1);
  const isRefused = async () => {
    const second = app.chat(SONNET);
    expect((await second).status).toBe(429);
    expect((await readError(second)).message).toContain("--allow-extra-usage");
  };
  expect(await asked(isRefused)).toBe(0);
});
