import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { userInfo } from "node:os";
import { dirname } from "node:path";
import { attempt } from "../config/errors.ts";

/** What a program that was run left behind. */
export type CommandResult = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** What commands do to the system beyond reading files, so that tests can look on. File operations throw as `node:fs` does. */
export type System = Readonly<ReturnType<typeof processSystem>>;

export function processSystem() {
  return {
    /** Undefined on Windows. */
    uid: process.getuid?.(),
    // Asked for only by few commands, and it throws for a user without an entry.
    get userName() {
      return userInfo().username;
    },
    get cwd() {
      return process.cwd();
    },
    exists: (path: string) => existsSync(path),
    isExecutable,
    /** The path without symbolic links; undefined where there is nothing, or nothing that we may see. */
    realPath: (path: string) => attempt(() => realpathSync(path)),
    /** The permission bits, such as 0o600; undefined where there is no file. */
    permissions,
    writeFile,
    makeFolder: (path: string) => void mkdirSync(path, { recursive: true, mode: 0o700 }),
    move: (from: string, to: string) => {
      mkdirSync(dirname(to), { recursive: true });
      renameSync(from, to);
    },
    /** A file, or a folder with what is in it. Nothing there is fine. */
    remove: (path: string) => rmSync(path, { recursive: true, force: true }),
    run,
    attach,
    sleep: (ms: number) => Bun.sleep(ms),
  };
}

function isExecutable(path: string): boolean {
  return (
    attempt(() => {
      accessSync(path, constants.X_OK);
      return statSync(path).isFile();
    }) ?? false
  );
}

function permissions(path: string): number | undefined {
  try {
    return statSync(path).mode & 0o777;
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return;
    throw error;
  }
}

/** Creates the folders above; replaces a file in one step. */
function writeFile(path: string, content: string | Uint8Array, mode: number): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, content, { mode });
    // The mode above is cut by the umask.
    chmodSync(temporary, mode);
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/**
 * Runs a program in this terminal; its exit code, or undefined where there is no such program. `env` is set beside the environment; what is
 * undefined there is taken away. Ctrl-C reaches the program by the terminal, other signals to end are passed on to it.
 */
async function attach(
  [program = "", ...words]: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<number | undefined> {
  const path = Bun.which(program);
  if (path === null) return undefined;
  const child = Bun.spawn([path, ...words], {
    env: { ...process.env, ...env },
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  });
  const handlers = {
    // The program decides what it means, as under a shell.
    SIGINT: () => {},
    SIGTERM: () => child.kill("SIGTERM"),
    SIGHUP: () => child.kill("SIGHUP"),
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, handlers[signal]);
  try {
    return await child.exited;
  } finally {
    for (const signal of signals) process.off(signal, handlers[signal]);
  }
}

/** Runs a program to its end, without input; undefined where there is no such program. */
async function run(argv: readonly string[]): Promise<CommandResult | undefined> {
  if (Bun.which(argv[0] ?? "") === null) return undefined;
  const child = Bun.spawn([...argv], { stdin: "ignore", stdout: "pipe", stderr: "pipe", windowsHide: true });
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, stdout, stderr };
}
