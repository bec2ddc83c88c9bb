// Time to the first token, side by side in one interleaved run: the simulated API asked directly, `claude -p` started for the
// request, and our built binary; then what the binary adds to each step of a tool loop. `bun run bench [--rounds N]
// [--loop-rounds N] [--json]`. Builds the binary itself. Everything stays on loopback; no login is used.
import { mkdtempSync, rmSync } from "node:fs";
import { arch, cpus, platform, tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "../src/simulator/reply.ts";
import { startSimulator } from "../src/simulator/simulator.ts";
import { buildBinary, CLAUDE, residentMb, startBinary, waitForWarm } from "./bench/binary.ts";
import { quantile, row, timeStream } from "./bench/timing.ts";
import { answerToolLoop, measureToolLoop, printToolLoop, type ToolLoopReport } from "./bench/tool-loop.ts";

const ROUNDS = Number(flag("--rounds") ?? 15);
const LOOP_ROUNDS = Number(flag("--loop-rounds") ?? 10);
const QUESTION = "Hello";
const HISTORY = [
  { role: "user", content: QUESTION },
  { role: "assistant", content: "Hello world." },
];

const home = mkdtempSync(join(tmpdir(), "claude-max-api-bench-"));
const simulator = startSimulator({
  responder: ({ body }) => (body.tools?.length ? answerToolLoop(body) : text("Hello world.")),
});
const env = {
  PATH: process.env.PATH ?? "",
  HOME: home,
  CLAUDE_CODE_OAUTH_TOKEN: "sk-ant-oat01-bench",
  ANTHROPIC_BASE_URL: simulator.url,
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
};

type Sample = Record<string, number>;
const samples: Sample[] = [];
const startMs: number[] = [];
const cleanup = new AsyncDisposableStack();
cleanup.defer(() => rmSync(home, { recursive: true, force: true }));
cleanup.defer(() => simulator.close());
try {
  const binary = await buildBinary(home);
  const startOurs = () => startBinary(binary, { home, env, anthropicUrl: simulator.url });
  for (let i = 0; i < 5; i++) startMs.push(await measureStart(startOurs));
  const { url, pid, stop } = await startOurs();
  cleanup.defer(stop);
  await waitForWarm(url);
  const rssMb = residentMb(pid);
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
  const toolLoop = await measureToolLoop(url, simulator, LOOP_ROUNDS);
  report(rssMb, toolLoop);
} finally {
  await cleanup.disposeAsync();
}

function flag(name: string): string | undefined {
  const index = process.argv.indexOf(name);
  return index === -1 ? undefined : process.argv[index + 1];
}

/** From the start of the process to the first answered request. */
async function measureStart(start: () => ReturnType<typeof startBinary>): Promise<number> {
  const begin = performance.now();
  const { url, stop } = await start();
  await (await fetch(`${url}/v1/models`)).text();
  const ms = performance.now() - begin;
  await stop();
  return ms;
}

async function firstToken(url: string, body: object, token: string): Promise<number> {
  return (await timeStream(url, body, token)).beginMs;
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

function report(rssMb: number, toolLoop: ToolLoopReport): void {
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
        { machine, rounds: samples.length, firstTokenMs: rows, startMs: startMedian, idleRssMb: rssMb, toolLoop },
        null,
        2,
      ),
    );
    return;
  }
  console.log(`${machine}\nTime to the first token in ms, ${samples.length} interleaved rounds\n`);
  console.log(`${"".padEnd(36)}  median     p95     min   against claude -p`);
  for (const { name, median, p95, min, timesFasterThanCold } of rows) {
    console.log(`${row(name, [median, p95, min])}   ${timesFasterThanCold.toFixed(1)}x faster`);
  }
  console.log(`\nStart to the first answered request: ${startMedian.toFixed(0)} ms (median of ${startMs.length})`);
  console.log(`Our own process, idle: ${rssMb} MB resident`);
  printToolLoop(toolLoop);
}
