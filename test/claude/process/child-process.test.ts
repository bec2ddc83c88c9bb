import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { realpathSync } from "node:fs";
import { join } from "node:path";
import { type ChildExit, ChildProcess } from "../../../src/claude/process/child-process.ts";
import { canSeeProcesses, processesOf } from "../../support/processes.ts";
import { makeScripts, type Scripts } from "../../support/scripts.ts";
import { until } from "../../support/wait.ts";

let scripts: Scripts;
const running: ChildProcess[] = [];
beforeEach(() => {
  scripts = makeScripts();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((child) => child.terminate()));
  scripts[Symbol.dispose]();
});

/** A running script, with what happened so far: a line as its text, the exit as an object. */
function start(shell: string, { env = {}, args = [] as string[] } = {}) {
  const path = scripts.write("child", shell);
  const happened: (string | ChildExit)[] = [];
  const child = new ChildProcess({
    path,
    args,
    env: { PATH: "/usr/bin:/bin", ...env },
    cwd: scripts.directory,
    onLine: (line) => void happened.push(line),
    onExit: (exit) => void happened.push(exit),
  });
  running.push(child);
  const sees = (line: string) => until(() => happened.includes(line), `the line ${line}`);
  return { child, happened, sees };
}

const exit = (exitCode: number | null, signal: string | null = null, stderr = ""): ChildExit => ({
  exitCode,
  signal,
  stderr,
});

describe("a process that ends by itself", () => {
  test("is reported once, with its exit code, after the last of its lines", async () => {
    const { child, happened } = start("echo one; echo two; exit 3");
    expect(await child.exited).toEqual(exit(3));
    expect(happened).toEqual(["one", "two", exit(3)]);
  });

  test("has its last line counted without a newline too", async () => {
    const { child, happened } = start("printf 'one\\ntwo'");
    await child.exited;
    expect(happened).toEqual(["one", "two", exit(0)]);
  });

  test("leaves what it wrote to stderr with its exit", async () => {
    const { child } = start("echo out; echo 'what went wrong' >&2; exit 1");
    expect(await child.exited).toEqual(exit(1, null, "what went wrong"));
  });

  test("tells each line of stderr, and their end, before its exit", async () => {
    const told: string[] = [];
    const path = scripts.write("child", "echo one >&2; printf two >&2; exit 1");
    const child = new ChildProcess({
      path,
      args: [],
      env: { PATH: "/usr/bin:/bin" },
      cwd: scripts.directory,
      onLine: () => {},
      errors: { read: (line) => void told.push(line), end: () => void told.push("(end)") },
      onExit: () => void told.push("(exit)"),
    });
    running.push(child);
    await child.exited;
    await Bun.sleep(0);
    expect(told).toEqual(["one", "two", "(end)", "(exit)"]);
  });

  test("is reported with the signal that killed it, and without an exit code", async () => {
    const { child } = start("kill -KILL $$");
    expect(await child.exited).toEqual(exit(null, "SIGKILL"));
  });

  test("is reported once, though it is closed and terminated afterwards", async () => {
    const { child, happened } = start("exit 0");
    await child.exited;
    expect(await Promise.all([child.close(), child.terminate(), child.close()])).toEqual([exit(0), exit(0), exit(0)]);
    expect(happened).toEqual([exit(0)]);
  });

  test("can be written to, without harm", async () => {
    const { child, happened } = start("exit 0");
    child.writeLine("into a process that is ending");
    await child.exited;
    child.writeLine("after its death");
    child.writeLine("x".repeat(1_000_000));
    expect(happened).toEqual([exit(0)]);
  });

  test.skipIf(!canSeeProcesses)("is not waited for because of what it started, which ends with it", async () => {
    const { child } = start("sleep 600 & exit 0", { env: { HOME: scripts.directory } });
    expect(await child.exited).toEqual(exit(0));
    await until(() => processesOf(scripts.directory).length === 0, "what it started is gone");
  });

  test.skipIf(!canSeeProcesses)("is the last that is heard: what left its group speaks to nobody", async () => {
    const late = scripts.write("late", "while ! [ -e go ]; do sleep 0.01; done; echo late; echo x > said");
    const { child, happened } = start(`setsid ${late} & exit 0`);
    await child.exited;
    await Bun.write(join(scripts.directory, "go"), "");
    await until(() => Bun.file(join(scripts.directory, "said")).exists(), "the process left behind to speak");
    // What could be read is read by the time another process has come and gone.
    await Bun.spawn(["/bin/sh", "-c", "exit 0"]).exited;
    expect(happened).toEqual([exit(0)]);
  });
});

