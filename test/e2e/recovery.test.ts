import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "../../src/simulator/reply.ts";
import { crowdedHome, expectNothingOfIt } from "../support/crowded-home.ts";
import { type Harness, startHarness } from "../support/harness.ts";
import { type PlayedClaude, playClaude } from "../support/played-claude.ts";
import { canSeeProcesses, claudeProcessesOf, killSeen } from "../support/processes.ts";
import { wrapper } from "../support/scripts.ts";
import { credentialsFile, logIn, STORED_TOKEN } from "../support/stored-login.ts";
import { until } from "../support/wait.ts";
import { readError, readHealth } from "../support/wire.ts";

// A CLI that is missing, too old or logged out: the server starts, says what is wrong, and recovers by itself once it is mended. The login
// is the real CLI's; what we do with one that is broken is held by one that plays it.

const BODY = { model: "claude-sonnet-4", messages: [{ role: "user", content: "Hello" }] };

const STORED_KEY = "sk-ant-api03-from-the-configuration-of-claude";

/** What is wrong, and how it is told. */
type State = { readonly name: string; readonly code: string; readonly hint: RegExp };

/** One after the other; the script that stands where the CLI should be. */
const OF_THE_CLI: (State & { readonly script?: string })[] = [
  { name: "missing", code: "cli_missing", hint: /not found at .*--claude-path.*leave that out/ },
  {
    name: "too old",
    code: "cli_outdated",
    hint: /2\.1\.249.*2\.1\.250.*Run `.* update`/,
    script: 'echo "2.1.249 (Claude Code)"',
  },
  {
    name: "broken",
    code: "cli_failed",
    hint: /native binary not installed/,
    script: 'echo "Error: claude native binary not installed." >&2; exit 1',
  },
];
const LOGGED_OUT: State = { name: "not logged in", code: "cli_logged_out", hint: /log in/ };
const BILLS_BY_USE: State = {
  name: "logged in with nothing but a key that bills by use",
  code: "cli_logged_out",
  hint: /only an Anthropic API key.*--allow-api-key/,
};

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
  let claude: PlayedClaude;
  let app: Harness;
  beforeAll(async () => {
    claude = playClaude();
    app = await startHarness({ config: { claudePath: claude.path, maxWorkers: 1 }, recheckMs: 100 });
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    claude[Symbol.dispose]();
  });

  test("a CLI that is missing, then too old, then broken", async () => {
    for (const { script, ...state } of OF_THE_CLI) {
      if (script !== undefined) claude.put(script);
      await expectTold(app, state);
    }
    claude.put();
    await expectWell(app);
  });

  test("one that is removed while the server runs; moved there again, it is used at once", async () => {
    // No process that had a system prompt can be without.
    const system = { role: "system", content: "Be brief." };
    expect((await app.chat({ ...BODY, messages: [system, ...BODY.messages] })).status).toBe(200);
    claude.remove();
    // On a busy machine there may be another, which was started beside one that was late.
    for (const seen of canSeeProcesses ? claudeProcessesOf(app.home) : []) killSeen(seen);
    const refused = await app.chat(BODY);
    expect(refused.status).toBe(503);
    expect((await readError(refused)).code).toBe("cli_missing");
    claude.put();
    await until(async () => (await app.chat(BODY)).status === 200, "requests are answered again");
  });

  test("a process that dies in mid-answer is an error, and the next request is served", async () => {
    const messages = [{ role: "user", content: "Please only begin." }];
    const response = await app.chat({ ...BODY, messages, stream: true });
    let body = "";
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      const hadBegun = body.includes("Hello ");
      body += decoder.decode(chunk, { stream: true });
      if (!hadBegun && body.includes("Hello ")) process.kill(claude.asked().at(-1) ?? expect.unreachable(), "SIGKILL");
    }
    expect(body).toContain('"code":"cli_failed"');
    expect(body).not.toContain("[DONE]");
    expect((await app.chat(BODY)).status).toBe(200);
  });
});

