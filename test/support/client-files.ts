import { afterEach, beforeEach } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type CliOptions, type CliResult, runCli } from "./run-cli.ts";

/** Where each client keeps its file below a home, and what people have written into it, at its worst. */
export const CLIENT_FILES = {
  openclaw: {
    path: ".openclaw/openclaw.json",
    text: `// by hand\n{\n\tgateway: { port: 18789 }, // as usual\n\tagents: {\n\t\tdefaults: {\n\t\t\tmodel: { primary: 'anthropic/opus', fallbacks: ['a/b'] },\n\t\t\t/* not yet */\n\t\t},\n\t},\n}\n`,
    broken: "{ gateway: }",
    line: 'primary: "claude-max-api/claude-sonnet-4"',
  },
  opencode: {
    path: ".config/opencode/opencode.json",
    text: `{\n    // colours\n    "theme": "dark",\n    "model": "anthropic/x", // mine\n    "provider": { "other": {} },\n}\n`,
    broken: '{ "theme": "dark" "model": 1 }',
    line: '"model": "claude-max-api/claude-sonnet-4", // mine',
  },
  codex: {
    path: ".codex/config.toml",
    text: `# mine\nmodel = "gpt-5" # the best\nsandbox_mode = 'read-only'\n\n# tools\n[mcp_servers.files]\ncommand = "npx"\nargs = [ "-y", "x" ]\n`,
    broken: 'model = "gpt\n',
    line: 'model = "claude-sonnet-4" # the best',
  },
  "kimi-code": {
    path: ".kimi-code/config.toml",
    text: `default_model = "kimi-code/k3" # fast\ntelemetry = false\n\n[providers."managed:kimi-code"]\ntype = "kimi"\n\n[models."kimi-code/k3"]\nprovider = "managed:kimi-code"\n`,
    broken: 'default_model = "k3\n',
    line: 'default_model = "claude-max-api/claude-sonnet-4" # fast',
  },
  "qwen-code": {
    path: ".qwen/settings.json",
    text: `{\n  "security": { "auth": { "selectedType": "gemini" } }, // at work\n  "modelProviders": { "gemini": [{ "id": "x" }] },\n  "model": { "name": "x" }\n}\n`,
    broken: '{ "model": x }',
    line: '"selectedType": "openai" } }, // at work',
  },
  pi: {
    path: ".pi/agent/models.json",
    text: `{\n  // at home\n  "providers": {\n    "ollama": { "baseUrl": "http://localhost:11434/v1", "api": "openai-completions" }\n  }\n}\n`,
    broken: '{ "providers": }',
    line: '"api": "openai-completions"',
  },
  kilo: {
    path: ".config/kilo/kilo.json",
    text: `{ "model": "kilo/auto", "provider": {} }\n`,
    broken: '{ "model" }',
    line: '"model": "claude-max-api/claude-sonnet-4"',
  },
} as const;
export type FileClient = keyof typeof CLIENT_FILES;
export const FILE_CLIENTS = ["openclaw", "opencode", "codex", "kimi-code", "qwen-code", "pi", "kilo"] as const;

/** What begins a comment in a client's file. */
export const commentIn = (name: FileClient): string => (CLIENT_FILES[name].path.endsWith(".toml") ? "#" : "//");

/** A home for each test of a file, in which clients keep their files, and a port at which no server answers. */
export function clientHome() {
  let home = "";
  let port = "";
  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), "claude-max-api-connect-"));
    const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
    port = String(server.port);
    await server.stop(true);
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const pathOf = (name: FileClient) => join(home, CLIENT_FILES[name].path);
  const connect = (name: FileClient, flags: readonly string[], options: CliOptions = {}): Promise<CliResult> =>
    runCli(["connect", name, ...flags, "--port", port], { home, ...options });
  return {
    home: () => home,
    port: () => port,
    pathOf,
    backupOf: (name: FileClient) => `${pathOf(name)}.before-claude-max-api`,
    put(name: FileClient, text: string = CLIENT_FILES[name].text): string {
      mkdirSync(dirname(pathOf(name)), { recursive: true });
      writeFileSync(pathOf(name), text);
      return pathOf(name);
    },
    connect,
    write: (name: FileClient) => connect(name, ["--write", "--yes"]),
    undo: (name: FileClient) => connect(name, ["--undo", "--yes"]),
  };
}

export const read = (path: string) => readFileSync(path, "utf8");
