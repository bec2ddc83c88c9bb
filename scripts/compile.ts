import { rmSync } from "node:fs";
import { join } from "node:path";
import { MAX_HEADER_BYTES } from "../src/server/limits.ts";

const ROOT = join(import.meta.dir, "..");

export type Compilation = {
  readonly outfile: string;
  /** A target of `bun build --compile`, such as `bun-darwin-arm64`; without one, this machine's. */
  readonly target?: string;
  /** The executable of Bun to put the program into; without one, what Bun takes for the target. */
  readonly runtime?: string;
  /** Where to write what went into the bundle, as JSON. */
  readonly metafile?: string;
  /** The checkout to build; without one, this. */
  readonly checkout?: string;
};

/**
 * Compiles the program into one binary: the one place for how. Throws with what Bun says. The name of the file becomes a part of
 * the binary, the folder does not.
 */
export async function compile({ outfile, target, runtime, metafile, checkout = ROOT }: Compilation): Promise<void> {
  rmSync(outfile, { force: true });
  const build = Bun.spawn(
    [
      process.execPath,
      "build",
      "--compile",
      "--minify",
      "--bytecode",
      // What one command alone needs stays out of the way of a server that starts: it is in a part of its own, read when it is asked for.
      "--format=esm",
      "--splitting",
      // The binary is started in other people's folders: nothing lying there may configure it.
      "--no-compile-autoload-dotenv",
      "--no-compile-autoload-bunfig",
      `--compile-exec-argv=--max-http-header-size=${MAX_HEADER_BYTES}`,
      ...(target === undefined ? [] : [`--target=${target}`]),
      ...(runtime === undefined ? [] : [`--compile-executable-path=${runtime}`]),
      ...(metafile === undefined ? [] : [`--metafile=${metafile}`]),
      `--outfile=${outfile}`,
      "src/main.ts",
    ],
    { cwd: checkout, stdin: "ignore", stdout: "pipe", stderr: "pipe" },
  );
  const [said, errors] = await Promise.all([new Response(build.stdout).text(), new Response(build.stderr).text()]);
  if ((await build.exited) !== 0) throw new Error(`bun build failed: ${errors}${said}`);
}
