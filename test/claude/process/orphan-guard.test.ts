import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ChildProcess } from "../../../src/claude/process/child-process.ts";
import { OrphanGuard } from "../../../src/claude/process/orphan-guard.ts";
import { Logger } from "../../../src/observability/logger.ts";
import { canSeeProcesses, processesOf } from "../../support/processes.ts";
import { makeScripts, type Scripts } from "../../support/scripts.ts";
import { until } from "../../support/wait.ts";

let scripts: Scripts;
beforeEach(() => {
  scripts = makeScripts();
});
afterEach(() => scripts[Symbol.dispose]());

const SOURCES = join(import.meta.dir, "../../../src");
/** The watchers among this process' children. */
function watchers(): number[] {
  const isWatcher = (pid: string) =>
    readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith(["/bin/sh", "-c", "\ntrap"].join("\0"));
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(" ");
  return children.filter((pid) => pid !== "" && isWatcher(pid)).map(Number);
}
const left = () => processesOf(scripts.directory).map(({ argv }) => argv.join(" "));

/** A program with children that it guards, and that is killed once they are up: nothing in it has a say in that. */
async function killedProgram(children: string, extra = ""): Promise<void> {
  const source = `
    const { OrphanGuard } = await import("${SOURCES}/claude/process/orphan-guard.ts");
    const { ChildProcess } = await import("${SOURCES}/claude/process/child-process.ts");
    const { runCommand } = await import("${SOURCES}/claude/cli/run-command.ts");
    const { Logger } = await import("${SOURCES}/observability/logger.ts");
    const { readFileSync } = await import("node:fs");
    ${watchers}
    const guard = new OrphanGuard(new Logger("silent", () => {}));
    const env = { PATH: "/usr/bin:/bin", HOME: "${scripts.directory}" };
    const cwd = "${scripts.directory}";
    const started = { args: [], env, cwd, guard, onLine: () => {}, onExit: () => {} };
    ${children}
    const isUp = (name) => Bun.file(cwd + "/" + name).exists();
    while (!(await isUp("up-1")) || !(await isUp("up-2"))) await Bun.sleep(5);
    ${extra}
    process.kill(process.pid, "SIGKILL");`;
  const program = Bun.spawn([process.execPath, "-e", source], { stderr: "inherit", stdout: "inherit" });
  expect(await program.exited).not.toBe(0);
  expect(program.signalCode).toBe("SIGKILL");
}

describe.skipIf(!canSeeProcesses)("when a program is killed", () => {
  test("its children end, whatever they ignore, and what they run in their stead", async () => {
    const path = scripts.write("child", "trap '' TERM INT HUP; sleep 600 & touch up-$$-x up-1; touch up-2; wait; exit");
    await killedProgram(`new ChildProcess({ ...started, path: "${path}" });`);
    await until(() => left().length === 0, "nothing of it is left");
  });

  test("a command that may hold a lock is asked to end, and may put that away", async () => {
    const path = scripts.write(
      "look",
      "exec >/dev/null 2>&1; trap 'sleep 0.2; rm lock; exit' TERM; touch lock up-1 up-2; while :; do sleep 0.05; done",
    );
    await killedProgram(`void runCommand(["${path}"], { env, cwd, guard, timeoutMs: 60_000 });`);
    await until(() => left().length === 0, "nothing of it is left");
    expect(await Bun.file(join(scripts.directory, "lock")).exists()).toBeFalse();
  });

  test("a watcher that somebody ended is there again", async () => {
    // A wrapper: what it runs the kernel does not end.
    const path = scripts.write("child", "touch up-1; sleep 600; exit");
    await killedProgram(
      `new ChildProcess({ ...started, path: "${path}" });
       while (watchers().length === 0) await Bun.sleep(5);
       const [first] = watchers();
       process.kill(first, "SIGKILL");
       // One look each time: between two, the first may go.
       for (let now = first; now === undefined || now === first; [now] = watchers()) await Bun.sleep(20);
       await Bun.write(cwd + "/up-2", "");`,
    );
    await until(() => left().length === 0, "nothing of it is left");
  });
});

describe.skipIf(process.platform === "win32")("a guard", () => {
  test("that is closed ends nothing that was reaped, and leaves no process", async () => {
    const guard = new OrphanGuard(new Logger("silent", () => {}));
    const path = scripts.write("child", "exit 3");
    const env = { PATH: "/usr/bin:/bin" };
    const child = new ChildProcess({
      path,
      args: [],
      env,
      cwd: scripts.directory,
      guard,
      onLine: () => {},
      onExit: () => {},
    });
    expect(await child.exited).toMatchObject({ exitCode: 3, stderr: "" });
    await guard.close();
    if (!canSeeProcesses) return;
    expect(watchers()).toEqual([]);
  });

  test("without a shell says so, and children run without it", async () => {
    const log: string[] = [];
    const guard = new OrphanGuard(new Logger("warn", (line) => void log.push(line)), {
      shell: join(scripts.directory, "none"),
    });
    const path = scripts.write("child", "echo up");
    const child = new ChildProcess({
      path,
      args: [],
      env: {},
      cwd: scripts.directory,
      guard,
      onLine: () => {},
      onExit: () => {},
    });
    expect(await child.exited).toMatchObject({ exitCode: 0 });
    expect(log.join("")).toMatch(/its claude processes will not end with it.*ENOENT/);
    await guard.close();
  });
});
