import { describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { CLIENT_TITLES, type ClientName, clientNamed, LAUNCHABLE } from "../../../src/cli/connect/client-names.ts";
import { CLIENTS } from "../../../src/cli/connect/clients.ts";
import { connectionTo } from "../../../src/cli/connect/connection.ts";
import { builtBinary } from "../../support/built-binary.ts";
import { FakeSystem } from "../../support/fake-system.ts";
import { loggedInClaude } from "../../support/logged-in-claude.ts";
import { runCli } from "../../support/run-cli.ts";

const KEY = "very-secret-key";
const CONNECTION = { ...connectionTo({ host: "127.0.0.1", port: 3456, apiKeys: [KEY] }), key: KEY };

function startOf(name: ClientName, wanted?: string) {
  const launcher = CLIENTS[name].launch;
  if (launcher === undefined) throw new Error(`${name} cannot be started`);
  return launcher({ ...CONNECTION, model: wanted ?? CONNECTION.model }, wanted);
}

test("the programs that the help lists are those that can be started", () => {
  const able = Object.entries(CLIENTS).flatMap(([name, { launch }]) => (launch ? [name] : []));
  expect(able).toEqual([...LAUNCHABLE]);
});

describe.each([...LAUNCHABLE])("%s", (name) => {
  test("is told the address, and no key in its arguments", () => {
    const { env, args } = startOf(name);
    const told = JSON.stringify([Object.values(env), args]);
    expect(told).toContain("http://127.0.0.1:3456");
    expect(args.join(" ")).not.toContain(KEY);
  });

  test("is told the model that was asked for", () => {
    const { env, args } = startOf(name, "claude-opus-4");
    const told = JSON.stringify([Object.values(env), args]);
    // Crush takes no model but by its own list.
    if (name !== "crush") expect(told).toContain("claude-opus-4");
    expect(told).not.toContain('"claude-sonnet-4"]');
  });
});

test("Codex is told the same as by its file, a setting each", () => {
  const { args } = startOf("codex");
  expect(args.filter((word) => word !== "-c")).toEqual([
    "model=claude-sonnet-4",
    "model_provider=claude-max-api",
    "model_context_window=1000000",
    "model_providers.claude-max-api.name=claude-max-api",
    "model_providers.claude-max-api.base_url=http://127.0.0.1:3456/v1",
    "model_providers.claude-max-api.wire_api=responses",
    "model_providers.claude-max-api.env_key=CLAUDE_MAX_API_KEY",
  ]);
});

test.each([
  ["Claude Code", "claude-code"],
  ["CODEX", "codex"],
  ["qwen_code", "qwen-code"],
  ["kimi", "kimi-code"],
  ["OpenAI's SDK for Python", "openai-python"],
  ["constructor", undefined],
  ["", undefined],
])("%j means %s", (word, name) => {
  expect(clientNamed(word)).toBe(name as ClientName | undefined);
});

test.each([
  [["launch"], "launch needs a program: opencode, codex, "],
  [["launch", "codx"], '"codx" is not a program that can be started: '],
  [["launch", "codx"], "Did you mean codex?"],
  [["launch", "zed"], "claude-max-api connect zed says what to set in it."],
  [["launch", "codex", "--json"], "unknown option --json"],
])("%j is not understood: %s", async (argv, message) => {
  const { code, stdout, stderr } = await runCli(argv);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(message);
});

describe("with a server that runs", () => {
  /** Ours, as far as commands look at it. */
  function serve(key?: string) {
    return Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: (request) => {
        const isKnown = key === undefined || request.headers.get("authorization") === `Bearer ${key}`;
        if (new URL(request.url).pathname !== "/health") {
          const body = { object: "list", data: [{ id: "claude-sonnet-4" }] };
          return isKnown ? Response.json(body) : Response.json({}, { status: 401 });
        }
        return Response.json({ name: "claude-max-api", status: "ok", ...(isKnown && { version: "1.2.3" }) });
      },
    });
  }

  test("the program asks that one, gets the user's words, and its exit code is told", async () => {
    await using server = serve();
    const system = new FakeSystem();
    system.answer = () => ({ code: 7 });
    const port = String(server.port);
    const ended = await runCli(["launch", "Aider", "--port", port, "--", "--yes", "a b"], { system });
    expect(ended).toEqual({ code: 7, stdout: "", stderr: `aider asks http://127.0.0.1:${port}/v1.\n` });
    expect(system.commands).toEqual(["aider --model openai/claude-sonnet-4 --yes a b"]);
    expect(system.attached).toEqual({
      OPENAI_API_BASE: `http://127.0.0.1:${port}/v1`,
      OPENAI_API_KEY: "any-key-works",
      CLAUDE_MAX_API_KEY: "any-key-works",
    });
    expect(system.changes).toEqual([]);
  });

  test("a key that is set here is given to the program, and not shown", async () => {
    await using server = serve(KEY);
    const system = new FakeSystem();
    const flags = ["--port", String(server.port), "--api-key", KEY];
    const { code, stderr } = await runCli(["launch", "claude-code", ...flags], { system });
    expect(code).toBe(0);
    expect(stderr).not.toContain(KEY);
    expect(system.attached).toMatchObject({ ANTHROPIC_AUTH_TOKEN: KEY, ANTHROPIC_API_KEY: undefined });
  });

  test("a key that it wants and that is not set here is said, and nothing is started", async () => {
    await using server = serve(KEY);
    const system = new FakeSystem();
    const { code, stderr } = await runCli(["launch", "codex", "--port", String(server.port)], { system });
    expect([code, system.commands]).toEqual([1, []]);
    expect(stderr).toContain("wants a key, and none is set here");
  });

  test("a program that is not installed is said", async () => {
    await using server = serve();
    const system = new FakeSystem();
    system.answer = () => undefined;
    const { code, stderr } = await runCli(["launch", "goose", "--port", String(server.port)], { system });
    expect(code).toBe(1);
    expect(stderr).toContain("goose is not on PATH: install goose");
  });

  test("a model that it does not have is refused", async () => {
    await using server = serve();
    const flags = ["--port", String(server.port), "--model", "claude-sonet-4"];
    const system = new FakeSystem();
    const { stderr } = await runCli(["launch", "codex", ...flags], { system });
    expect([stderr.includes("claude-sonet-4"), system.commands]).toEqual([true, []]);
  });
});

