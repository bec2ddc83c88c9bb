import { mkdirSync, readdirSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join, posix, win32 } from "node:path";
import { ApiError, reasonOf } from "../../core/error.ts";
import { isRunning } from "../process/spawn.ts";
import type { InstallationOptions } from "./installation.ts";

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
    const isForAMoment =
      cause instanceof Error && "code" in cause && (cause.code === "EMFILE" || cause.code === "ENFILE");
    const help = isForAMoment
      ? "Try again in a moment."
      : "Make it writable for this user, or name another place for caches (XDG_CACHE_HOME on Linux).";
    const what = `The working directory for the Claude CLI, ${path}, cannot be made or read: ${reasonOf(cause)}.`;
    throw new ApiError("cli_failed", `${what} ${help}`);
  }
}

type TemporaryFilesOptions = Pick<InstallationOptions, "workingDirectory" | "env" | "platform"> & {
  /** Where the folder for temporary files is made; default: the system's place for these. */
  readonly scratch?: string;
};

const PREFIX = "claude-max-api-cli-";
const NAME = new RegExp(`^${PREFIX}(\\d+)-`);
/** The CLI shortens longer names, and adds a hash. */
const LONGEST_NAME = 200;

/**
 * What the CLI writes and leaves: temporary files, which those that are ended early do not take away, and a log for each process that
 * names the functions that were called, and when. The first have a folder of ours; both are gone when we are.
 */
export class TemporaryFiles {
  readonly #options: TemporaryFilesOptions;
  readonly #scratch: string;
  readonly #folder: string;

  constructor(options: TemporaryFilesOptions) {
    this.#options = options;
    this.#scratch = options.scratch ?? tmpdir();
    this.#folder = join(this.#scratch, `${PREFIX}${process.pid}-${crypto.randomUUID().slice(0, 8)}`);
  }

  /** What the CLI needs to know of it. */
  get env(): Readonly<Record<string, string>> {
    return { CLAUDE_CODE_TMPDIR: this.#folder };
  }

  /** Makes the folder, and removes what servers that were killed have left. Never throws: without the folder, the CLI makes one. */
  async open(): Promise<void> {
    await mkdir(this.#folder, { mode: 0o700 }).catch(() => {});
    const names = await readdir(this.#scratch).catch(() => []);
    const orphaned = names.filter((name) => {
      const pid = Number(NAME.exec(name)?.[1] ?? process.pid);
      return pid !== process.pid && !isRunning(pid);
    });
    await Promise.all([...orphaned.map((name) => remove(join(this.#scratch, name))), this.#removeLogs()]);
  }

  /** Removes all of it. Never throws. */
  async close(): Promise<void> {
    await Promise.all([remove(this.#folder), this.#removeLogs()]);
  }

  /** No other program than ours runs the CLI in that directory. */
  async #removeLogs(): Promise<void> {
    const root = logFolder(this.#options);
    const own = this.#options.workingDirectory.replace(/[^a-zA-Z0-9]/g, "-").slice(0, LONGEST_NAME);
    const names = await readdir(root).catch(() => []);
    const isOwn = (name: string) => name === own || (own.length === LONGEST_NAME && name.startsWith(own));
    await Promise.all(names.filter(isOwn).map((name) => remove(join(root, name))));
  }
}

/** Where the CLI, which is not told of XDG_CACHE_HOME, keeps its logs: a folder for each directory that it runs in. */
function logFolder({ env, platform }: TemporaryFilesOptions): string {
  const home = env.HOME || env.USERPROFILE || homedir();
  if (platform === "win32")
    return win32.join(env.LOCALAPPDATA || win32.join(home, "AppData", "Local"), "claude-cli-nodejs", "Cache");
  return posix.join(home, platform === "darwin" ? "Library/Caches" : ".cache", "claude-cli-nodejs");
}

async function remove(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true }).catch(() => {});
}
