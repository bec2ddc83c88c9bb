import { describe, expect, test } from "bun:test";
import { type GuardSettings, type GuardState, judge } from "../../../src/claude/plan/verdict.ts";
import { ApiError } from "../../../src/core/error.ts";

const NOW = 1_800_000_000;
const SONNET = "claude-sonnet-5";
const SETTINGS: GuardSettings = { allowExtraUsage: false, holdSeconds: 0, budget: {}, probeSeconds: 60 };
const REFUSED = new ApiError("login_refused", "log in");

type Case = {
  readonly login: boolean;
  readonly rejection: "none" | "all" | "mine" | "other" | "over";
  readonly overage: "none" | "now" | "over";
  readonly used: number;
  readonly probe: "never" | "recent" | "due";
  readonly allow: boolean;
  readonly hold: number;
  readonly budget: boolean;
};

/** Every combination of these. */
function* cases(): Generator<Case> {
  for (const login of [false, true])
    for (const rejection of ["none", "all", "mine", "other", "over"] as const)
      for (const overage of ["none", "now", "over"] as const)
        for (const used of [0.5, 0.8, 1.1])
          for (const probe of ["never", "recent", "due"] as const)
            for (const allow of [false, true])
              for (const hold of [0, 600, 3600])
                for (const budget of [false, true])
                  yield { login, rejection, overage, used, probe, allow, hold, budget };
}

const RESET = NOW + 1800;

function stateOf({ login, rejection, overage, used, probe }: Case): GuardState {
  const models = { all: undefined, mine: "sonnet", other: "opus", over: undefined, none: undefined };
  const model = models[rejection];
  const at = rejection === "over" ? NOW - 1 : RESET;
  return {
    loginRefused: login ? REFUSED : undefined,
    probedAt: { never: undefined, recent: NOW - 59, due: NOW - 60 }[probe],
    limits: {
      windows: { five_hour: { utilization: used, resetsAt: RESET, seenAt: NOW } },
      rejections: rejection === "none" ? [] : [{ type: "five_hour", resetsAt: at, ...(model && { model }) }],
      ...(overage !== "none" && { overage: { since: NOW - 9, resetsAt: overage === "now" ? RESET : NOW - 1 } }),
    },
  };
}

/** The rules, said again as plainly as can be. */
function expected({ login, rejection, overage, used, probe, allow, hold, budget }: Case) {
  const mayTry = probe !== "recent";
  const refusal = hold >= 1800 ? "hold" : "refuse";
  if (login) return mayTry ? "probe" : "refuse";
  if (overage === "now" && !allow) return refusal;
  if (budget && used >= 0.8) return refusal;
  if (rejection === "all" || rejection === "mine") return mayTry ? "probe" : refusal;
  return "pass";
}

test("what becomes of a request follows from what is known, in every combination", () => {
  let seen = 0;
  for (const one of cases()) {
    const budget: Record<string, number> = one.budget ? { five_hour: 0.8 } : {};
    const settings = { ...SETTINGS, allowExtraUsage: one.allow, holdSeconds: one.hold, budget };
    expect([one, judge(stateOf(one), SONNET, NOW, settings).type]).toEqual([one, expected(one)]);
    seen++;
  }
  expect(seen).toBe(3240);
});

const PLAIN: Case = {
  login: false,
  rejection: "none",
  overage: "none",
  used: 0.5,
  probe: "recent",
  allow: false,
  hold: 0,
  budget: false,
};

/** The refusal's error. */
function errorOf(changed: Partial<Case>, settings: Partial<GuardSettings> = {}): ApiError {
  const verdict = judge(stateOf({ ...PLAIN, ...changed }), SONNET, NOW, { ...SETTINGS, ...settings });
  if (verdict.type !== "refuse") throw new Error(`it is a ${verdict.type}`);
  return verdict.error;
}

describe("a refusal", () => {
  test("says which limit, until when, and when to come back", () => {
    const error = errorOf({ rejection: "all" });
    expect(error).toMatchObject({ code: "plan_limit_reached", resetsAt: RESET, retryAfterSeconds: 1800 });
    expect(error.message).toBe(
      `The five-hour limit of your Claude plan is reached. It resets at ${new Date(RESET * 1000).toISOString()}.`,
    );
  });
  test("of extra usage names the flag that allows it", () => {
    expect(errorOf({ overage: "now" })).toMatchObject({ code: "plan_limit_reached", resetsAt: RESET });
    expect(errorOf({ overage: "now" }).message).toContain("--allow-extra-usage");
  });
  test("of a budget says how much is used, and what keeps the rest", () => {
    const { message } = errorOf({ used: 0.83 }, { budget: { five_hour: 0.8 } });
    expect(message).toContain(
      "83% of your Claude plan's five-hour limit is used, and --budget five_hour=80% keeps the rest",
    );
  });
  test("of the login is the one that Anthropic gave", () => {
    expect(errorOf({ login: true })).toBe(REFUSED);
  });
});

test("extra usage of another family's own limit keeps no request back", () => {
  const overage = { since: NOW, resetsAt: RESET, model: "fable" };
  const state = { limits: { windows: {}, rejections: [], overage }, loginRefused: undefined, probedAt: NOW };
  expect(judge(state, SONNET, NOW, SETTINGS).type).toBe("pass");
  expect(judge(state, "claude-fable-5", NOW, SETTINGS).type).toBe("refuse");
});

test("of several limits the one that lasts longest is told, and decides whether a request waits", () => {
  const rejections = [100, 4000, 500].map((seconds, at) => ({ type: `limit_${at}`, resetsAt: NOW + seconds }));
  const state = { limits: { windows: {}, rejections }, loginRefused: undefined, probedAt: NOW };
  const verdict = judge(state, SONNET, NOW, { ...SETTINGS, holdSeconds: 600 });
  expect(verdict).toMatchObject({ type: "refuse", error: { resetsAt: NOW + 4000 } });
});
