// Everything CI runs: format and lint, types, tests, build, and a smoke test of the built binary. The build comes first, since tests
// run it, too; the rest goes on beside the tests. Each step runs even when another failed. Shown is what failed and what was skipped;
// the last line is `N passed, N failed`: the tests' numbers, and one for each other step.
import { join } from "node:path";

const root = join(import.meta.dir, "..");
const bun = process.execPath;
const bin = (name: string) => join(root, "node_modules/.bin", name);
const binary = join(root, "dist", process.platform === "win32" ? "claude-max-api.exe" : "claude-max-api");

type Step = { readonly name: string; readonly command: readonly string[]; readonly env?: Record<string, string> };
type Outcome = { readonly name: string; readonly passed: number; readonly failed: number };

const BUILD: Step = { name: "build", command: [bun, "scripts/build.ts"] };
const BESIDE: readonly Step[] = [
  { name: "format and lint", command: [bin("biome"), "ci", "--colors=off", "--error-on-warnings", "."] },
  { name: "types", command: [bin("tsc"), "-p", "."] },
  { name: "types of the page's script", command: [bin("tsc"), "-p", "src/page/client"] },
  { name: "nothing unused", command: [bun, join(root, "node_modules/knip/bin/knip-bun.js"), "--no-progress"] },
  { name: "smoke test of the binary", command: [bun, "scripts/smoke.ts"] },
];
// Five seconds, Bun's own limit, are not enough for the slowest on a busy machine. It bounds a test that hangs; none measures time.
// Three at a time: much of a test is waiting for a CLI. Files share a worker's modules, whose loading would else cost more than many a test.
const TESTS: Step = {
  name: "tests",
  command: [bun, "test", "--parallel=3", "--no-isolate", "--timeout", "120000"],
};

const build = await plainStep(BUILD);
// Tests build a binary of their own where that one is none.
const env: Record<string, string> = build.failed === 0 ? { TEST_BINARY: binary } : {};
const [tests, beside] = await Promise.all([testStep({ ...TESTS, env }), inTurn(BESIDE)]);

const outcomes = [build, ...beside, tests];
const isTests = (outcome: Outcome) => outcome === tests;
console.log();
for (const outcome of outcomes) {
  const counts = isTests(outcome) ? `: ${outcome.passed} passed, ${outcome.failed} failed` : "";
  console.log(`${outcome.failed === 0 ? "ok    " : "FAILED"} ${outcome.name}${counts}`);
}
const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

async function inTurn(steps: readonly Step[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const step of steps) outcomes.push(await plainStep(step));
  return outcomes;
}

async function plainStep(step: Step): Promise<Outcome> {
  const { ok, output } = await run(step);
  if (!ok) console.log(`\n== ${step.name}\n${output}`);
  return { name: step.name, passed: ok ? 1 : 0, failed: ok ? 0 : 1 };
}

async function testStep(step: Step): Promise<Outcome> {
  const { ok, output } = await run(step, withoutPassed(console.log));
  const counts = testCounts(output);
  // A test run that broke off has no summary, and counts as one failure.
  const failed = counts && counts.failed > 0 ? counts.failed : ok ? 0 : 1;
  return { name: step.name, passed: counts?.passed ?? (ok ? 1 : 0), failed };
}

/** Runs a command, and gives all that it writes, also line by line as it comes. */
async function run({ command, env }: Step, onLine: (line: string) => void = () => {}) {
  const child = Bun.spawn([...command], {
    cwd: root,
    env: { ...process.env, ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  let output = "";
  const read = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    let line = "";
    for await (const chunk of stream) {
      const text = decoder.decode(chunk, { stream: true });
      output += text;
      const lines = (line + text).split("\n");
      line = lines.pop() ?? "";
      for (const whole of lines) onLine(whole);
    }
    if (line !== "") onLine(line);
  };
  await Promise.all([read(child.stdout), read(child.stderr)]);
  return { ok: (await child.exited) === 0, output };
}

/** Of the lines that `bun test` writes, all but those of tests that passed, and the names of files that have no others. */
function withoutPassed(show: (line: string) => void): (line: string) => void {
  let file: string | undefined;
  return (line) => {
    if (/^\S+\.test\.ts:$/.test(line)) file = line;
    else if (line !== "" && !line.startsWith("(pass)")) {
      if (file !== undefined) show(`\n${file}`);
      file = undefined;
      show(line);
    }
  };
}

/** The numbers of `bun test`'s summary: lines such as ` 12 pass`. */
function testCounts(output: string): { passed: number; failed: number } | undefined {
  const pass = /^\s*(\d+) pass$/m.exec(output)?.[1];
  const fail = /^\s*(\d+) fail$/m.exec(output)?.[1];
  return pass === undefined || fail === undefined ? undefined : { passed: Number(pass), failed: Number(fail) };
}
