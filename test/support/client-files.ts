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
} as const;
export type FileClient = keyof typeof CLIENT_FILES;
export const FILE_CLIENTS = ["openclaw", "opencode", "codex"] as const;

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
