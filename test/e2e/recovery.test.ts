import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hangMidStream } from "../../src/simulator/reply.ts";
import { CLAUDE, type Harness, startHarness } from "../support/harness.ts";
import { canSeeProcesses, claudeProcessesOf, killSeen } from "../support/processes.ts";
import { makeScripts, wrapper } from "../support/scripts.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { servingPid } from "../support/steps.ts";
import { credentialsFile, logIn } from "../support/stored-login.ts";
import { until } from "../support/wait.ts";
import { readError, readHealth } from "../support/wire.ts";

// A CLI that is missing, too old or logged out: the server starts, says what is wrong, and recovers by itself once it is mended.

const BODY = { model: "claude-sonnet-4", messages: [{ role: "user", content: "Hello" }] };

function script(path: string, content: string): void {
  rmSync(path, { force: true });
  writeFileSync(path, `#!/bin/sh\n${content}\n`);
  chmodSync(path, 0o755);
}

const STORED_KEY = "sk-ant-api03-from-the-configuration-of-claude";

const useReal = (path: string) => {
  rmSync(path, { force: true });
  symlinkSync(CLAUDE, path);
};

/** What is wrong, one thing after the other, and how each is told. */
type State = {
  readonly name: string;
  readonly code: string;
  readonly hint: RegExp;
  readonly begin: (where: { readonly home: string; readonly path: string }) => void;
};

const OF_THE_CLI: State[] = [
  { name: "missing", code: "cli_missing", hint: /not found at .*--claude-path.*leave that out/, begin: () => {} },
  {
    name: "too old",
    code: "cli_outdated",
    hint: /2\.1\.249.*2\.1\.250.*Run `.* update`/,
    begin: ({ path }) => script(path, 'echo "2.1.249 (Claude Code)"'),
  },
  {
    name: "broken",
    code: "cli_failed",
    hint: /native binary not installed/,
    begin: ({ path }) => script(path, 'echo "Error: claude native binary not installed." >&2; exit 1'),
  },
];
const OF_THE_LOGIN: State[] = [
  { name: "not logged in", code: "cli_logged_out", hint: /log in/, begin: () => {} },
  {
    name: "logged in with nothing but a key that bills by use",
    code: "cli_logged_out",
    hint: /only an Anthropic API key.*--allow-api-key/,
    begin: ({ home }) => writeFileSync(join(home, ".claude.json"), JSON.stringify({ primaryApiKey: STORED_KEY })),
  },
];

/** Each state is told by /health and by every request. */
async function expectTold(app: Harness, { name, code, hint }: State): Promise<void> {
  const isTold = async () => hint.test((await readError(app.chat(BODY))).message);
  await until(isTold, `a CLI that is ${name} is told`);
  const health = await fetch(`${app.url}/health`);
  expect(health.status).toBe(503);
  expect(JSON.stringify(await health.json())).toMatch(hint);
  for (const stream of [false, true]) {
    const refused = await app.chat({ ...BODY, stream });
    expect(refused.status).toBe(503);
    const error = await readError(refused);
    expect(error).toMatchObject({ code, type: "server_error" });
    expect(error.message).toMatch(hint);
  }
}

async function expectWell(app: Harness): Promise<void> {
  await until(async () => (await app.chat(BODY)).status === 200, "requests are answered again");
  await until(async () => (await fetch(`${app.url}/health`)).status === 200, "/health is well again");
}

describe("what is told by /health and by every request, and needs no restart once it is mended:", () => {
  const path = join(process.env.TMPDIR ?? "/tmp", `claude-max-api-test-cli-${crypto.randomUUID()}`);
  let app: Harness;
  beforeAll(async () => {
    app = await startHarness({ config: { claudePath: path, maxWorkers: 1 } });
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    rmSync(path, { force: true });
  });

  test("a CLI that is missing, then too old, then broken", async () => {
    for (const state of OF_THE_CLI) {
      state.begin({ home: app.home, path });
      await expectTold(app, state);
    }
    useReal(path);
    await expectWell(app);
  });

  test("one that is removed while the server runs; moved there again, it is used at once", async () => {
    // No process that had a system prompt can be without.
    const system = { role: "system", content: "Be brief." };
    expect((await app.chat({ ...BODY, messages: [system, ...BODY.messages] })).status).toBe(200);
    rmSync(path);
    // On a busy machine there may be another, which was started beside one that was late.
    for (const seen of canSeeProcesses ? claudeProcessesOf(app.home) : []) killSeen(seen);
    const refused = await app.chat(BODY);
    expect(refused.status).toBe(503);
    expect((await readError(refused)).code).toBe("cli_missing");
    symlinkSync(CLAUDE, path);
    await until(async () => (await app.chat(BODY)).status === 200, "requests are answered again");
  });
});

