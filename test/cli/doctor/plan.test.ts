import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { MadeUpMachine } from "./made-up-machine.ts";

let machine: MadeUpMachine;
beforeEach(() => {
  machine = new MadeUpMachine();
});
afterEach(() => machine[Symbol.dispose]());

describe("the plan", () => {
  const soon = Math.floor(Date.now() / 1000) + 3600;
  const write = (utilization: number, rest: object = {}) =>
    machine.write(
      ".local/state/claude-max-api/plan.json",
      JSON.stringify({
        version: 1,
        limits: {
          windows: {
            five_hour: { utilization, resetsAt: soon, seenAt: soon - 4000 },
            seven_day: { utilization: 0.99, resetsAt: soon - 3700, seenAt: soon - 4000 },
          },
          rejections: [],
          ...rest,
        },
      }),
    );

  test("of which nothing is known yet is not checked", async () => {
    const [finding] = await machine.findings("plan");
    expect(finding).toMatchObject({ status: "not_checked", message: expect.stringContaining("first answer") });
  });

  test("is told by its windows that still run, with when that was seen", async () => {
    write(0.424);
    const [finding] = await machine.findings("plan");
    expect(finding).toMatchObject({ status: "ok", facts: { plan: "max", five_hour: 0.424, extra_usage: false } });
    expect(finding?.message).toMatch(
      /^max plan: five hours: 42% used until 20\S+Z; no extra usage \(as told at 20\S+Z\)\.$/,
    );
  });

  test("that is nearly used up, or used beside, is a warning", async () => {
    write(0.9);
    expect(await machine.findings("plan")).toMatchObject([{ status: "warning" }]);
    write(0.1, { overage: { type: "five_hour", since: 1, resetsAt: soon } });
    const [finding] = await machine.findings("plan");
    expect(finding).toMatchObject({ status: "warning", facts: { extra_usage: true } });
    expect(finding?.message).toContain("answers are paid for as extra usage until 20");
  });
});
