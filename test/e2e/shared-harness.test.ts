import { expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canSeeProcesses, processesOf } from "../support/processes.ts";
import { makeScripts, wrapper } from "../support/scripts.ts";
import { until } from "../support/wait.ts";

// What most tests here use: it may neither mix them up, nor stay behind.

const imports = `
import { expect, test } from "bun:test";
import { shareHarness } from ${JSON.stringify(import.meta.resolve("../support/shared-harness.ts"))};
import { until } from ${JSON.stringify(import.meta.resolve("../support/wait.ts"))};
import { readHealth } from ${JSON.stringify(import.meta.resolve("../support/wire.ts"))};
import { text } from ${JSON.stringify(import.meta.resolve("../../src/simulator/reply.ts"))};
const home = Bun.file(process.pid + ".home");
const seen = async (app) => {
  if (await home.exists()) expect(await home.text()).toBe(app.home);
  else await Bun.write(home, app.home);
};
`;

const FILES = {
  "a.test.ts": `${imports}
test("asks, and leaves a process behind", async () => {
  const app = await shareHarness();
  await expect(shareHarness()).rejects.toThrow("has not given");
  await seen(app);
  const leaving = new AbortController();
  const messages = [{ role: "user", content: "Hello" }];
  const asking = app.chat({ model: "sonnet", messages }, { signal: leaving.signal }).catch(() => {});
  await until(async () => (await readHealth(app.url)).workers.starting > 0, "a process starts");
  leaving.abort();
  await asking;
  app.simulator.enqueue(text("Never asked for."));
  await expect(app[Symbol.asyncDispose]()).rejects.toThrow("no request has used 1 of the replies");
});`,
  "b.test.ts": `${imports}
test("finds the server, and nothing of what was said", async () => {
  await using app = await shareHarness();
  expect(app.log).toEqual([]);
  expect(app.simulator.clearQueue()).toBe(0);
  await seen(app);
});`,
};

test.skipIf(process.platform === "win32")(
  "files of one process share a server, of which each finds nothing of the other; it is gone with the process",
  async () => {
    using scripts = makeScripts();
    const TEST_CLAUDE_PATH = scripts.write("claude", wrapper("sleep 600; exit"));
    for (const [name, content] of Object.entries(FILES)) await Bun.write(join(scripts.directory, name), content);
    const run = Bun.spawn([process.execPath, "test", "--timeout", "60000", "./a.test.ts", "./b.test.ts"], {
      cwd: scripts.directory,
      env: { ...process.env, TEST_CLAUDE_PATH },
      stdout: "ignore",
      stderr: "pipe",
    });
    const said = await new Response(run.stderr).text();
    expect(await run.exited, said).toBe(0);
    const home = await Bun.file(join(scripts.directory, `${run.pid}.home`)).text();
    await until(() => !existsSync(home), "its home is gone");
    const isLeft = (name: string) => name.startsWith(`claude-max-api-cli-${run.pid}-`);
    await until(() => !readdirSync(tmpdir()).some(isLeft), "so are temporary files");
    if (canSeeProcesses) await until(() => processesOf(home).length === 0, "and what ran");
  },
);
