// Runs the built binary as a newcomer would, in a folder full of traps, with the real Claude CLI and the simulated API behind it.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dir, "..");
const binary = join(root, "dist", process.platform === "win32" ? "claude-max-api.exe" : "claude-max-api");
const folder = mkdtempSync(join(tmpdir(), "claude-max-api-smoke-"));

// Files that Bun programs pick up from where they are started; this one must not.
writeFileSync(join(folder, ".env"), "CLAUDE_MAX_API_HOST=0.0.0.0\nCLAUDE_MAX_API_PORT=1\n");
writeFileSync(join(folder, "bunfig.toml"), 'preload = ["./trap.ts"]\n');
writeFileSync(join(folder, "trap.ts"), "throw new Error('bunfig.toml was read');\n");
writeFileSync(join(folder, "tsconfig.json"), "{ not json");
writeFileSync(join(folder, "package.json"), "{ not json");

const server = Bun.spawn(
  [binary, "--demo", "--port", "0", "--log-level", "warn", "--claude-path", join(root, "node_modules/.bin/claude")],
  {
    cwd: folder,
    env: { PATH: "", HOME: folder },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  },
);

try {
  const url = await firstUrl(server.stdout);
  const health = await fetch(`${url}/health`);
  expect(health.ok, `GET /health answered ${health.status}`);
  const models = (await (await fetch(`${url}/v1/models`)).json()) as { data: { id: string }[] };
  expect(
    models.data.some(({ id }) => id === "claude-sonnet-4"),
    "GET /v1/models does not list claude-sonnet-4",
  );
  const answer = await complete(url, false);
  expect(answer.includes("imulated"), `the answer does not say that it is simulated: ${answer}`);
  const stream = await complete(url, true);
  expect(stream.trimEnd().endsWith("data: [DONE]"), `the stream does not end with [DONE]: ${stream.slice(-200)}`);
} finally {
  server.kill("SIGTERM");
  const code = await server.exited;
  rmSync(folder, { recursive: true, force: true });
  expect(code === 0, `the binary exited with ${code} after SIGTERM`);
}
console.log("smoke test passed");

function expect(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}

async function complete(url: string, stream: boolean): Promise<string> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "claude-sonnet-4", stream, messages: [{ role: "user", content: "Hello" }] }),
  });
  const text = await response.text();
  expect(response.ok, `POST /v1/chat/completions answered ${response.status}: ${text}`);
  return text;
}

async function firstUrl(output: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of output) {
    text += decoder.decode(chunk, { stream: true });
    const url = /http:\/\/[\w.:[\]]+/.exec(text)?.[0];
    if (url) return url;
  }
  throw new Error(`the binary did not say where it listens: ${text}`);
}
