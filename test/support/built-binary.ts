import { afterAll } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// Loaded before all test files (bunfig.toml), so that a build is gone when the tests that wanted it are over: Bun runs this afterAll
// behind the last file, or, in a worker of `--parallel`, behind each one.

const PREFIX = "claude-max-api-build-";

type Build = { readonly folder: string; readonly path: Promise<string> };

let build: Build | undefined;

/** The path of the binary: the one that `TEST_BINARY` names, else one of the sources as they are, which no other run can take away. */
export function builtBinary(): Promise<string> {
  if (process.env.TEST_BINARY) return Promise.resolve(process.env.TEST_BINARY);
  build ??= startBuild();
  return build.path;
}

afterAll(() => {
  if (build !== undefined) rmSync(build.folder, { recursive: true, force: true });
  build = undefined;
});

function startBuild(): Build {
  removeOrphans();
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  const path = join(folder, process.platform === "win32" ? "claude-max-api.exe" : "claude-max-api");
  return { folder, path: runBuild(path) };
}

async function runBuild(path: string): Promise<string> {
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
