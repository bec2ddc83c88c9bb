import { expect, test } from "bun:test";
import { join } from "node:path";

const SOURCES = join(import.meta.dir, "../../../src");

test.skipIf(process.platform === "win32")(
  "two programs are started though all descriptors are taken, and one more each time that some are free again",
  () => {
    const source = `
      const { openSync, closeSync } = await import("node:fs");
      const { withReservedDescriptors } = await import("${SOURCES}/claude/process/spawn.ts");
      const pipes = { stdin: "pipe", stdout: "pipe", stderr: "pipe" };
      const start = () => { try { return withReservedDescriptors(() => Bun.spawn(["/bin/cat"], pipes)); } catch { return undefined; } };
      const running = [start()];
      const taken = [];
      const takeAll = () => { try { for (;;) taken.push(openSync("/dev/null", "r")); } catch {} };
      const told = [];
      const tryOne = () => { const child = start(); told.push(child !== undefined); if (child) running.push(child); };
      takeAll(); tryOne(); takeAll(); tryOne(); takeAll(); tryOne();
      for (const descriptor of taken.splice(0)) closeSync(descriptor);
      tryOne(); takeAll(); tryOne();
      for (const descriptor of taken.splice(0)) closeSync(descriptor);
      for (const child of running) { child.stdin.end(); await child.exited; }
      console.log(told.join());`;
    const limited = ["/bin/sh", "-c", 'ulimit -n 64; exec "$0" "$@"', process.execPath, "-e", source];
    const { stdout, stderr } = Bun.spawnSync(limited);
    expect({ told: stdout.toString().trim(), stderr: stderr.toString() }).toEqual({
      told: "true,true,false,true,true",
      stderr: "",
    });
  },
);

test.skipIf(process.platform === "win32")(
  "a program for which no descriptor is left is told with the system's words",
  () => {
    const source = `
      const { openSync } = await import("node:fs");
      const { withReservedDescriptors } = await import("${SOURCES}/claude/process/spawn.ts");
      const { whyNotStarted } = await import("${SOURCES}/claude/cli/start-failure.ts");
      const pipes = { stdin: "pipe", stdout: "pipe", stderr: "pipe" };
      const running = [];
      const start = () => running.push(withReservedDescriptors(() => Bun.spawn(["/bin/cat"], pipes)));
      start();
      try { for (;;) openSync("/dev/null", "r"); } catch {}
      try { for (;;) start(); } catch (error) { console.log(whyNotStarted("/bin/cat", error)); }
      for (const child of running) { child.stdin.end(); await child.exited; }`;
    const limited = ["/bin/sh", "-c", 'ulimit -n 64; exec "$0" "$@"', process.execPath, "-e", source];
    const { stdout, stderr } = Bun.spawnSync(limited);
    expect(stdout.toString()).toMatch(
      /^The Claude CLI at \/bin\/cat could not be started: EMFILE: too many open files/,
    );
    expect(stderr.toString()).toBe("");
  },
);
