// Time to the first token, side by side in one interleaved run: the simulated API asked directly, `claude -p` started for the
// request, and our built binary. `bun run bench [--rounds N] [--json]`. Everything stays on loopback; no login is used.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { arch, cpus, platform, tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "../src/simulator/reply.ts";
import { startSimulator } from "../src/simulator/simulator.ts";

const ROUNDS = Number(flag("--rounds") ?? 15);
const ROOT = join(import.meta.dir, "..");
const BINARY = join(ROOT, "dist/claude-max-api");
const CLAUDE = join(ROOT, "node_modules/.bin/claude");
const QUESTION = "Hello";
const HISTORY = [
  { role: "user", content: QUESTION },
  { role: "assistant", content: "Hello world." },
];

const home = mkdtempSync(join(tmpdir(), "claude-max-api-bench-"));
const simulator = startSimulator({ responder: () => text("Hello world."), keepRequests: 1 });
const env = {
  PATH: process.env.PATH ?? "",
  HOME: home,
  CLAUDE_CODE_OAUTH_TOKEN: "sk-ant-oat01-bench",
  ANTHROPIC_BASE_URL: simulator.url,
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
};

if (!existsSync(BINARY)) await Bun.$`${process.execPath} scripts/build.ts`.cwd(ROOT).quiet();

type Sample = Record<string, number>;
const samples: Sample[] = [];
const startMs: number[] = [];
try {
  for (let i = 0; i < 5; i++) startMs.push(await measureStart());
  const { url, child, stop } = await startOurs();
  await waitForWarm(url);
  const rssMb = residentMb(child.pid);
  // The first round warms every path, and is not counted.
  for (let round = 0; round <= ROUNDS; round++) {
    const sample: Sample = {
      direct: await firstToken(`${simulator.url}/v1/messages`, directBody(), '"text_delta"'),
      "claude -p, cold": await coldCli(),
    };
    await waitForWarm(url);
    sample["ours, new system prompt"] = await firstToken(
      `${url}/v1/chat/completions`,
      ourBody([{ role: "system", content: `Round ${round}` }, ...HISTORY.slice(0, 1)]),
      '"content":"H',
    );
    sample["ours, next turn"] = await firstToken(
      `${url}/v1/chat/completions`,
      ourBody([{ role: "system", content: `Round ${round}` }, ...HISTORY, { role: "user", content: "And now?" }]),
      '"content":"H',
    );
    sample["ours, one-shot, prompt seen before"] = await firstToken(
      `${url}/v1/chat/completions`,
      ourBody([
        { role: "system", content: `Round ${round}` },
        { role: "user", content: "Another." },
      ]),
      '"content":"H',
    );
    if (round > 0) samples.push(sample);
  }
  await stop();
  report(rssMb);
} finally {
  await simulator.close();
  rmSync(home, { recursive: true, force: true });
}

function flag(name: string): string | undefined {
  const index = process.argv.indexOf(name);
  return index === -1 ? undefined : process.argv[index + 1];
}

async function startOurs() {
  const child = Bun.spawn(
    [BINARY, "--port", "0", "--claude-path", CLAUDE, "--anthropic-base-url", simulator.url, "--log-level", "error"],
    {
      cwd: home,
      env,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
    },
  );
  const url = await urlFrom(child.stdout);
  const stop = async () => {
    child.kill("SIGTERM");
    await child.exited;
  };
  return { url, child, stop };
}

/** From the start of the process to the first answered request. */
async function measureStart(): Promise<number> {
  const begin = performance.now();
  const { url, stop } = await startOurs();
  await (await fetch(`${url}/v1/models`)).text();
  const ms = performance.now() - begin;
  await stop();
  return ms;
}

