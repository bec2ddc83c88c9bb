import { mkdirSync, readdirSync } from "node:fs";
import { ApiError, reasonOf } from "../../core/error.ts";

/**
 * Makes sure of the empty directory that every CLI process runs in: the CLI reads project files from where it runs, and tells
 * the model the path. The path stays the same over restarts, since it is part of the prompt that Anthropic caches.
 */
export function ensureEmptyDirectory(path: string): void {
  const entries = makeAndList(path);
  if (entries.length > 0) {
    throw new ApiError(
      "cli_failed",
      `The working directory for the Claude CLI must be empty, but ${path} holds ${entries.length} entries. Move them away.`,
    );
  }
}

function makeAndList(path: string): string[] {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return readdirSync(path);
  } catch (cause) {
    const reason = reasonOf(cause);
    throw new ApiError(
      "cli_failed",
      `The working directory for the Claude CLI, ${path}, cannot be made or read: ${reason}. Make it writable for this user, or ` +
        "name another place for caches (XDG_CACHE_HOME on Linux).",
    );
  }
}
