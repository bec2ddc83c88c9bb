import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { attempt } from "../../core/attempt.ts";
import { ApiError, reasonOf } from "../../core/error.ts";
import { installCommand, RECOVERS } from "./shell-commands.ts";

/** ELF's numbers of the machines that the CLI is made for, as Node names these. */
const MACHINES: Readonly<Record<number, string>> = { 3: "ia32", 40: "arm", 62: "x64", 183: "arm64", 243: "riscv64" };

/** Why the program at the path could not be started, or ended before it said anything, and what helps; undefined where that is not known. */
export function whyNotRunning(
  path: string,
  { code, exitCode, output = "" }: { code?: string; exitCode?: number | null; output?: string },
): string | undefined {
  const missing = /(?:exec: |env: |: )[‘'"`]?([\w./+-]+)['’"`]?: (?:not found|No such file or directory)/.exec(
    output,
  )?.[1];
  if ((exitCode === 127 || exitCode === 126) && missing !== undefined) {
    return (
      `it runs ${missing}, which is not on the PATH of this server (a service has one of its own). Start the server with a PATH that has it, ` +
      "or name a Claude CLI that needs nothing else with --claude-path"
    );
  }
  const isRefused = code === "ENOENT" || code === "ENOEXEC" || code === "EACCES" || code === "EBADARCH";
  if (!isRefused && exitCode !== 126 && exitCode !== 127) return undefined;
  return whatIsWrongWith(path);
}

/** The same for what the system said when it was to be started. */
export function whyNotStarted(path: string, cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : undefined;
  const why = whyNotRunning(path, { code });
  const reason = reasonOf(cause);
  return `The Claude CLI at ${path} could not be started: ${why === undefined ? reason : `${why} (${code}). ${RECOVERS}`}`;
}

/** Why a process did not come up, and, of a wrapper that speaks where the CLI does, what helps. */
export function bootProblem(cause: unknown): ApiError {
  const reason = reasonOf(cause);
  const helps = reason.includes("a line that is not JSON")
    ? ". If it is a wrapper script, let it print to standard error alone, or name the real Claude CLI with --claude-path"
    : "";
  return new ApiError("cli_failed", `The Claude CLI did not start: ${reason}${helps}`, { cause });
}

function whatIsWrongWith(path: string): string | undefined {
  const reinstall = `Install it anew: \`${installCommand(process.platform)}\``;
  const head = attempt(() => headOf(path));
  if (head === undefined) return undefined;
  if (head.length === 0) return `the file is empty, as an installation leaves it that broke off. ${reinstall}`;
  const interpreter = /^#!\s*(\S+)/.exec(head.toString("latin1"))?.[1];
  if (interpreter !== undefined && !existsSync(interpreter)) {
    return `it is a script for ${interpreter}, which is not there. Install that, or name the real Claude CLI with --claude-path`;
  }
  if (head.readUInt32BE(0) === 0x7f454c46) {
    const machine = MACHINES[head.readUInt16LE(18)] ?? "another processor";
    if (machine !== process.arch) return `it is made for ${machine}, and this machine is ${process.arch}. ${reinstall}`;
    return `it is made for another system: its loader is not there (one for musl does not run with glibc, nor the other way round). ${reinstall}`;
  }
  return interpreter === undefined
    ? `the file is no program: it begins neither as one of this system nor with "#!". ${reinstall}`
    : undefined;
}

function headOf(path: string): Buffer {
  if (statSync(path).size === 0) return Buffer.alloc(0);
  const file = openSync(path, "r");
  try {
    const head = Buffer.alloc(256);
    readSync(file, head, 0, head.length, 0);
    return head;
  } finally {
    closeSync(file);
  }
}
