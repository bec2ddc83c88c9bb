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
