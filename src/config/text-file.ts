import { ConfigError, reasonOf } from "./errors.ts";

/** Returns a file's text; throws as `node:fs` does, with a `code`, when it cannot. */
export type ReadFile = (path: string) => string;

/** A file that a setting names, which therefore has to be there. */
export function readNamedFile(path: string, label: string, readFile: ReadFile): string {
  try {
    return withoutByteOrderMark(readFile(path));
  } catch (cause) {
    throw unreadable(path, label, cause);
  }
}

/** A file in its usual place; undefined when there is none. */
export function readOptionalFile(path: string, label: string, readFile: ReadFile): string | undefined {
  try {
    return withoutByteOrderMark(readFile(path));
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw unreadable(path, label, cause);
  }
}

/** Windows editors put one first. */
function withoutByteOrderMark(text: string): string {
  return text.replace(/^\uFEFF/, "");
}

function unreadable(path: string, label: string, cause: unknown): ConfigError {
  return new ConfigError(`${label}: cannot read ${path}: ${reasonOf(cause)}.`, { cause });
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && (cause.code === "ENOENT" || cause.code === "ENOTDIR");
}