test("a login that there is not, then one with nothing but a key that bills by use, is told, and found once there is one", async () => {
  await using app = await startHarness({ env: { CLAUDE_CODE_OAUTH_TOKEN: undefined } });
  for (const state of OF_THE_LOGIN) {
    state.begin({ home: app.home, path: "" });
    await expectTold(app, state);
  }
  logIn(app.home);
  await expectWell(app);
});

test("a login that is lost while the server runs is told, and found again", async () => {
  await using app = await startHarness({ env: { CLAUDE_CODE_OAUTH_TOKEN: undefined }, prepare: logIn });
  expect((await app.chat(BODY)).status).toBe(200);
  rmSync(credentialsFile(app.home));
  // Processes that are up may go on with the login they have; a new one has none.
  await until(async () => {
    const response = await app.chat({
      ...BODY,
      messages: [{ role: "system", content: crypto.randomUUID() }, ...BODY.messages],
    });
    return response.status === 503 && (await readError(response)).code === "cli_logged_out";
  }, "the lost login is noticed");
  expect((await fetch(`${app.url}/health`)).status).toBe(503);
  logIn(app.home);
  await until(async () => (await app.chat(BODY)).status === 200, "requests are answered again");
});

test("a CLI that looks well, but does not start, is told by /health, as one that is missing, and gets its processes ready once it is mended: without a request or a restart", async () => {
  using scripts = makeScripts();
  const claudePath = join(scripts.directory, "claude");
  await using app = await startHarness({ config: { claudePath, warm: 1 } });
  expect((await readHealth(app.url)).status).toBe("unavailable");
  scripts.write("claude", wrapper("echo 'no such model file' >&2; exit 3"));
  await until(
    async () => (await readHealth(app.url)).problem?.code === "cli_failed",
    "that it was put there is noticed, and that it does not start",
  );
  const { status, problem } = await readHealth(app.url);
  expect(status).toBe("unavailable");
  expect(problem?.message).toMatch(/did not start: .*exited with code 3: no such model file/);
  script(claudePath, `exec "${CLAUDE}" "$@"`);
  await until(async () => (await readHealth(app.url)).workers.ready === 1, "a process is ready");
  expect((await readHealth(app.url)).status).toBe("ok");
});

test("a working directory that cannot be made is told with its path, not as an internal error", async () => {
  await using app = await startHarness({ env: { XDG_CACHE_HOME: "/proc/nowhere" } });
  const refused = await app.chat(BODY);
  expect(refused.status).toBe(503);
  const error = await readError(refused);
  expect(error.code).toBe("cli_failed");
  expect(error.message).toContain("/proc/nowhere/claude-max-api");
});

test("a process that dies in mid-answer is an error, and the next request is served", async () => {
  await using app = await shareHarness();
  app.simulator.enqueue(hangMidStream("Once upon a time"));
  const response = await app.chat({ ...BODY, stream: true });
  // Before the model is asked, another process would be.
  await app.simulator.waitForRequests(1);
  killSeen({ pid: servingPid(app) });
  const body = await response.text();
  expect(body).toContain('"code":"cli_failed"');
  expect(body).not.toContain("[DONE]");
  expect((await app.chat(BODY)).status).toBe(200);
});

test("a CLI that is updated in place is noticed without a request for it: /health tells the new version", async () => {
  using scripts = makeScripts();
  const path = join(scripts.directory, "claude");
  const ofVersion = (version: string) =>
    script(path, `case "$*" in *--version*) echo "${version} (Claude Code)" ;; *) echo '{"loggedIn":true}' ;; esac`);
  ofVersion("2.1.330");
  await using app = await startHarness({ config: { claudePath: path } });
  const version = async () =>
    ((await (await fetch(`${app.url}/health`)).json()) as { cli?: { version: string } }).cli?.version;
  expect(await version()).toBe("2.1.330");
  ofVersion("2.1.331");
  await until(async () => (await version()) === "2.1.331", "the new version is told");
});
