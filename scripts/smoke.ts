// Runs the built binary as a newcomer would, in a folder full of traps, with the real Claude CLI and the simulated API behind it. Takes
// dist/claude-max-api, or the binary of `--binary PATH`.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { at } from "./json-path.ts";
import { firstUrl } from "./processes.ts";

const root = join(import.meta.dir, "..");
const windows = process.platform === "win32";
const { values: flags } = parseArgs({ options: { binary: { type: "string" } } });
const binary = resolve(flags.binary ?? join(root, "dist", windows ? "claude-max-api.exe" : "claude-max-api"));
// There, what stands in .bin is a program of Bun's that starts the real one.
const claude = windows
  ? join(root, `node_modules/@anthropic-ai/claude-code-win32-${process.arch}/claude.exe`)
  : join(root, "node_modules/.bin/claude");
const folder = mkdtempSync(join(tmpdir(), "claude-max-api-smoke-"));

// Files that Bun programs pick up from where they are started; this one must not.
writeFileSync(join(folder, ".env"), "CLAUDE_MAX_API_HOST=0.0.0.0\nCLAUDE_MAX_API_PORT=1\n");
writeFileSync(join(folder, "bunfig.toml"), 'preload = ["./trap.ts"]\n');
writeFileSync(join(folder, "trap.ts"), "throw new Error('bunfig.toml was read');\n");
writeFileSync(join(folder, "tsconfig.json"), "{ not json");
writeFileSync(join(folder, "package.json"), "{ not json");

const start = () =>
  Bun.spawn([binary, "--demo", "--port", "0", "--log-level", "warn", "--claude-path", claude], {
    cwd: folder,
    env: {
      PATH: "",
      HOME: folder,
      ...(windows ? { USERPROFILE: folder, SystemRoot: process.env.SystemRoot ?? "" } : {}),
    },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
const server = start();

try {
  const url = await firstUrl(server.stdout);
  const health = await fetch(`${url}/health`);
  expect(health.ok, `GET /health answered ${health.status}`);
  const models = (await (await fetch(`${url}/v1/models`)).json()) as { data: { id: string }[] };
  expect(
    models.data.some(({ id }) => id === "claude-sonnet-4"),
    "GET /v1/models does not list claude-sonnet-4",
  );
  const answer = await complete(url, {});
  expect(answer.includes("imulated"), `the answer does not say that it is simulated: ${answer}`);
  const stream = await complete(url, { stream: true });
  expect(stream.trimEnd().endsWith("data: [DONE]"), `the stream does not end with [DONE]: ${stream.slice(-200)}`);
  await callTool(url);
  await structuredOutput(url);
} finally {
  server.kill("SIGTERM");
  const code = await server.exited;
  await killHard();
  rmSync(folder, { recursive: true, force: true });
  // There, a process cannot be asked to end.
  expect(code === 0 || windows, `the binary exited with ${code} after SIGTERM`);
}
console.log("smoke test passed");

function expect(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}

/** Nothing that a server has started outlives it, though it has no say in its end. */
async function killHard(): Promise<void> {
  const killed = start();
  await (await fetch(`${await firstUrl(killed.stdout)}/v1/models`)).text();
  const children = childrenOf(killed.pid);
  expect(children.length > 0, "the server has no process of the CLI");
  killed.kill("SIGKILL");
  await killed.exited;
  const end = Date.now() + 5_000;
  while (children.some(isRunning)) {
    expect(Date.now() < end, "a process outlives the server that was killed");
    await Bun.sleep(50);
  }
}

function childrenOf(pid: number): number[] {
  const list = windows
    ? [
        "powershell",
        "-NoProfile",
        "-Command",
        `(Get-CimInstance Win32_Process -Filter "ParentProcessId=${pid}").ProcessId`,
      ]
    : ["ps", "-A", "-o", "ppid=,pid="];
  const lines = Bun.spawnSync(list, { stderr: "inherit" }).stdout.toString().split("\n");
  const pids = windows ? lines : lines.flatMap((line) => new RegExp(`^\\s*${pid}\\s+(\\d+)$`).exec(line)?.[1] ?? []);
  return pids.filter((line) => line.trim() !== "").map(Number);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The demo calls the tool that the message names, and tells what it returned. */
async function callTool(url: string): Promise<void> {
  const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
  const tools = [{ type: "function", function: { name: "get_weather", parameters } }];
  const question = { role: "user", content: "call get_weather" };
  const called = await complete(url, { tools, messages: [question] });
  const message = at(JSON.parse(called), "choices", 0, "message");
  const args = at(message, "tool_calls", 0, "function", "arguments");
  expect(at(message, "tool_calls", 0, "function", "name") === "get_weather", `get_weather is not called: ${called}`);
  expect(typeof at(parse(args), "city") === "string", `the arguments do not fit the tool: ${called}`);
  const result = { role: "tool", tool_call_id: at(message, "tool_calls", 0, "id"), content: "sunny" };
  const told = await complete(url, { tools, messages: [question, message, result] });
  expect(told.includes("get_weather returned: sunny"), `the tool's result did not arrive: ${told}`);
}

/** By the API, and, with a property that it does not keep, by the CLI's tool. */
async function structuredOutput(url: string): Promise<void> {
  const root = { type: "object", required: ["count"], additionalProperties: false };
  for (const count of [{ type: "integer" }, { type: "integer", minimum: 1 }]) {
    const json_schema = { name: "n", schema: { ...root, properties: { count } } };
    const answer = await complete(url, { response_format: { type: "json_schema", json_schema } });
    const content = at(JSON.parse(answer), "choices", 0, "message", "content");
    expect(Number.isInteger(at(parse(content), "count")), `the answer does not fit the schema: ${answer}`);
  }
}

function parse(json: unknown): unknown {
  return JSON.parse(String(json));
}

async function complete(url: string, fields: object): Promise<string> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "claude-sonnet-4", messages: [{ role: "user", content: "Hello" }], ...fields }),
  });
  const text = await response.text();
  expect(response.ok, `POST /v1/chat/completions answered ${response.status}: ${text}`);
  return text;
}