async function urlFrom(stdout: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  const reader = stdout.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the binary ended: ${text}`);
    text += new TextDecoder().decode(value);
    const url = /listens on (http:\S+)/.exec(text)?.[1];
    if (url) {
      reader.releaseLock();
      return url;
    }
  }
}

/** Until a process is ready, as it is for a person who takes more than half a second between two questions. */
async function waitForWarm(url: string): Promise<void> {
  for (let i = 0; i < 500; i++) {
    const { workers } = (await (await fetch(`${url}/health`)).json()) as {
      workers: { starting: number; ready: number };
    };
    if (workers.starting === 0 && workers.ready > 0) {
      await Bun.sleep(200);
      return;
    }
    await Bun.sleep(20);
  }
  throw new Error("no process became ready");
}

async function firstToken(url: string, body: object, token: string): Promise<number> {
  const begin = performance.now();
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer any", "anthropic-version": "2023-06-01" },
    body: JSON.stringify(body),
  });
  let seen = "";
  let ms: number | undefined;
  for await (const chunk of response.body ?? []) {
    seen += new TextDecoder().decode(chunk);
    if (ms === undefined && seen.includes(token)) ms = performance.now() - begin;
  }
  if (ms === undefined) throw new Error(`no token from ${url}: ${seen}`);
  return ms;
}

function directBody() {
  return { model: "claude-sonnet-4-5", max_tokens: 100, stream: true, messages: [{ role: "user", content: QUESTION }] };
}

function ourBody(messages: object[]) {
  return { model: "claude-sonnet-4", stream: true, messages };
}

async function coldCli(): Promise<number> {
  const begin = performance.now();
  const child = Bun.spawn([CLAUDE, "-p", "--output-format", "stream-json", "--include-partial-messages", "--verbose"], {
    cwd: home,
    env,
    stdin: Buffer.from(QUESTION),
    stdout: "pipe",
    stderr: "ignore",
  });
  let ms: number | undefined;
  let seen = "";
  for await (const chunk of child.stdout) {
    seen += new TextDecoder().decode(chunk);
    if (ms === undefined && seen.includes('"text_delta"')) ms = performance.now() - begin;
  }
  await child.exited;
  if (ms === undefined) throw new Error(`claude -p gave no token: ${seen.slice(-500)}`);
  return ms;
}

function residentMb(pid: number): number {
  if (platform() !== "linux") return Number.NaN;
  const kb = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Math.round(Number(kb) / 1024);
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

function report(rssMb: number): void {
  const claude = Bun.spawnSync([CLAUDE, "--version"]).stdout.toString().trim();
  const machine = `${cpus().length} x ${cpus()[0]?.model.trim()}, ${platform()} ${arch()}, Bun ${Bun.version}, ${claude}`;
  const columns = Object.keys(samples[0] ?? {});
  const cold = quantile(
    samples.map((sample) => sample["claude -p, cold"] ?? Number.NaN),
    0.5,
  );
  const rows = columns.map((name) => {
    const values = samples.map((sample) => sample[name] ?? Number.NaN);
    const median = quantile(values, 0.5);
    return { name, median, p95: quantile(values, 0.95), min: Math.min(...values), timesFasterThanCold: cold / median };
  });
  const startMedian = quantile(startMs, 0.5);
  if (process.argv.includes("--json")) {
    console.log(
      JSON.stringify(
        { machine, rounds: samples.length, firstTokenMs: rows, startMs: startMedian, idleRssMb: rssMb },
        null,
        2,
      ),
    );
    return;
  }
  console.log(`${machine}\nTime to the first token in ms, ${samples.length} interleaved rounds\n`);
  console.log(`${"".padEnd(36)}  median     p95     min   against claude -p`);
  for (const { name, median, p95, min, timesFasterThanCold } of rows) {
    const figures = [median, p95, min].map((ms) => ms.toFixed(1).padStart(8)).join("");
    console.log(`${name.padEnd(36)}${figures}   ${timesFasterThanCold.toFixed(1)}x faster`);
  }
  console.log(`\nStart to the first answered request: ${startMedian.toFixed(0)} ms (median of ${startMs.length})`);
  console.log(`Our own process, idle: ${rssMb} MB resident`);
}
