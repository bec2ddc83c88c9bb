import { afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { blocks, hangMidStream } from "../../src/simulator/reply.ts";
import { type Simulator, startSimulator } from "../../src/simulator/simulator.ts";
import { builtBinary } from "../support/built-binary.ts";
import { loggedInClaude } from "../support/logged-in-claude.ts";
import { playClaude } from "../support/played-claude.ts";
import { canSeeProcesses, processesOf } from "../support/processes.ts";
import { type Program, runProgram } from "../support/program.ts";
import { makeScripts, type Scripts, wrapper } from "../support/scripts.ts";
import { LOOK, TOOLS } from "../support/steps.ts";
import { user } from "../support/tools.ts";
import { until } from "../support/wait.ts";
import { readCompletion, readHealth } from "../support/wire.ts";

// The program as its user runs it: a process with flags, signals and an exit code.

let home: string;
let simulator: Simulator;
let scripts: Scripts;
let running: Program[];
let binary: string;

beforeAll(async () => {
  binary = await builtBinary();
});

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "claude-max-api-test-"));
  simulator = startSimulator();
  scripts = makeScripts();
  running = [];
});

afterEach(async () => {
  for (const { child } of running) child.kill("SIGKILL");
  await Promise.all(running.map(({ child }) => child.exited));
  await simulator.close();
  if (canSeeProcesses) await until(() => processesOf(home).length === 0, "no process outlives the program");
  scripts[Symbol.dispose]();
  rmSync(home, { recursive: true, force: true });
});

function run(args: readonly string[], env: Record<string, string> = {}): Program {
  const program = runProgram(home, args, { CLAUDE_MAX_API_CLAUDE_PATH: loggedInClaude(home), ...env }, [binary]);
  running.push(program);
  return program;
}

const serve = (...args: string[]) =>
  run(["--port", "0", "--anthropic-base-url", simulator.url, "--warm", "0", ...args]);

function chat(url: string, fields: object = {}) {
  return fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "claude-sonnet-4", stream: true, messages: [user("Hello")], ...fields }),
  });
}

/** Found out by what it would not wait for. */
const isStopping = async (url: string) => (await fetch(`${url}/nothing`).catch(() => undefined))?.status !== 404;

describe("ending", () => {
  test("SIGTERM lets a running answer end, then exits with 0 and leaves no process; all of it is in the log, and nothing of what is said", async () => {
    using claude = playClaude();
    claude.put();
    const log = join(home, "logs", "server.log");
    const program = serve("--claude-path", claude.path, "--log-file", log, "--log-format", "json");
    const url = await program.url;
    const response = await chat(url, { messages: [user("A secret: wait for go.")] });
    await until(() => claude.asked().length === 1, "the model is asked");
    // The library for that is loaded now, out of the binary.
    expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/^claude_max_api_up 1$/m);
    program.child.kill("SIGTERM");
    await until(() => isStopping(url), "new requests are refused");
    claude.open("go");
    expect(await response.text()).toEndWith("data: [DONE]\n\n");
    expect(await program.child.exited).toBe(0);
    if (canSeeProcesses) expect(processesOf(home)).toEqual([]);
    const written = readFileSync(log, "utf8");
    const lines = written.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({
        level: "info",
        message: "request",
        status: 200,
        served: "new",
        out: expect.any(Number),
      }),
    );
    expect(written).not.toMatch(/secret|big world/);
    expect(await program.stderr).toBe("");
  });

  test.each(["SIGINT", "SIGHUP", "SIGQUIT"] as const)("%s is taken for the same wish", async (signal) => {
    const program = serve("--claude-path", scripts.write("claude", wrapper("exit 1")));
    await program.url;
    program.child.kill(signal);
    expect(await program.child.exited).toBe(0);
    if (canSeeProcesses) expect(processesOf(home)).toEqual([]);
  });

  // A second signal: test/cli/serve/serve.test.ts.
  test.skipIf(!canSeeProcesses)("while it still looks at the CLI, what it runs for that ends with it", async () => {
    const program = serve("--claude-path", scripts.write("claude", "sleep 600; exit"));
    await program.url;
    const looks = () => processesOf(home).filter(({ argv }) => argv[0] === "sleep").length;
    await until(() => looks() === 2, "the CLI is asked for its version and its login");
    program.child.kill("SIGTERM");
    expect(await program.child.exited).toBe(0);
    await until(() => processesOf(home).length === 0, "no process is left");
  });

  test.skipIf(!canSeeProcesses)(
    "killed outright, it takes its processes with it: a stream stops, and no waiting conversation asks the model once more",
    async () => {
      const program = serve();
      const url = await program.url;
      simulator.enqueue(blocks([LOOK("toolu_k1", 1)]));
      await (await chat(url, { tools: TOOLS })).text();
      simulator.enqueue(hangMidStream("Once upon a time"));
      const stream = await chat(url);
      await until(async () => (await readHealth(url)).workers.parked === 1, "a conversation waits for results");
      await simulator.waitForRequests(2);
      // These ask for nothing, and end nothing.
      for (const signal of ["SIGUSR1", "SIGUSR2"] as const) program.child.kill(signal);
      await readHealth(url);
      program.child.kill("SIGKILL");
      await simulator.requests[1]?.aborted;
      await until(() => processesOf(home).length === 0, "all are gone");
      expect(simulator.requests).toHaveLength(2);
      await stream.body?.cancel().catch(() => {});
    },
  );
});

