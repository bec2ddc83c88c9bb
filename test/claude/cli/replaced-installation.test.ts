import { afterEach, beforeEach, describe, expect, jest, test } from "bun:test";
import type { Installation } from "../../../src/claude/cli/installation.ts";
import { InstallationMonitor } from "../../../src/claude/cli/installation-monitor.ts";
import { ApiError } from "../../../src/core/error.ts";
import { Logger } from "../../../src/observability/logger.ts";

const WORKING: Installation = { path: "/bin/claude", version: "2.1.330", login: "your Claude login" };
const missing = () => new ApiError("cli_missing", "not found");

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** Lets time pass, and the looks it brings about come to their end. */
async function pass(ms: number): Promise<void> {
  jest.advanceTimersByTime(ms);
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

const problemOf = (monitor: InstallationMonitor) =>
  monitor.ensure().then(
    () => undefined,
    (error: unknown) => error,
  );

const NEWER = { ...WORKING, version: "2.1.332" };
function replaceable() {
  const machine = {
    state: WORKING as Installation | Error | Promise<Installation>,
    program: "old",
    looks: 0,
    replaced: 0,
  };
  const monitor = new InstallationMonitor({
    inspect: async () => {
      machine.looks++;
      if (machine.state instanceof Error) throw machine.state;
      return await machine.state;
    },
    logger: new Logger("silent", () => {}),
    programStamp: () => machine.program,
    onReplaced: () => machine.replaced++,
  });
  return { monitor, machine };
}

describe("a program that was replaced in place", () => {
  test("is looked at before the next start, and what was started of another version is told to be old, once", async () => {
    const { monitor, machine } = replaceable();
    await monitor.ensure();
    Object.assign(machine, { state: NEWER, program: "new" });
    await pass(500);
    expect(await Promise.all([monitor.ensure(), monitor.ensure()])).toEqual([NEWER, NEWER]);
    expect(await monitor.ensure()).toBe(NEWER);
    expect(machine).toMatchObject({ looks: 2, replaced: 1 });
  });

  test("is noticed by a glance, too; the same version again makes nothing old", async () => {
    const { monitor, machine } = replaceable();
    await monitor.ensure();
    machine.program = "new";
    await pass(500);
    monitor.recheckIfReplaced();
    await pass(0);
    expect(machine).toMatchObject({ looks: 2, replaced: 0 });
  });

  test("and does not work yet leaves the old one in use, and is looked at again, but not for each request", async () => {
    const { monitor, machine } = replaceable();
    await monitor.ensure();
    Object.assign(machine, { state: missing(), program: "half" });
    await pass(500);
    expect(await monitor.ensure()).toBe(WORKING);
    expect(await monitor.ensure()).toBe(WORKING);
    expect(machine.looks).toBe(2);
    expect(monitor.problem).toBeUndefined();
    Object.assign(machine, { state: NEWER, program: "new" });
    await pass(500);
    expect(await monitor.ensure()).toBe(NEWER);
  });
});

test("a replaced program that hangs is not waited for for long: the old one serves on", async () => {
  const { monitor, machine } = replaceable();
  await monitor.ensure();
  Object.assign(machine, { state: new Promise(() => {}), program: "hangs" });
  await pass(500);
  const asking = monitor.ensure();
  await pass(2_000);
  expect(await asking).toBe(WORKING);
});

describe("while nobody is logged in", () => {
  test("it is looked at less and less often, and at once when the login's file is another", async () => {
    const machine = { login: "none", looks: 0 };
    const monitor = new InstallationMonitor({
      inspect: async () => {
        machine.looks++;
        throw new ApiError("cli_logged_out", "not logged in");
      },
      logger: new Logger("silent", () => {}),
      recheckMs: 1_000,
      loginStamp: () => machine.login,
    });
    await problemOf(monitor);
    const looks: number[] = [];
    for (let second = 0; second < 40; second++) {
      const before = machine.looks;
      await pass(1_000);
      if (machine.looks > before) looks.push(second + 1);
    }
    expect(looks).toEqual([1, 3, 7, 15, 25, 35]);
    machine.login = "another";
    await pass(1_000);
    expect(machine.looks).toBe(8);
  });
});
