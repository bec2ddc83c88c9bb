// Builds dist/claude-max-api, a standalone binary: `bun run build`, or `bun run build --target=bun-darwin-arm64` for another
// platform (any target of `bun build --compile`), or with `--outfile=PATH` to another place.
import { rmSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = join(import.meta.dir, "..");
const target = process.argv.find((word) => word.startsWith("--target="));
const suffix = target?.includes("windows") || (!target && process.platform === "win32") ? ".exe" : "";
const wanted = process.argv.find((word) => word.startsWith("--outfile="))?.slice("--outfile=".length);
const outfile = wanted ? resolve(wanted) : join(ROOT, `dist/claude-max-api${suffix}`);

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
    ...(target ? [target] : []),
    `--outfile=${outfile}`,
    "src/main.ts",
  ],
  { cwd: ROOT, stdout: "inherit", stderr: "inherit" },
);
process.exit(await build.exited);
