import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PlanGuard, type PlanGuardOptions } from "../../../src/claude/plan/plan-guard.ts";
import { planFile } from "../../../src/claude/plan/plan-store.ts";
import { ApiError } from "../../../src/core/error.ts";
import { Logger } from "../../../src/observability/logger.ts";

const SONNET = "claude-sonnet-5";
const START = 1_800_000_000;
const SETTINGS = { allowExtraUsage: false, holdSeconds: 0, budget: {}, probeSeconds: 60 };

let now: number;
let log: string[];
let folder: string;
beforeEach(() => {
  now = START;
  log = [];
  folder = mkdtempSync(join(tmpdir(), "claude-max-api-plan-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function guard(options: Partial<PlanGuardOptions> = {}) {
  return new PlanGuard({
    settings: SETTINGS,
    idOf: (model) => model,
    credentials: () => undefined,
    logger: new Logger("debug", (line) => void log.push(line)),
    now: () => now,
    ...options,
  });
}

const REACHED = { status: "rejected", rateLimitType: "five_hour", resetsAt: START + 1000 };
const PAID = { ...REACHED, isUsingOverage: true };
const begins = { type: "response-start", id: "msg_1", model: SONNET } as const;
const never = new AbortController().signal;
const verdictOf = (guard: PlanGuard, signal = never) =>
  guard.admit(SONNET, signal).catch((error: unknown) => (error instanceof ApiError ? error.code : error));

describe("a limit that is reached", () => {
  test("is over once an answer begins, not when one ends that began before", async () => {
    const plan = guard();
    plan.report(SONNET, REACHED);
    const usage = { inputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 1 };
    plan.follow({ type: "finish", reason: { unified: "stop", raw: "end_turn" }, usage }, SONNET);
    expect(await verdictOf(plan)).toBe("plan_limit_reached");
    plan.follow(begins, SONNET);
    expect(await verdictOf(plan)).toBe("pass");
  });

  test("is told of a request that fails by it, though its process says no more of it", () => {
    const plan = guard();
    const error = new ApiError("rate_limited", "The Anthropic API limits requests right now.", { upstreamStatus: 429 });
    const told = () => plan.follow({ type: "error", error }, SONNET);
    expect(told()).toEqual({ type: "error", error });
    plan.report(SONNET, REACHED);
    const reached = { code: "plan_limit_reached", resetsAt: START + 1000, upstreamStatus: 429 };
    expect(told()).toMatchObject({ type: "error", error: reached });
  });

  test("is tried by one of many, once in a minute", async () => {
    const plan = guard();
    plan.report(SONNET, REACHED);
    now += 60;
    const all = await Promise.all(Array.from({ length: 50 }, () => verdictOf(plan)));
    expect(all.filter((verdict) => verdict === "probe")).toHaveLength(1);
    expect(all.filter((verdict) => verdict === "plan_limit_reached")).toHaveLength(49);
  });
});

test("a request that is held leaves when its client does", async () => {
  const plan = guard({ settings: { ...SETTINGS, holdSeconds: 3600 } });
  plan.report(SONNET, REACHED);
  const client = new AbortController();
  const held = verdictOf(plan, client.signal);
  client.abort("gone");
  expect(await held).toBe("gone");
});

test("more than 200 are not held", async () => {
  const plan = guard({ settings: { ...SETTINGS, holdSeconds: 3600 } });
  plan.report(SONNET, REACHED);
  const client = new AbortController();
  const held = Array.from({ length: 200 }, () => verdictOf(plan, client.signal));
  expect(await verdictOf(plan)).toBe("plan_limit_reached");
  client.abort("gone");
  expect(new Set(await Promise.all(held))).toEqual(new Set(["gone"]));
});

test("extra usage is warned of once", () => {
  const plan = guard();
  for (let at = 0; at < 3; at++) plan.report(SONNET, PAID);
  expect(log.filter((line) => line.includes(" warn "))).toHaveLength(1);
});

test("a window that is nearly used up is warned of once, with when it ends, also across a start", () => {
  const store = planFile(join(folder, "state", "plan.json"));
  const at = (utilization: number) => ({
    status: "allowed",
    unifiedWindows: { five_hour: { utilization, resetsAt: START + 1000 } },
  });
  const plan = guard({ store });
  for (const part of [0.7, 0.76, 0.78]) plan.report(SONNET, at(part));
  expect(log.filter((line) => line.includes(" warn "))).toEqual([
    expect.stringMatching(/76% of your Claude plan's five-hour limit is used .*until=2027-/),
  ]);
  plan.close();
  guard({ store }).report(SONNET, at(0.79));
  expect(log).toHaveLength(1);
});

test("windows that the CLI tells when it is asked take the place of older ones, and bind budgets", async () => {
  const plan = guard({ settings: { ...SETTINGS, budget: { five_hour: 0.8 } } });
  plan.report(SONNET, {
    status: "allowed",
    unifiedWindows: { seven_day: { utilization: 0.2, resetsAt: START + 9000 } },
  });
  now += 60;
  plan.learn({ five_hour: { utilization: 0.81, resetsAt: START + 1000, seenAt: now } });
  expect(Object.keys(plan.limits.windows)).toEqual(["seven_day", "five_hour"]);
  expect([plan.limits.seenAt, await verdictOf(plan)]).toEqual([now, "plan_limit_reached"]);
  expect(log.filter((line) => line.includes("81% of"))).toHaveLength(1);
});

describe("the file of limits", () => {
  const path = () => join(folder, "state", "plan.json");

  test("keeps them for the next start, which tries only what is due", async () => {
    guard({ store: planFile(path()) }).report(SONNET, REACHED);
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    const next = guard({ store: planFile(path()) });
    expect(next.limits.rejections).toEqual([{ type: "five_hour", resetsAt: START + 1000 }]);
    expect(await verdictOf(next)).toBe("plan_limit_reached");
    now += 60;
    expect(await verdictOf(next)).toBe("probe");
  });

  test("that is none tells nothing", () => {
    mkdirSync(join(folder, "state"));
    for (const content of ["", "[]", '{"version":1,"limits":{"windows":3}}', '{"version":2}']) {
      writeFileSync(path(), content);
      expect(guard({ store: planFile(path()) }).limits).toEqual({ windows: {}, rejections: [], overage: undefined });
    }
  });

  test("that cannot be written is warned of, and costs nothing else", async () => {
    writeFileSync(join(folder, "state"), "in the way");
    const plan = guard({ store: planFile(path()) });
    plan.report(SONNET, REACHED);
    expect(log.some((line) => line.includes(" warn ") && line.includes("cannot be kept"))).toBe(true);
    expect(await verdictOf(plan)).toBe("plan_limit_reached");
  });
});

test("a login that the CLI does not read holds requests back like one that is refused", async () => {
  const plan = guard({ usesToken: true });
  const error = new ApiError("login_unread", "Not read.");
  expect(plan.follow({ type: "error", error }, SONNET)).toEqual({ type: "error", error });
  expect(plan.problem).toBe(error);
  expect(await verdictOf(plan)).toBe("login_unread");
});

test("a login that is refused is tried by one of many, once in a minute, and by all once it was written anew", async () => {
  let written = "before";
  const plan = guard({ credentials: () => written });
  plan.follow({ type: "error", error: new ApiError("login_refused", "Refused.") }, SONNET);
  const verdicts = () => Promise.all(Array.from({ length: 20 }, () => verdictOf(plan)));
  now += 59;
  expect(await verdicts()).toEqual(Array(20).fill("login_refused"));
  now += 1;
  expect((await verdicts()).toSorted()).toEqual([...Array(19).fill("login_refused"), "probe"]);
  expect(plan.problem?.code).toBe("login_refused");
  written = "anew";
  expect(await verdicts()).toEqual(Array(20).fill("pass"));
});

test("a token of the environment that is refused is named: a login made since would not help", () => {
  const refused = { type: "error", error: new ApiError("login_refused", "Refused.", { upstreamStatus: 401 }) } as const;
  const stored = guard();
  expect(stored.follow(refused, SONNET)).toEqual(refused);
  stored.loginChanged();
  expect(stored.problem).toBeUndefined();
  const plan = guard({ usesToken: true });
  expect(plan.follow(refused, SONNET)).toMatchObject({
    type: "error",
    error: { code: "login_refused", upstreamStatus: 401 },
  });
  expect(plan.problem?.message).toMatch(/^Refused\. What was refused is the token in CLAUDE_CODE_OAUTH_TOKEN, /);
});