test.skipIf(process.platform === "win32")(
  "without a server, one is there as long as the program runs",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "claude-max-api-launch-"));
    try {
      const script = `#!${process.execPath}
const { OPENAI_API_BASE: url, OPENAI_API_KEY: key } = process.env;
const ask = (authorization) => fetch(url + "/models", { headers: { authorization } });
console.log(url, (await ask("Bearer " + key)).status, (await ask("Bearer another")).status, process.argv.at(-1));
process.exit(7);
`;
      writeFileSync(join(folder, "aider"), script);
      chmodSync(join(folder, "aider"), 0o755);
      const claude = loggedInClaude(folder);
      const child = Bun.spawn(
        [await builtBinary(), "launch", "aider", "--port", "1", "--demo", "--claude-path", claude, "--", "its own"],
        {
          env: { PATH: [folder, process.env.PATH].join(delimiter), HOME: folder, TMPDIR: folder },
          stdout: "pipe",
          stderr: "pipe",
        },
      );
      const [stdout, stderr, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
      expect({ code, stderr }).toEqual({
        code: 7,
        stderr: expect.stringMatching(/^aider asks \S+, a server that ends with it\.\n$/),
      });
      const [url = "", ...said] = stdout.trim().split(" ");
      expect(said).toEqual(["200", "401", "its", "own"]);
      expect(await fetch(url).catch(() => "gone")).toBe("gone");
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    }
  },
  240_000,
);

test("every title is its own name", () => {
  for (const [name, title] of Object.entries(CLIENT_TITLES)) expect(clientNamed(title)).toBe(name as ClientName);
});
