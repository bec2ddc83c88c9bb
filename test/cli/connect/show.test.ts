import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CLIENT_NAMES } from "../../../scripts/clients.ts";
import { definitionMark } from "../../../src/cli/service/definition.ts";
import type { Harness } from "../../support/harness.ts";
import { runCli } from "../../support/run-cli.ts";
import { shareHarness } from "../../support/shared-harness.ts";

const page = (name: string) => readFileSync(join(import.meta.dir, `../../../docs/clients/${name}.md`), "utf8");

/** A port at which nobody listens. */
async function closedPort(): Promise<string> {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const port = String(server.port);
  await server.stop(true);
  return port;
}

test("without a client, the clients are listed", async () => {
  const { code, stdout } = await runCli(["connect"]);
  expect(code).toBe(0);
  expect(stdout.split("\n").map((line) => line.trim().split(/\s/)[0])).toEqual([...CLIENT_NAMES, ""]);
});

test.each(CLIENT_NAMES)("connect %s prints what its page shows: the snippet alone on standard output", async (name) => {
  const port = await closedPort();
  const { code, stdout, stderr } = await runCli(["connect", name, "--port", port]);
  expect(code).toBe(0);
  const [before = "", snippet, after = ""] = page(name)
    .replace(/^\[中文\]\(.+\)\n\n/m, "")
    .split(/\n```(?:\w+)?\n/);
  expect(stdout.replaceAll(port, "3456")).toBe(`${snippet}\n`);
  const said = stderr.replaceAll(port, "3456");
  expect(said).toStartWith(before.split("\n")[2] ?? "?");
  for (const paragraph of (after.split("\n\n`claude-max-api connect")[0] ?? "?").trim().split("\n\n")) {
    expect(said).toContain(paragraph);
  }
  expect(said).toContain("No server answers at http://127.0.0.1:3456 yet: start it with claude-max-api.");
});

test("a program that has no page gets what every program wants, and the nearest name", async () => {
  const port = await closedPort();
  const { code, stdout, stderr } = await runCli(["connect", "codx", "--port", port]);
  expect(code).toBe(0);
  expect(stdout).toBe(`Base URL  http://127.0.0.1:${port}/v1\nAPI key   any-key-works\nModel     claude-sonnet-4\n`);
  expect(stderr).toStartWith('There is no page on "codx". Did you mean codex? ');
  expect(stderr).toContain(`No server answers at http://127.0.0.1:${port} yet`);
});

test("a program's name may be written as people write it", async () => {
  const port = await closedPort();
  const { stdout } = await runCli(["connect", "Codex", "--port", port]);
  expect(stdout).toStartWith('model = "claude-sonnet-4"\n');
});

describe("what is wrong on the command line ends with 2", () => {
  test.each([
    [["connect", "codx", "--write"], '"codx" is not a client: openclaw, '],
    [["connect", "codx", "--write"], "Did you mean codex?"],
    [["connect", "codex", "zed"], 'unexpected argument "zed"'],
    [["connect", "--write"], "--write needs a client: openclaw, opencode, codex, kimi-code, qwen-code, pi and kilo."],
    [["connect", "zed", "--write"], "--write: Zed has no file that can be written"],
    [["connect", "zed", "--undo"], "--undo: Zed has no file that can be written"],
    [["connect", "codex", "--write", "--undo"], "--write and --undo exclude each other."],
    [["connect", "codex", "--write", "--yes", "--dry-run"], "--yes and --dry-run exclude each other."],
    [["connect", "codex", "--yes"], "--yes goes with --write or --undo."],
    [["connect", "codex", "--port", "0"], "say which with --port"],
    [["connect", "codex", "--model", "a b"], "--model must be a model's name"],
  ])("%j", async (argv, message) => {
    const { code, stdout, stderr } = await runCli(argv);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
  });
});

