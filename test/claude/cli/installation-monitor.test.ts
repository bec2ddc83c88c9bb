import { afterEach, beforeEach, describe, expect, jest, test } from "bun:test";
import { type Installation, loginUnread, UNKNOWN_LOGIN } from "../../../src/claude/cli/installation.ts";
import { InstallationMonitor } from "../../../src/claude/cli/installation-monitor.ts";
import { NEWEST_TESTED_VERSION } from "../../../src/claude/cli/version.ts";
import { ApiError } from "../../../src/core/error.ts";
import { Logger } from "../../../src/observability/logger.ts";

const WORKING: Installation = { path: "/bin/claude", version: "2.1.330", login: "your Claude login" };
const missing = () => new ApiError("cli_missing", "not found");

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** A monitor on a machine whose state the test sets. */
function monitorOf(initial: Installation | Error, recheckMs?: number) {
  const machine = { state: initial, looks: 0, log: [] as string[] };
  const monitor = new InstallationMonitor({
    inspect: async () => {
      machine.looks++;
      if (machine.state instanceof Error) throw machine.state;
      return machine.state;
    },
    logger: new Logger("debug", (line) => void machine.log.push(line.slice("2026-01-01T00:00:00.000Z ".length))),
    recheckMs,
    loginUnread: (found) => loginUnread(found, { env: {}, platform: "linux" }),
  });
  return { monitor, machine };
}

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

test("who logs in by this server waits for no look that was put off", async () => {
  const { monitor, machine } = monitorOf(new ApiError("cli_logged_out", "nobody"), 3_000);
  await problemOf(monitor);
  machine.state = WORKING;
  expect([await problemOf(monitor), machine.looks]).toEqual([expect.any(ApiError), 1]);
  await monitor.loginChanged();
  expect([monitor.installation, machine.looks]).toEqual([WORKING, 2]);
  await monitor.loginChanged();
  expect(machine.looks).toBe(2);
});

describe("a working installation", () => {
  test("is unknown until somebody asks", () => {
    const { monitor, machine } = monitorOf(WORKING);
    expect(monitor.installation).toBeUndefined();
    expect(monitor.problem).toBeUndefined();
    expect(machine.looks).toBe(0);
  });

  test("is looked at once, for all who ask at the same time", async () => {
    const { monitor, machine } = monitorOf(WORKING);
    expect(await Promise.all([monitor.ensure(), monitor.ensure(), monitor.ensure()])).toEqual([
      WORKING,
      WORKING,
      WORKING,
    ]);
    expect(machine.looks).toBe(1);
  });

  test("is not looked at again, however much later", async () => {
    const { monitor, machine } = monitorOf(WORKING);
    await monitor.ensure();
    await pass(60_000);
    expect(await monitor.ensure()).toBe(WORKING);
    expect(machine.looks).toBe(1);
    expect(machine.log).toEqual(["info  Claude CLI 2.1.330, using your Claude login path=/bin/claude\n"]);
  });
});

describe("a broken installation", () => {
  test("is told to all who ask at the same time, after one look", async () => {
    const problem = missing();
    const { monitor, machine } = monitorOf(problem);
    expect(await Promise.all([problemOf(monitor), problemOf(monitor)])).toEqual([problem, problem]);
    expect(machine.looks).toBe(1);
    expect(monitor.problem).toBe(problem);
    expect(monitor.installation).toBeUndefined();
  });

  test("is not looked at anew for a request that comes right after", async () => {
    const { monitor, machine } = monitorOf(missing());
    await problemOf(monitor);
    await pass(499);
    expect(await problemOf(monitor)).toBe(machine.state);
    expect(machine.looks).toBe(1);
  });

  test("is looked at anew for a request half a second later, which is served once it is mended", async () => {
    const { monitor, machine } = monitorOf(missing());
    await problemOf(monitor);
    machine.state = WORKING;
    await pass(500);
    expect(await monitor.ensure()).toBe(WORKING);
    expect(monitor.problem).toBeUndefined();
  });

  test("is looked at again and again without any request, until it is mended", async () => {
    const { monitor, machine } = monitorOf(missing(), 1000);
    await problemOf(monitor);
    await pass(1000);
    await pass(1000);
    expect(machine.looks).toBe(3);
    machine.state = WORKING;
    await pass(1000);
    expect(monitor.installation).toBe(WORKING);
    expect(monitor.problem).toBeUndefined();
    await pass(60_000);
    expect(machine.looks).toBe(4);
  });

  test("is looked at every three seconds unless told otherwise", async () => {
    const { monitor, machine } = monitorOf(missing());
    await problemOf(monitor);
    await pass(2999);
    expect(machine.looks).toBe(1);
    await pass(1);
    expect(machine.looks).toBe(2);
  });

  test("is not looked at any more once a request has found it mended", async () => {
    const { monitor, machine } = monitorOf(missing(), 1000);
    await problemOf(monitor);
    machine.state = WORKING;
    await pass(600);
    await monitor.ensure();
    await pass(60_000);
    expect(machine.looks).toBe(2);
  });

  test("is logged once, and again only when the problem is another one", async () => {
    const { monitor, machine } = monitorOf(missing(), 1000);
    await problemOf(monitor);
    await pass(1000);
    machine.state = new ApiError("cli_outdated", "too old");
    await pass(1000);
    expect(machine.log).toEqual(["error not found code=cli_missing\n", "error too old code=cli_outdated\n"]);
  });

  test("is an internal error, when looking at it failed in a way nobody foresaw", async () => {
    const { monitor, machine } = monitorOf(new TypeError("surprise"));
    expect(await problemOf(monitor)).toMatchObject({ name: "ApiError", code: "internal_error", cause: machine.state });
  });

  test("is not looked at any more after close", async () => {
    const { monitor, machine } = monitorOf(missing(), 1000);
    await problemOf(monitor);
    await monitor.close();
    await pass(60_000);
    expect(machine.looks).toBe(1);
  });

  test("is not looked at any more when it was closed during a look", async () => {
    const { monitor, machine } = monitorOf(missing(), 1000);
    const looking = problemOf(monitor);
    await monitor.close();
    await looking;
    await pass(60_000);
    expect(machine.looks).toBe(1);
  });
});

