// Everything CI runs: format and lint, types, tests, build, and a smoke test of the built binary. The build comes first, since tests
// run it, too; the rest goes on beside the tests. Each step runs even when another failed. With files, or words of their names, only
// these tests run, which build the binary where they need it. Shown is what failed, and what was skipped by name; with `--slow` the ten
// files that took longest, too. The last line is `N passed, N failed`: the tests' numbers, and one for each other step.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { TestOutput } from "./check/test-output.ts";

const { values: flags, positionals: files } = parseArgs({
  options: { slow: { type: "boolean", default: false } },
  allowPositionals: true,
});

const root = join(import.meta.dir, "..");
const bun = process.execPath;
const bin = (name: string) => join(root, "node_modules/.bin", name);
const binary = join(root, "dist", process.platform === "win32" ? "claude-max-api.exe" : "claude-max-api");

type Step = { readonly name: string; readonly command: readonly string[]; readonly env?: Record<string, string> };
type Outcome = { readonly name: string; readonly passed: number; readonly failed: number; readonly counts?: string };

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
  command: [bun, "test", "--parallel=3", "--no-isolate", "--timeout", "120000", ...files],
};

const test = new TestOutput(console.log);
const outcomes = files.length > 0 ? [await testStep(TESTS)] : await everything();
console.log();
for (const line of test.summary({ slowest: flags.slow ? 10 : 0 })) console.log(line);
for (const { name, failed, counts = "" } of outcomes)
  console.log(`${failed === 0 ? "ok    " : "FAILED"} ${name}${counts}`);
const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

async function everything(): Promise<Outcome[]> {
  // Where it has to be installed, that is mostly done when its test comes. That test tells why there is none.
  const browser = run({ name: "browser", command: [bun, "scripts/browser.ts"] });
  const build = await plainStep(BUILD);
  // Tests build a binary of their own where that one is none.
  const env: Record<string, string> = build.failed === 0 ? { TEST_BINARY: binary } : {};
  const [tests, beside] = await Promise.all([testStep({ ...TESTS, env }), inTurn(BESIDE), browser]);
  return [build, ...beside, tests];
}

async function inTurn(steps: readonly Step[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const step of steps) outcomes.push(await plainStep(step));
  return outcomes;
}

async function plainStep(step: Step): Promise<Outcome> {
  let output = "";
  const isFine = await run(step, (line) => {
    output += `${line}\n`;
  });
  if (!isFine) console.log(`\n== ${step.name}\n${output}`);
  return { name: step.name, passed: isFine ? 1 : 0, failed: isFine ? 0 : 1 };
}

async function testStep(step: Step): Promise<Outcome> {
  const isFine = await run(step, (line) => test.take(line));
  const { passed, failed } = test.counts ?? { passed: isFine ? 1 : 0, failed: 0 };
  // A test run that broke off has no summary, and counts as one failure.
  return {
    name: step.name,
    passed,
    failed: failed > 0 || isFine ? failed : 1,
    counts: `: ${passed} passed, ${failed} failed, ${test.skipped.length} skipped`,
  };
}

/** Runs a command, and tells each line that it writes as it comes. Resolves with whether it went well. */
async function run({ command, env }: Step, onLine: (line: string) => void = () => {}): Promise<boolean> {
  const child = Bun.spawn([...command], {
    cwd: root,
    env: { ...process.env, ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const read = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    let line = "";
    for await (const chunk of stream) {
      const lines = (line + decoder.decode(chunk, { stream: true })).split("\n");
      line = lines.pop() ?? "";
      for (const whole of lines) onLine(whole);
    }
    if (line !== "") onLine(line);
  };
  await Promise.all([read(child.stdout), read(child.stderr)]);
  return (await child.exited) === 0;
}