describe("keys", () => {
  test.each(CLIENT_NAMES)("connect %s never tells a configured one", async (name) => {
    const port = await closedPort();
    const { stdout, stderr } = await runCli(["connect", name, "--port", port, "--api-key", "very-secret-key"]);
    expect(stdout + stderr).not.toContain("very-secret-key");
    expect(stdout + stderr).not.toContain("any-key-works");
    expect(stderr).toContain("YOUR_KEY");
  });

  test.each([
    ["codex", 'env_key = "CLAUDE_MAX_API_KEY"'],
    ["opencode", '"apiKey": "{env:CLAUDE_MAX_API_KEY}"'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: OpenClaw's own way to name a variable.
    ["openclaw", '"apiKey": "${CLAUDE_MAX_API_KEY}"'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Continue's own way to name a secret.
    ["continue", "apiKey: ${{ secrets.CLAUDE_MAX_API_KEY }}"],
    ["kimi-code", 'api_key_env = "CLAUDE_MAX_API_KEY"'],
    ["qwen-code", '"envKey": "CLAUDE_MAX_API_KEY"'],
    ["pi", '"apiKey": "$CLAUDE_MAX_API_KEY"'],
    ["claude-code", "export ANTHROPIC_AUTH_TOKEN=YOUR_KEY"],
    ["copilot", "export COPILOT_PROVIDER_API_KEY=YOUR_KEY"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: droid's own way to name a variable.
    ["droid", '"apiKey": "${CLAUDE_MAX_API_KEY}"'],
    ["litellm", "api_key: os.environ/CLAUDE_MAX_API_KEY"],
    ["promptfoo", "apiKeyEnvar: CLAUDE_MAX_API_KEY"],
    ["goose", "export OPENAI_API_KEY=YOUR_KEY"],
    ["curl", '-H "Authorization: Bearer YOUR_KEY"'],
  ])("connect %s says where the client finds it: %s", async (name, expected) => {
    const port = await closedPort();
    expect((await runCli(["connect", name, "--port", port, "--api-key", "very-secret-key"])).stdout).toContain(
      expected,
    );
  });
});

test("connect claude-code, copilot and goose set variables as PowerShell does, on Windows", async () => {
  const port = await closedPort();
  for (const [name, line] of [
    ["claude-code", `$env:ANTHROPIC_BASE_URL = "http://127.0.0.1:${port}"\n`],
    ["goose", `$env:OPENAI_HOST = "http://127.0.0.1:${port}"\n`],
    ["copilot", `$env:COPILOT_PROVIDER_BASE_URL = "http://127.0.0.1:${port}/v1"\n`],
  ] as const) {
    expect((await runCli(["connect", name, "--port", port], { platform: "win32" })).stdout).toContain(line);
  }
});

describe("connect curl on Windows", () => {
  test.each([[[]], [["--api-key", "very-secret-key"]]])("is for every PowerShell, with %j", async (flags) => {
    const port = await closedPort();
    const { stdout, stderr } = await runCli(["connect", "curl", "--port", port, ...flags], { platform: "win32" });
    expect(stderr).toStartWith("In PowerShell:\n");
    const [, body = "", command = ""] = /^@'\n(.*)\n'@ \| (.*)$/s.exec(stdout) ?? [];
    expect(JSON.parse(body)).toMatchObject({ model: "claude-sonnet-4", messages: [{ role: "user" }] });
    expect(command.replaceAll("`\n  ", "")).toBe(
      `curl.exe http://127.0.0.1:${port}/v1/chat/completions ${flags.length === 0 ? "" : '-H "Authorization: Bearer YOUR_KEY" '}-H "Content-Type: application/json" -d "@-"\n`,
    );
  });
});

describe("with a running server", () => {
  let app: Harness;
  let port: string;
  beforeAll(async () => {
    // It has an alias, gpt-4o.
    app = await shareHarness();
    port = new URL(app.url).port;
  });
  afterAll(() => app[Symbol.asyncDispose]());

  test("nothing is said of it", async () => {
    const { code, stderr } = await runCli(["connect", "codex", "--port", port]);
    expect(code).toBe(0);
    expect(stderr).not.toContain("answers");
  });

  test.each(["gpt-4o", "anthropic/claude-haiku-4"])("a model that it has is taken: %s", async (model) => {
    const { stdout } = await runCli(["connect", "codex", "--port", port, "--model", model]);
    expect(stdout).toStartWith(`model = "${model}"\n`);
  });

  test.each([
    ["claude-sonnet-4", 1_000_000, 128_000],
    ["claude-sonnet-4-6", 200_000, 128_000],
    ["claude-haiku-4-5-20251001", 200_000, 64_000],
  ])("the limits are those that it tells of the model: %s", async (model, context, output) => {
    const { stdout } = await runCli(["connect", "opencode", "--port", port, "--model", model]);
    const { provider } = JSON.parse(stdout);
    expect(provider["claude-max-api"].models[model]).toMatchObject({ limit: { context, output } });
    const codex = await runCli(["connect", "codex", "--port", port, "--model", model]);
    expect(codex.stdout).toContain(`model_context_window = ${context}\n`);
  });

  test("a model that it does not have is refused, and those that it has are named", async () => {
    const { code, stdout, stderr } = await runCli(["connect", "codex", "--port", port, "--model", "claude-sonet-4"]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain('the server has no "claude-sonet-4". Did you mean claude-sonnet-4? It has ');
    expect(stderr).toContain("gpt-4o");
  });

  test("the snippet for curl works as printed", async () => {
    const { stdout } = await runCli(["connect", "curl", "--port", port]);
    const answer = await Bun.$`sh -c ${stdout}`.quiet();
    expect(JSON.parse(answer.stdout.toString()).choices).toHaveLength(1);
  });
});

test.each([
  ["another program", () => new Response("<html>"), "another program answers (HTTP 200)"],
  [
    "the older package",
    () => Response.json({ status: "ok", provider: "claude-code-cli" }),
    "claude-max-api-proxy answers, the older package",
  ],
])("%s at the server's address is told", async (_, answer, expected) => {
  await using server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
  const { code, stderr } = await runCli(["connect", "codex", "--port", String(server.port)]);
  expect(code).toBe(0);
  expect(stderr).toContain(expected);
});

/** Ours, as far as commands look at it, with one key: without it, it tells what a server with keys tells. */
function serverWithKey(key: string) {
  return Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) => {
      const given = request.headers.get("authorization");
      const isKnown = given === `Bearer ${key}`;
      const isHealth = new URL(request.url).pathname === "/health";
      if (isHealth && (isKnown || given === null)) {
        return Response.json({
          name: "claude-max-api",
          status: "ok",
          ...(isKnown && { version: "1.2.3", demo: false }),
        });
      }
      if (!isKnown) return Response.json({ error: {} }, { status: 401 });
      return Response.json({ object: "list", data: [{ id: "claude-sonnet-4" }] });
    },
  });
}

describe("a server that wants a key", () => {
  test.each([
    ["that this shell has not", [], "wants a key, and none is set here"],
    ["other than this shell's", ["--api-key", "another-long-key"], "does not take the key that is set here"],
  ])("%s is told of, and the client is set up with one", async (_, flags, said) => {
    await using server = serverWithKey("very-secret-key");
    const { code, stdout, stderr } = await runCli(["connect", "codex", "--port", String(server.port), ...flags]);
    expect(code).toBe(0);
    expect(stdout).toContain('env_key = "CLAUDE_MAX_API_KEY"');
    expect(stderr).toContain("one of your keys in the environment variable CLAUDE_MAX_API_KEY");
    expect(stderr).toContain(
      `The server at http://127.0.0.1:${server.port} ${said}, so its models could not be checked.`,
    );
    expect(stderr).toContain("set CLAUDE_MAX_API_KEY to one of its keys, or say --api-key-file FILE.");
  });

  test("and gets it says nothing more", async () => {
    await using server = serverWithKey("very-secret-key");
    const flags = ["--port", String(server.port), "--api-key", "very-secret-key"];
    const { stdout, stderr } = await runCli(["connect", "codex", ...flags]);
    expect(stdout).toContain('env_key = "CLAUDE_MAX_API_KEY"');
    expect(stderr).not.toContain("could not be checked");
  });
});

describe("an installed service", () => {
  const UNIT = "/home/jane/.config/systemd/user/claude-max-api.service";
  /** A machine on which the service has one port, and the settings another, at which nobody listens. */
  async function machine(servicePort: string) {
    const port = await closedPort();
    const definition = { version: "1.2.3", executable: "/bin/x", flags: [`--port=${servicePort}`], environment: {} };
    const files: Record<string, string> = {
      [UNIT]: `# ${definitionMark(definition)}\n`,
      "/home/jane/.config/claude-max-api/config.json": JSON.stringify({ port: Number(port) }),
    };
    const readFile = (path: string) => {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
      return text;
    };
    return { port, options: { home: "/home/jane", readFile } };
  }

  test("is taken where nobody listens at the settings' address", async () => {
    await using server = serverWithKey("very-secret-key");
    const { port, options } = await machine(String(server.port));
    const env = { CLAUDE_MAX_API_KEY: "very-secret-key" };
    const { stdout, stderr } = await runCli(["connect", "codex"], { ...options, env });
    expect(stdout).toContain(`base_url = "http://127.0.0.1:${server.port}/v1"`);
    expect(stderr).toContain(
      `No server answers at http://127.0.0.1:${port}, so this is for the service that is installed, at http://127.0.0.1:${server.port}.\n`,
    );
    expect(stderr).not.toContain("yet");
  });

  test("that does not run is taken, too, and how to start it is said", async () => {
    const servicePort = await closedPort();
    const { options } = await machine(servicePort);
    const { stdout, stderr } = await runCli(["connect", "codex"], options);
    expect(stdout).toContain(`base_url = "http://127.0.0.1:${servicePort}/v1"`);
    expect(stderr).toContain(
      `No server answers at http://127.0.0.1:${servicePort} yet: start it with claude-max-api service start.`,
    );
  });

  test("is only named where the command line has another address", async () => {
    const servicePort = await closedPort();
    const { port, options } = await machine(servicePort);
    const { stdout, stderr } = await runCli(["connect", "codex", "--port", port], options);
    expect(stdout).toContain(`base_url = "http://127.0.0.1:${port}/v1"`);
    expect(stderr).toContain(`The service that is installed has the address http://127.0.0.1:${servicePort}.`);
  });
});
