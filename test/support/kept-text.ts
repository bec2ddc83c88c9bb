import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const isRenewed = process.env.RENEW_GOLDENS === "1";

/** What is kept in a file. With `RENEW_GOLDENS=1` it becomes what it is now. */
export function keptText(path: string, now: string): string {
  if (isRenewed) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, now);
  }
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** The names of the texts that a folder keeps, without their `.txt`. With `RENEW_GOLDENS=1` all others than those wanted are removed. */
export function keptNames(folder: string, wanted: readonly string[]): string[] {
  const names = readdirSync(folder).map((file) => file.replace(/\.txt$/, ""));
  if (!isRenewed) return names.sort();
  for (const name of names) if (!wanted.includes(name)) rmSync(join(folder, `${name}.txt`));
  return names.filter((name) => wanted.includes(name)).sort();
}
