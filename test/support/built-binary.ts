import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

let built: Promise<string> | undefined;

/** The path of the binary: the one that `TEST_BINARY` names, else one of the sources as they are, which is gone with this worker. */
export function builtBinary(): Promise<string> {
  built ??= process.env.TEST_BINARY ? Promise.resolve(process.env.TEST_BINARY) : build();
  return built;
}

async function build(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "claude-max-api-build-"));
  Bun.spawn([process.execPath, join(import.meta.dir, "keeper.ts"), folder], {
    stdin: "pipe",
    stdout: "ignore",
  }).unref();
  const path = join(folder, process.platform === "win32" ? "claude-max-api.exe" : "claude-max-api");
  const script = join(import.meta.dir, "../../scripts/build.ts");
  const child = Bun.spawn([process.execPath, script, `--outfile=${path}`], { stdout: "ignore", stderr: "pipe" });
  const errors = await new Response(child.stderr).text();
  if ((await child.exited) !== 0) throw new Error(`the build failed: ${errors}`);
  return path;
}
