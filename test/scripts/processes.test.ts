import { describe, expect, test } from "bun:test";
import { children, cpuMs, descendants, openFiles, parseStat, residentMb } from "../../scripts/processes.ts";
import { canSeeProcesses } from "../support/processes.ts";

test("parent and processor time are found behind any name", () => {
  const stat = "42 (a) b (c) S 7 42 42 0 -1 4194304 100 0 0 0 12 30 0 0 20 0 1 0 100 1000 200";
  expect(parseStat(stat)).toEqual({ parent: 7, cpuTicks: 42 });
});

test("a process that is gone has no figures", () => {
  expect(parseStat("")).toBeUndefined();
});

describe.skipIf(!canSeeProcesses)("of a running process", () => {
  test("memory, processor time and open files are numbers", () => {
    expect(residentMb(process.pid)).toBeGreaterThan(1);
    expect(cpuMs(process.pid)).toBeGreaterThan(0);
    expect(openFiles(process.pid)).toBeGreaterThan(2);
  });

  test("children are those it started itself, and descendants also theirs", async () => {
    const shell = Bun.spawn(["/bin/sh", "-c", "sleep 30 & echo; wait"], { stdin: "ignore", stdout: "pipe" });
    try {
      await shell.stdout.getReader().read();
      const [sleep] = children(shell.pid);
      expect(children(process.pid)).toContain(shell.pid);
      expect(children(process.pid)).not.toContain(sleep);
      expect(descendants(process.pid)).toContain(sleep ?? 0);
      if (sleep !== undefined) process.kill(sleep, "SIGKILL");
    } finally {
      shell.kill("SIGKILL");
      await shell.exited;
    }
  });
});
