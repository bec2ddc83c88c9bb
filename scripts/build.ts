// Builds dist/claude-max-api, a standalone binary: `bun run build`, or `bun run build --target=bun-darwin-arm64` for another
// platform (any target of `bun build --compile`).
import { rmSync } from "node:fs";

const target = process.argv.find((word) => word.startsWith("--target="));
const suffix = target?.includes("windows") || (!target && process.platform === "win32") ? ".exe" : "";
const outfile = `dist/claude-max-api${suffix}`;

rmSync(outfile, { force: true });
const build = Bun.spawn(
  [
    process.execPath,
    "build",
    "--compile",
    "--minify",
    "--bytecode",
    // The binary is started in other people's folders: nothing lying there may configure it.
    "--no-compile-autoload-dotenv",
    "--no-compile-autoload-bunfig",
    ...(target ? [target] : []),
    `--outfile=${outfile}`,
    "src/main.ts",
  ],
  { cwd: `${import.meta.dir}/..`, stdout: "inherit", stderr: "inherit" },
);
process.exit(await build.exited);
