import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { canSeeProcesses, processesOf } from "../support/processes.ts";
import { makeScripts, type Scripts } from "../support/scripts.ts";
import { until } from "../support/wait.ts";

// How `npm start` runs the server: in Node.js, below the shell that npm runs scripts in.

const SUPERVISE = join(import.meta.dir, "../../scripts/supervise.js");
const node = Bun.which("node");

let scripts: Scripts;
beforeEach(() => {
  scripts = makeScripts();
});
afterEach(async () => {
  if (canSeeProcesses) await until(() => processesOf(scripts.directory).length === 0, "no process is left");
  scripts[Symbol.dispose]();
});

/** A supervised shell script, below `below`, which names that command as "$0". */
async function supervised(shell: string, below: string) {
  const command = scripts.write("command", shell);
  const source = `import { supervise } from "${SUPERVISE}"; supervise("${command}", [], process.ppid);`;
  const main = join(scripts.directory, "main.mjs");
  await Bun.write(main, source);
  const child = Bun.spawn(["/bin/sh", "-c", below, `${node}`, main], {
    env: { PATH: "/usr/bin:/bin", HOME: scripts.directory },
    cwd: scripts.directory,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "inherit",
  });
  return { child, has: (file: string) => until(() => Bun.file(join(scripts.directory, file)).exists(), file) };
}

const STOPS = "trap 'touch term; exit 7' TERM; touch up; while :; do sleep 0.05; done";

describe.skipIf(!canSeeProcesses || node === null)("what npm start runs", () => {
  test("is told to end when the shell above dies of a signal without passing it on", async () => {
    const { child, has } = await supervised(STOPS, `"$0" "$1"; exit`);
    await has("up");
    child.kill("SIGTERM");
    await child.exited;
    await has("term");
  });

  test("gets the signal when the shell has given way, and its exit code is the one", async () => {
    const { child, has } = await supervised(STOPS, `exec "$0" "$1"`);
    await has("up");
    child.kill("SIGTERM");
    expect(await child.exited).toBe(7);
    await has("term");
  });

  test("ends by a signal, and that is how it looks from above", async () => {
    const { child } = await supervised("kill -KILL $$", `exec "$0" "$1"`);
    await child.exited;
    expect(child.signalCode).toBe("SIGKILL");
  });

  test("ends by itself, with its exit code", async () => {
    const { child } = await supervised("exit 3", `"$0" "$1"`);
    expect(await child.exited).toBe(3);
  });
});
