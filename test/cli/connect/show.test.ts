import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CLIENT_NAMES } from "../../../scripts/clients.ts";
import { type Harness, startHarness } from "../../support/harness.ts";
import { runCli } from "../../support/run-cli.ts";

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
  const [before = "", snippet, after = ""] = page(name).split(/\n```(?:\w+)?\n/);
  expect(stdout.replaceAll(port, "3456")).toBe(`${snippet}\n`);
  const said = stderr.replaceAll(port, "3456");
  expect(said).toStartWith(before.split("\n")[2] ?? "?");
  for (const paragraph of (after.split("\n\n`claude-max-api connect")[0] ?? "?").trim().split("\n\n")) {
    expect(said).toContain(paragraph);
  }
  expect(said).toContain("No server answers at http://127.0.0.1:3456 yet: start it with claude-max-api.");
});

describe("what is wrong on the command line ends with 2", () => {
  test.each([
    [["connect", "codx"], '"codx" is not a client: openclaw, '],
    [["connect", "codx"], "Did you mean codex?"],
    [["connect", "codex", "zed"], 'unexpected argument "zed"'],
    [["connect", "--write"], "--write needs a client: openclaw, opencode and codex."],
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
    ["curl", '-H "Authorization: Bearer YOUR_KEY"'],
  ])("connect %s says where the client finds it: %s", async (name, expected) => {
    const port = await closedPort();
    expect((await runCli(["connect", name, "--port", port, "--api-key", "very-secret-key"])).stdout).toContain(
      expected,
    );
  });
});

describe("with a running server", () => {
  let app: Harness;
  let port: string;
  beforeAll(async () => {
    app = await startHarness({ config: { modelAliases: { "gpt-4o": "claude-haiku-4" } } });
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
