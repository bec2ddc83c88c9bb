import { ConfigError, reasonOf } from "./errors.ts";

/** Returns a file's text; throws as `node:fs` does, with a `code`, when it cannot. */
export type ReadFile = (path: string) => string;

/** A file that a setting names, which therefore has to be there. */
export function readNamedFile(path: string, label: string, readFile: ReadFile): string {
  try {
    // Windows editors put a mark first.
    return readFile(path).replace(/^\uFEFF/, "");
  } catch (cause) {
    throw new ConfigError(`${label}: cannot read ${path}: ${reasonOf(cause)}.`, { cause });
  }
}

/** A file in its usual place; undefined when there is none. */
export function readOptionalFile(path: string, label: string, readFile: ReadFile): string | undefined {
  try {
    return readNamedFile(path, label, readFile);
  } catch (error) {
    const { cause } = error instanceof Error ? error : {};
    if (cause instanceof Error && "code" in cause && (cause.code === "ENOENT" || cause.code === "ENOTDIR")) return;
    throw error;
  }
}
