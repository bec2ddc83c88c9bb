import { existsSync } from "node:fs";
import { join } from "node:path";
import { compile } from "../compile.ts";
import { sha256OfFile } from "./checksums.ts";
import { BUN_VERSION, bunTarget, isThisMachine, type Target } from "./targets.ts";

/**
 * The executable of Bun for a target: the one that runs this for this machine's, else the one of Bun's cache, into which Bun gets it from
 * the package registry. Throws when it is not the one that we know: a cache is a folder that anything can write to.
 */
export async function verifiedRuntime(target: Target, scratch: string): Promise<string> {
  const path = isThisMachine(target) ? process.execPath : await cached(target, scratch);
  const found = await sha256OfFile(path);
  if (found !== target.runtimeSha256) {
    throw new Error(
      `${path} is not the runtime of Bun ${BUN_VERSION} for ${target.name}: its SHA-256 is ${found}, and scripts/release/targets.ts ` +
        `has ${target.runtimeSha256}. Remove it from the cache or, after a change of Bun's version, write down the new one.`,
    );
  }
  return path;
}

async function cached(target: Target, scratch: string): Promise<string> {
  const cache = (await Bun.$`${process.execPath} pm cache`.quiet().text()).trim();
  const path = join(cache, `${target.runtime}-v${BUN_VERSION}`);
  // Bun gets a runtime only while it builds.
  if (!existsSync(path))
    await compile({ outfile: join(scratch, "fetch", "claude-max-api"), target: bunTarget(target) });
  return path;
}