describe("of a stored login,", () => {
  let app: Harness;
  const TALK = { ...BODY, messages: [{ role: "system", content: "Be brief." }, ...BODY.messages] };
  beforeAll(async () => {
    const prepare = (home: string) => {
      crowdedHome(home);
      logIn(home);
    };
    app = await startHarness({ env: { CLAUDE_CODE_OAUTH_TOKEN: undefined }, prepare, recheckMs: 1_000 });
    app.simulator.enqueue(text("Hi"));
    expect(await app.ask(TALK)).toBe("Hi");
  });
  afterAll(() => app[Symbol.asyncDispose]());

  test("an env block in ~/.claude.json, and a helper for keys, change nothing either", () =>
    expectNothingOfIt(app, TALK, STORED_TOKEN, "your Claude login"));

  // That one who logs in is noticed: page.test.ts.
  test("that it is lost, then that there is nothing but a key that bills by use, is told", async () => {
    rmSync(credentialsFile(app.home));
    // The process that is up may go on with the login it has; a new one has none, and it had a system prompt, which this one is without.
    const lost = await app.chat(BODY);
    expect([lost.status, (await readError(lost)).code]).toEqual([503, "cli_logged_out"]);
    await expectTold(app, LOGGED_OUT);
    writeFileSync(join(app.home, ".claude.json"), JSON.stringify({ primaryApiKey: STORED_KEY }));
    await expectTold(app, BILLS_BY_USE);
  });
});

describe("a CLI that looks well, but does not start", () => {
  const noBoot = wrapper("echo 'no such model file' >&2; exit 3");

  test("is told by /health, as one that is missing, and gets its processes ready once it is mended: without a request or a restart", async () => {
    using claude = playClaude();
    await using app = await startHarness({ config: { claudePath: claude.path, warm: 1 }, recheckMs: 100 });
    expect((await readHealth(app.url)).status).toBe("unavailable");
    claude.put(noBoot);
    await until(
      async () => (await readHealth(app.url)).problem?.code === "cli_failed",
      "that it was put there is noticed, and that it does not start",
    );
    const { status, problem } = await readHealth(app.url);
    expect(status).toBe("unavailable");
    expect(problem?.message).toMatch(/did not start: .*exited with code 3: no such model file/);
    claude.put();
    await until(async () => (await readHealth(app.url)).workers.ready === 1, "a process is ready");
    expect((await readHealth(app.url)).status).toBe("ok");
    expect((await app.chat(BODY)).status).toBe(200);
  });

  test("is tried again by the next request, when no process is kept ready", async () => {
    using claude = playClaude();
    claude.put(noBoot);
    await using app = await startHarness({ config: { claudePath: claude.path } });
    expect((await readHealth(app.url)).status).toBe("ok");
    const refused = await app.chat(BODY);
    expect(refused.status).toBe(503);
    expect((await readError(refused)).code).toBe("cli_failed");
    expect((await readHealth(app.url)).status).toBe("unavailable");
    claude.put();
    expect((await app.chat(BODY)).status).toBe(200);
    expect((await readHealth(app.url)).status).toBe("ok");
  });
});

test("a working directory that cannot be made is told with its path, not as an internal error", async () => {
  await using app = await startHarness({ env: { XDG_CACHE_HOME: "/proc/nowhere" } });
  const refused = await app.chat(BODY);
  expect(refused.status).toBe(503);
  const error = await readError(refused);
  expect(error.code).toBe("cli_failed");
  expect(error.message).toContain("/proc/nowhere/claude-max-api");
});

test("a CLI that is updated in place is noticed without a request for it: /health tells the new version", async () => {
  using claude = playClaude();
  const putVersion = (version: string) =>
    claude.put(`case "$*" in *--version*) echo "${version} (Claude Code)" ;; *) echo '{"loggedIn":true}' ;; esac`);
  putVersion("2.1.330");
  await using app = await startHarness({ config: { claudePath: claude.path } });
  const version = async () =>
    ((await (await fetch(`${app.url}/health`)).json()) as { cli?: { version: string } }).cli?.version;
  expect(await version()).toBe("2.1.330");
  putVersion("2.1.331");
  await until(async () => (await version()) === "2.1.331", "the new version is told");
});