describe("closing", () => {
  test("gives up the look that is under way, and waits until that has ended what it started", async () => {
    const started = Promise.withResolvers<AbortSignal>();
    const ended = Promise.withResolvers<void>();
    const log: string[] = [];
    const monitor = new InstallationMonitor({
      inspect: async (signal) => {
        started.resolve(signal);
        await ended.promise;
        signal.throwIfAborted();
        return WORKING;
      },
      logger: new Logger("debug", (line) => void log.push(line)),
    });
    const asking = problemOf(monitor);
    const signal = await started.promise;
    let closed = false;
    const closing = monitor.close().then(() => {
      closed = true;
    });
    await pass(60_000);
    expect({ aborted: signal.aborted, closed }).toEqual({ aborted: true, closed: false });
    ended.resolve();
    await closing;
    expect(await asking).toMatchObject({ name: "ApiError", code: "shutting_down" });
    expect(monitor.problem).toBeUndefined();
    expect(log).toEqual([]);
  });

  test("lets nobody look afterwards", async () => {
    const { monitor, machine } = monitorOf(WORKING);
    await monitor.close();
    expect(await problemOf(monitor)).toMatchObject({ code: "shutting_down" });
    expect(machine.looks).toBe(0);
  });
});

describe("doubt in a working installation", () => {
  const refused = new ApiError("cli_logged_out", "not logged in");

  test("makes it unusable at once, for the given reason", async () => {
    const { monitor } = monitorOf(WORKING);
    await monitor.ensure();
    monitor.invalidate(refused);
    expect(monitor.installation).toBeUndefined();
    expect(monitor.problem).toBe(refused);
  });

  test("makes the next request look at once, without a pause", async () => {
    const { monitor, machine } = monitorOf(WORKING);
    await monitor.ensure();
    monitor.invalidate(refused);
    expect(await monitor.ensure()).toBe(WORKING);
    expect(machine.looks).toBe(2);
    expect(monitor.problem).toBeUndefined();
  });

  test("is cleared up by the timer, when no request comes", async () => {
    const { monitor } = monitorOf(WORKING, 1000);
    await monitor.ensure();
    monitor.invalidate(refused);
    await pass(1000);
    expect(monitor.installation).toBe(WORKING);
    expect(monitor.problem).toBeUndefined();
  });
});

describe("a process that says that nobody is logged in, of a CLI that", () => {
  const refused = new ApiError("cli_logged_out", "not logged in");
  const told = async (found: Installation | Error) => {
    const { monitor, machine } = monitorOf(WORKING);
    await monitor.ensure();
    machine.state = found;
    return await monitor.invalidateLogin(refused);
  };

  test("says so itself, or does not tell, is logged out", async () => {
    expect(await told(refused)).toBe(refused);
    expect(await told({ ...WORKING, login: UNKNOWN_LOGIN })).toBe(refused);
  });

  test("says who is, and is newer than all that were tried, no longer reads a login: an older one is named", async () => {
    const { code, message } = await told({ ...WORKING, version: "3.0.0" });
    expect(code).toBe("login_unread");
    expect(message).toContain("Perhaps version 3.0.0 no longer reads a login");
    expect(message).toContain(`\`/bin/claude install ${NEWEST_TESTED_VERSION}\``);
  });

  test("says who is, and reads logins, cannot read this one: a token is named", async () => {
    const { code, message } = await told(WORKING);
    expect(code).toBe("login_unread");
    expect(message).toMatch(
      /keychain .*`\/bin\/claude auth login`, or set CLAUDE_CODE_OAUTH_TOKEN from `\/bin\/claude setup-token`/,
    );
    expect(message).not.toContain("install");
  });
});

test("doubting twice brings about one look, not two", async () => {
  const { monitor, machine } = monitorOf(missing(), 1000);
  await problemOf(monitor);
  await pass(500);
  monitor.invalidate(missing());
  monitor.invalidate(missing());
  await pass(999);
  expect(machine.looks).toBe(1);
  await pass(1);
  expect(machine.looks).toBe(2);
});

test("an installation is never usable and broken at once", async () => {
  const { monitor, machine } = monitorOf(missing(), 1000);
  await problemOf(monitor);
  machine.state = WORKING;
  await pass(600);
  await monitor.ensure();
  machine.state = new ApiError("cli_failed", "busy for a moment");
  await pass(1000);
  expect({ installation: monitor.installation, problem: monitor.problem }).toEqual({
    installation: WORKING,
    problem: undefined,
  });
});
