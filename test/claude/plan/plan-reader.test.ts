import { describe, expect, test } from "bun:test";
import { PlanReader, planWindows, readPlan } from "../../../src/claude/plan/plan-reader.ts";
import { PLAIN_SETTINGS } from "../../../src/claude/pool/turn-settings.ts";
import { CliProcess } from "../../../src/claude/process/cli-process.ts";
import { Logger } from "../../../src/observability/logger.ts";
import { makeScripts } from "../../support/scripts.ts";

const NOW = 1_800_000_000;
const at = (seconds: number) => new Date((NOW + seconds) * 1000).toISOString();
/** As the CLI 2.1.332 tells it with a stored login. */
const TOLD = {
  subscription_type: "max",
  rate_limits_available: true,
  rate_limits: {
    five_hour: { utilization: 42, resets_at: at(3600) },
    seven_day: { utilization: 17.5, resets_at: at(86_400) },
    seven_day_opus: null,
    seven_day_sonnet: { utilization: 90, resets_at: at(-1) },
    extra_usage: { is_enabled: false, monthly_limit: null, used_credits: null, utilization: null },
  },
};

test("what the CLI tells in percent and as text becomes windows; those that are over, or none, are left out", () => {
  expect(planWindows(TOLD, NOW)).toEqual({
    five_hour: { utilization: 0.42, resetsAt: NOW + 3600, seenAt: NOW },
    seven_day: { utilization: 0.175, resetsAt: NOW + 86_400, seenAt: NOW },
  });
});

test.each([
  [undefined],
  [{}],
  [{ ...TOLD, rate_limits: null }],
  [{ rate_limits: { five_hour: { utilization: "much" } } }],
])("%j tells nothing", (reply) => expect(planWindows(reply, NOW)).toBeUndefined());

describe("somebody who looks", () => {
  function reader(reply: () => Promise<unknown> | undefined) {
    const state = { now: NOW, seenAt: NOW as number | undefined, asked: 0, learnt: 0 };
    const plan = new PlanReader({
      now: () => state.now * 1000,
      seenAt: () => state.seenAt,
      ask: () => {
        state.asked++;
        return reply();
      },
      learn: () => state.learnt++,
    });
    const lookAfter = async (seconds: number) => {
      state.now += seconds;
      await plan.look();
      return [state.asked, state.learnt];
    };
    return { state, plan, lookAfter };
  }

  test("has it told when the last word is a minute old, and at most once a minute", async () => {
    const { state, lookAfter } = reader(async () => TOLD);
    expect(await lookAfter(59)).toEqual([0, 0]);
    expect(await lookAfter(1)).toEqual([1, 1]);
    expect(await lookAfter(59)).toEqual([1, 1]);
    expect(await lookAfter(1)).toEqual([2, 2]);
    state.seenAt = state.now + 60;
    expect(await lookAfter(60)).toEqual([2, 2]);
  });

  test("has it asked once, however many look", async () => {
    const { state, plan, lookAfter } = reader(async () => TOLD);
    state.now += 60;
    await Promise.all([plan.look(), plan.look(), plan.look()]);
    expect(await lookAfter(0)).toEqual([1, 1]);
  });

  test.each([
    ["tells nothing", async () => ({ rate_limits: null })],
    ["fails", () => Promise.reject(new Error("gone"))],
  ])("does not have it asked again for ten minutes where the CLI %s", async (_, reply) => {
    const { lookAfter } = reader(reply);
    expect(await lookAfter(60)).toEqual([1, 0]);
    expect(await lookAfter(599)).toEqual([1, 0]);
    expect(await lookAfter(1)).toEqual([2, 0]);
  });

  test("finds no process that rests, and is not kept waiting", async () => {
    const { lookAfter } = reader(() => undefined);
    expect(await lookAfter(60)).toEqual([1, 0]);
    expect(await lookAfter(0)).toEqual([2, 0]);
  });
});

/** Answers each request with its own number, and notes what it was asked. */
const FAKE_CLI = `
while read -r line; do
  printf '%s\\n' "$line" >> heard
  id=\${line#*'"request_id":"'}; id=\${id%%'"'*}
  echo '{"type":"control_response","response":{"subtype":"success","request_id":"'"$id"'","response":{"told":true}}}'
done
`;

test("to read the plan, other traffic is let through for that moment alone, and the settings stay what they were", async () => {
  using scripts = makeScripts();
  const cli = new CliProcess({
    path: scripts.write("claude", FAKE_CLI),
    args: [],
    env: { PATH: "/usr/bin:/bin" },
    cwd: scripts.directory,
    logger: new Logger("silent"),
  });
  expect(await readPlan(cli, { ...PLAIN_SETTINGS, maxOutputTokens: 7 })).toEqual({ told: true });
  await cli.terminate();
  const lines = (await Bun.file(`${scripts.directory}/heard`).text()).trim().split("\n");
  const asked = lines.map((line) => JSON.parse(line).request);
  const env = expect.objectContaining({ CLAUDE_CODE_MAX_OUTPUT_TOKENS: "7", CLAUDE_CODE_EXTRA_BODY: "" });
  expect(asked).toEqual([
    { subtype: "apply_flag_settings", settings: { env } },
    { subtype: "get_usage", skip_behaviors: true, detached: true },
    { subtype: "apply_flag_settings", settings: { env } },
  ]);
  const traffic = asked.map(({ settings }) => settings?.env.CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC);
  expect(traffic).toEqual(["", undefined, undefined]);
});