describe("starting", () => {
  test("what it does not understand ends with 2, and is told on standard error alone", async () => {
    const program = run(["--prot", "1"]);
    expect(await program.child.exited).toBe(2);
    expect(await program.stderr).toContain("Did you mean --port?");
    expect(await program.stdout).toBe("");
  });

  test("--version and --help print and end with 0", async () => {
    const version = run(["--version"]);
    expect(await version.child.exited).toBe(0);
    expect(await version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const help = run(["--help"]);
    expect(await help.child.exited).toBe(0);
    expect(await help.stdout).toContain("CLAUDE_MAX_API_PORT");
  });

  test("the start-up lines say where it listens and which login is in use; the port is taken then, which a second one says", async () => {
    const program = serve();
    const url = await program.url;
    await until(async () => "login" in (await readHealth(url)), "the CLI was looked at");
    const { port } = new URL(url);
    const second = run(["--port", port, "--anthropic-base-url", simulator.url]);
    expect(await second.child.exited).toBe(1);
    const message = await second.stderr;
    expect(message).toContain(`already runs at http://127.0.0.1:${port} (`);
    expect(message).toContain("There is nothing to do");
    program.child.kill("SIGTERM");
    const printed = await program.stdout;
    expect(printed).toContain("/v1");
    expect(printed).toContain("CLAUDE_CODE_OAUTH_TOKEN");
    expect(printed + (await program.stderr)).not.toContain("sk-ant-oat01-test");
  });

  test("settings come from the environment and the configuration file too", async () => {
    const file = join(home, "settings.json");
    writeFileSync(file, JSON.stringify({ allowOrigin: ["https://app.example"], port: 1 }));
    const program = run(["--config", file], {
      CLAUDE_MAX_API_PORT: "0",
      CLAUDE_MAX_API_ANTHROPIC_BASE_URL: simulator.url,
      CLAUDE_MAX_API_KEY: "a-long-enough-key",
      CLAUDE_MAX_API_WARM: "0",
    });
    const models = `${await program.url}/v1/models`;
    expect((await fetch(models)).status).toBe(401);
    const headers = { authorization: "Bearer a-long-enough-key", origin: "https://app.example" };
    const response = await fetch(models, { headers });
    expect([response.status, response.headers.get("access-control-allow-origin")]).toEqual([200, headers.origin]);
  });

  test.skipIf(!canSeeProcesses)("it goes on when nobody reads what it prints any more", async () => {
    const claude = scripts.write("claude", wrapper("exit 1"));
    const command = `"${binary}" --warm 0 --port 0 --log-level debug 2>&1 | head -n 1`;
    const shell = Bun.spawn(["/bin/sh", "-c", command], {
      env: { PATH: process.env.PATH, HOME: home, CLAUDE_MAX_API_CLAUDE_PATH: claude },
      stdin: "ignore",
      stdout: "pipe",
    });
    try {
      const { value } = await shell.stdout.getReader().read();
      const url = /http:\S+/.exec(new TextDecoder().decode(value))?.[0] ?? "";
      // Each has a line of the log.
      for (const _ of [1, 2, 3]) expect((await fetch(`${url}/nothing`)).status).toBe(404);
    } finally {
      for (const { pid, argv } of processesOf(home)) if (argv[0] === binary) process.kill(pid, "SIGTERM");
      await shell.exited;
    }
  });

  test("with --demo, every answer says that it is simulated, and no login is needed or used", async () => {
    const program = run(["--demo", "--port", "0", "--warm", "0"], { CLAUDE_CODE_OAUTH_TOKEN: "" });
    const url = await program.url;
    const answer = await readCompletion(chat(url, { stream: false }));
    expect(answer.choices[0]?.message.content).toContain("Simulated");
    expect((await readHealth(url)).login).toContain("demo");
    expect(simulator.requests.length).toBe(0);
  });
});
