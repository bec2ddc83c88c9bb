// Builds dist/claude-max-api, a standalone binary: `bun run build`, or `bun run build --target=bun-darwin-arm64` for another
// platform (any target of `bun build --compile`), or with `--outfile=PATH` to another place. `bun run release` builds them all.
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { compile } from "./compile.ts";

const { values: flags } = parseArgs({ options: { target: { type: "string" }, outfile: { type: "string" } } });
const { target } = flags;
const suffix = target?.includes("windows") || (!target && process.platform === "win32") ? ".exe" : "";
const outfile = flags.outfile ? resolve(flags.outfile) : join(import.meta.dir, `../dist/claude-max-api${suffix}`);

try {
  await compile({ outfile, ...(target === undefined ? {} : { target }) });
  console.log(`built ${outfile}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
