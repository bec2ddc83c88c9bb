import { afterAll } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// Loaded before all test files (bunfig.toml): its afterAll comes after the last of them. A build belongs to one run of the tests
// alone, so it is of the sources as they are, and no other run can take it away.

const PREFIX = "claude-max-api-build-";

let building: Promise<string> | undefined;
let folder: string | undefined;

/** The path of the binary. It is built when the first test of a run wants it. */
export function builtBinary(): Promise<string> {
  building ??= build();
  return building;
}

afterAll(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

async function build(): Promise<string> {
  removeOrphans();
  folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  const path = join(folder, process.platform === "win32" ? "claude-max-api.exe" : "claude-max-api");
  const script = join(import.meta.dir, "../../scripts/build.ts");
  const child = Bun.spawn([process.execPath, script, `--outfile=${path}`], { stdout: "ignore", stderr: "pipe" });
  const errors = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw new Error(`the build failed: ${errors}`);
  return path;
}

/** What is left of runs that were killed: a binary has a hundred megabytes. */
function removeOrphans(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is one, too.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