test("a reader that throws ends the process it reads from, and nothing else", async () => {
  const thrown = new Error("cannot read this");
  const child = new ChildProcess({
    path: scripts.write("child", "echo one; exec sleep 600"),
    args: [],
    env: { PATH: "/usr/bin:/bin" },
    cwd: scripts.directory,
    onLine: () => {
      throw thrown;
    },
    onExit: () => {},
  });
  expect(await child.exited).toMatchObject({ signal: "SIGTERM", failure: thrown });
});

describe("a line written to a process", () => {
  test("arrives there as one line, whatever characters it holds", async () => {
    const { child, happened, sees } = start("exec cat");
    const line = JSON.stringify({ text: "Grüße 😀\u2028\n\"'\\ $(reboot)" });
    child.writeLine(line);
    child.writeLine("end");
    await sees("end");
    expect(happened).toEqual([line, "end"]);
  });

  test("passes whole when it is longer than any pipe holds", async () => {
    const { child, happened, sees } = start("exec cat");
    const line = "0123456789".repeat(200_000);
    child.writeLine(line);
    child.writeLine("end");
    await sees("end");
    expect(happened[0] === line).toBeTrue();
  });

  test("keeps its place among others", async () => {
    const { child, happened, sees } = start("exec cat");
    const lines = Array.from({ length: 500 }, (_, index) => `line ${index}`);
    for (const line of lines) child.writeLine(line);
    await sees("line 499");
    expect(happened).toEqual(lines);
  });
});

describe("closing", () => {
  test("lets a process end by itself at the end of its stdin, and hears its last words", async () => {
    const { child, happened, sees } = start("echo up; cat; echo bye; exit 7");
    await sees("up");
    expect(await child.close()).toEqual(exit(7));
    expect(happened).toEqual(["up", "bye", exit(7)]);
  });

  test("sends SIGTERM to a process that takes no notice of the end of its stdin", async () => {
    const { child, sees } = start("echo up; exec sleep 600");
    await sees("up");
    expect(await child.close()).toEqual(exit(null, "SIGTERM"));
  });

  test("sends SIGKILL to a process that takes no notice of SIGTERM either", async () => {
    // What is ignored stays ignored in the program that takes the shell's place.
    const { child, sees } = start("trap '' TERM; echo up; exec sleep 600");
    await sees("up");
    expect(await child.close()).toEqual(exit(null, "SIGKILL"));
  });

  test("twice is closing once", async () => {
    const { child, happened, sees } = start("echo up; exec cat");
    await sees("up");
    expect(child.close()).toBe(child.close());
    await child.close();
    expect(happened).toEqual(["up", exit(0)]);
  });
});

describe("terminating", () => {
  test("lets a process at work end in its own way at SIGTERM, and hears its last words", async () => {
    const { child, happened, sees } = start("trap 'echo bye; exit 9' TERM; echo up; while :; do sleep 0.01; done");
    await sees("up");
    // The shell may also tell of the `sleep` that was ended with it.
    expect(await child.terminate()).toMatchObject({ exitCode: 9, signal: null });
    expect(happened.slice(0, -1)).toEqual(["up", "bye"]);
  });

  test.skipIf(!canSeeProcesses)("ends what a script runs in its own stead, too", async () => {
    const { child, sees } = start("echo up; sleep 600; exit", { env: { HOME: scripts.directory } });
    await sees("up");
    await child.terminate();
    await until(() => processesOf(scripts.directory).length === 0, "what it ran is gone");
  });

  test("sends SIGKILL to a process that ignores SIGTERM", async () => {
    const { child, sees } = start("trap '' TERM; echo up; exec sleep 600");
    await sees("up");
    expect(await child.terminate()).toEqual(exit(null, "SIGKILL"));
  });
});

describe("a process runs", () => {
  test("with the given environment and nothing of ours", async () => {
    const happened: string[] = [];
    const child = new ChildProcess({
      path: "/usr/bin/env",
      args: [],
      env: { ONLY: "this" },
      cwd: scripts.directory,
      onLine: (line) => void happened.push(line),
      onExit: () => {},
    });
    await child.exited;
    expect(happened).toEqual(["ONLY=this"]);
  });

  test("in the given directory, with the given arguments byte for byte", async () => {
    const { child, happened } = start('pwd -P; for each in "$@"; do echo "<$each>"; done', {
      args: ["--tools", "", "a b", "$HOME"],
    });
    await child.exited;
    expect(happened).toEqual([realpathSync(scripts.directory), "<--tools>", "<>", "<a b>", "<$HOME>", exit(0)]);
  });

  test("not at all, and throws at once, when there is no such program", () => {
    const options = { args: [], env: {}, cwd: scripts.directory, onLine: () => {}, onExit: () => {} };
    expect(() => new ChildProcess({ ...options, path: join(scripts.directory, "missing") })).toThrow("ENOENT");
  });
});
