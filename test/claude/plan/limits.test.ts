import { describe, expect, test } from "bun:test";
import {
  binds,
  current,
  NO_LIMITS,
  type RateLimitInfo,
  type Warned,
  warningsOf,
  withAnswer,
  withReport,
} from "../../../src/claude/plan/limits.ts";

const NOW = 1_800_000_000;
const LATER = NOW + 3600;
const OPUS = "claude-opus-4-8";
const SONNET = "claude-sonnet-5";
const FABLE = "claude-fable-5";

const rejected = (rateLimitType?: string, resetsAt: number | undefined = LATER): RateLimitInfo => ({
  status: "rejected",
  resetsAt,
  ...(rateLimitType && { rateLimitType }),
});
const allowed: RateLimitInfo = {
  status: "allowed",
  resetsAt: LATER,
  rateLimitType: "five_hour",
  isUsingOverage: false,
};
const paid: RateLimitInfo = { ...rejected("five_hour"), isUsingOverage: true, overageStatus: "allowed" };

/** Which of the three models a report that `asked` got keeps from answering. */
function bound(info: RateLimitInfo, asked: string) {
  const { rejections } = withReport(NO_LIMITS, info, asked, NOW);
  return [OPUS, SONNET, FABLE].filter((model) => rejections.some((rejection) => binds(rejection, model)));
}

describe("a limit that is reached binds", () => {
  test.each([
    ["five_hour", SONNET, [OPUS, SONNET, FABLE]],
    ["seven_day", OPUS, [OPUS, SONNET, FABLE]],
    ["overage", OPUS, [OPUS, SONNET, FABLE]],
    ["something_new", OPUS, [OPUS, SONNET, FABLE]],
    ["seven_day_opus", OPUS, [OPUS]],
    ["seven_day_sonnet", SONNET, [SONNET]],
    ["seven_day_overage_included", FABLE, [FABLE]],
  ])("%s, told to %s: %p", (type, asked, models) => {
    expect(bound(rejected(type), asked)).toEqual(models);
  });

  test("all, where it has no name", () => {
    expect(bound(rejected(), OPUS)).toEqual([OPUS, SONNET, FABLE]);
  });

  test("nothing, where it has no reset, or one that is over: it is a limit of the moment", () => {
    expect(bound({ status: "rejected" }, OPUS)).toEqual([]);
    expect(bound(rejected("five_hour", NOW), OPUS)).toEqual([]);
  });
});

describe("what was reached is over", () => {
  const both = withReport(
    withReport(NO_LIMITS, rejected("seven_day_opus"), OPUS, NOW),
    rejected("seven_day"),
    SONNET,
    NOW,
  );

  test("for the models that have answered, and those that it binds with them", () => {
    expect(withAnswer(both, SONNET).rejections).toMatchObject([{ type: "seven_day_opus" }]);
    expect(withAnswer(both, OPUS).rejections).toEqual([]);
  });

  test("when the API says that it allows", () => {
    expect(withReport(both, allowed, OPUS, NOW).rejections).toEqual([]);
  });

  test("at its time", () => {
    expect(current(both, LATER - 1).rejections).toHaveLength(2);
    expect(current(both, LATER).rejections).toEqual([]);
  });

  test("and is known once, however often it is told", () => {
    const twice = withReport(both, rejected("seven_day", LATER + 60), OPUS, NOW);
    expect(twice.rejections).toMatchObject([{ type: "seven_day_opus" }, { type: "seven_day", resetsAt: LATER + 60 }]);
  });
});

describe("extra usage", () => {
  const spending = withReport(NO_LIMITS, paid, SONNET, NOW);

  test("is in use from the first answer that says so until the reset, and is no refusal", () => {
    expect(spending.overage).toEqual({ type: "five_hour", since: NOW, resetsAt: LATER });
    expect(spending.rejections).toEqual([]);
    expect(withReport(spending, paid, SONNET, NOW + 5).overage?.since).toBe(NOW);
    expect(current(spending, LATER).overage).toBeUndefined();
  });

  test("is over when the plan allows again, and not because a model answers", () => {
    expect(withReport(spending, allowed, SONNET, NOW).overage).toBeUndefined();
    expect(withAnswer(spending, SONNET).overage).toBeDefined();
  });

  test("for one family's own limit is that family's, whatever the plan allows to others", () => {
    const info = { ...paid, rateLimitType: "seven_day_overage_included" };
    const fable = withReport(NO_LIMITS, info, FABLE, NOW);
    expect(fable.overage).toMatchObject({ model: "fable" });
    expect(withReport(fable, allowed, SONNET, NOW).overage).toEqual(fable.overage);
    expect(withReport(fable, allowed, FABLE, NOW).overage).toBeUndefined();
  });

  test("without a reset counts as in use for an hour", () => {
    const info = { status: "rejected", isUsingOverage: true };
    expect(withReport(NO_LIMITS, info, SONNET, NOW).overage?.resetsAt).toBe(NOW + 3600);
  });
});

test("windows are kept each with the time it was last told, until it ends", () => {
  const told = (name: string, utilization: number) => ({
    ...allowed,
    unifiedWindows: { [name]: { utilization, resetsAt: LATER, status: "allowed" } },
  });
  const first = withReport(NO_LIMITS, told("seven_day", 0.2), SONNET, NOW);
  const second = withReport(first, told("five_hour", 0.4), SONNET, NOW + 9);
  expect(second.windows).toEqual({
    seven_day: { utilization: 0.2, resetsAt: LATER, status: "allowed", seenAt: NOW },
    five_hour: { utilization: 0.4, resetsAt: LATER, status: "allowed", seenAt: NOW + 9 },
  });
  expect(current(second, LATER).windows).toEqual({});
});

const RESET = 1_800_000_000;
const FIVE_HOURS = 5 * 3600;

/** What is warned of, with percent, as one window comes to these parts one after the other. */
function warnedAt(steps: readonly (readonly [utilization: number, resetsAt?: number])[]): string[] {
  let warned: Warned = {};
  return steps.flatMap(([utilization, resetsAt = RESET]) => {
    const told = warningsOf({ windows: { five_hour: { utilization, resetsAt, seenAt: 0 } } }, warned);
    warned = told.warned;
    return told.warnings.map(({ window, utilization }) => `${window} ${Math.round(utilization * 100)}`);
  });
}

test("a window is warned of at 75, 90 and 95 percent, each once", () => {
  const steps = [0.1, 0.749, 0.75, 0.8, 0.74, 0.76, 0.9, 0.94, 0.89, 0.91, 0.95, 1.02].map((part) => [part] as const);
  expect(warnedAt(steps)).toEqual(["five_hour 75", "five_hour 90", "five_hour 95"]);
});

test("of several that are passed at once it is warned once", () => {
  expect(warnedAt([[0.2], [0.97], [0.98]])).toEqual(["five_hour 97"]);
});

test("the next window is warned of anew, not one whose reset is told a second otherwise", () => {
  expect(warnedAt([[0.8], [0.8, RESET + 1], [0.8, RESET - 1], [0.76, RESET + FIVE_HOURS]])).toEqual([
    "five_hour 80",
    "five_hour 76",
  ]);
});

test("windows are warned of apart from each other", () => {
  const windows = {
    five_hour: { utilization: 0.5, resetsAt: RESET, seenAt: 0 },
    seven_day: { utilization: 0.92, resetsAt: RESET, seenAt: 0 },
    seven_day_opus: { utilization: 0.76, resetsAt: RESET, seenAt: 0 },
  };
  expect(warningsOf({ windows }, {}).warnings.map(({ window }) => window)).toEqual(["seven_day", "seven_day_opus"]);
});
