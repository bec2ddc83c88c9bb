// Everything CI runs, in order: format and lint, types, tests, build, and a smoke test of the built binary. Each step runs even
// when an earlier one failed. Ends with the line `N passed, N failed`: the tests' numbers, and one for each other step.
type Step = { readonly name: string; readonly command: readonly string[] };

const bun = process.execPath;
const bin = (name: string) => `${import.meta.dir}/../node_modules/.bin/${name}`;

const STEPS: readonly Step[] = [
  { name: "format and lint", command: [bin("biome"), "ci", "--colors=off", "--error-on-warnings", "."] },
  { name: "types", command: [bin("tsc"), "-p", "."] },
  // Five seconds, Bun's own limit, are not enough for the slowest on a busy machine. It bounds a test that hangs; none measures time.
  // Two at a time: much of a test is waiting for a CLI to start.
  { name: "tests", command: [bun, "test", "--parallel=2", "--timeout", "30000"] },
  { name: "build", command: [bun, "scripts/build.ts"] },
  { name: "smoke test of the binary", command: [bun, "scripts/smoke.ts"] },
];

let passed = 0;
let failed = 0;
const summary: string[] = [];

for (const { name, command } of STEPS) {
  console.log(`\n== ${name}`);
  const { ok, output } = await run(command);
  const counts = name === "tests" ? testCounts(output) : undefined;
  // A test run that broke off has no summary, and counts as one failure.
  passed += counts?.passed ?? (ok ? 1 : 0);
  failed += counts && counts.failed > 0 ? counts.failed : ok ? 0 : 1;
  summary.push(
    `${ok ? "ok    " : "FAILED"} ${name}${counts ? `: ${counts.passed} passed, ${counts.failed} failed` : ""}`,
  );
}

console.log(`\n${summary.join("\n")}`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** Runs a command, showing its output as it comes and keeping it. */
async function run(command: readonly string[]): Promise<{ ok: boolean; output: string }> {
  const child = Bun.spawn([...command], {
    cwd: `${import.meta.dir}/..`,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  let output = "";
  const show = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      output += decoder.decode(chunk, { stream: true });
      process.stdout.write(chunk);
    }
  };
  await Promise.all([show(child.stdout), show(child.stderr)]);
  return { ok: (await child.exited) === 0, output };
}

/** The numbers of `bun test`'s summary: lines such as ` 12 pass`. */
function testCounts(output: string): { passed: number; failed: number } | undefined {
  const pass = /^\s*(\d+) pass$/m.exec(output)?.[1];
  const fail = /^\s*(\d+) fail$/m.exec(output)?.[1];
  return pass === undefined || fail === undefined ? undefined : { passed: Number(pass), failed: Number(fail) };
}
