import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { findProgram } from "./find-program.ts";
import { muslRunner } from "./musl.ts";
import { isThisMachine, type Target } from "./targets.ts";
import { wineRunner } from "./wine.ts";

/** A way to start a binary here that is made for another machine. */
export type Runner = {
  /** As it stands in the release notes. */
  readonly name: string;
  /** What stands before the binary on the command line. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Whether signals and exit codes arrive, and times mean something. */
  readonly faithful: boolean;
  /** Ends what the runner has left running. */
  stop?(): Promise<void>;
};

/** Why there is none here. */
export type NoRunner = { readonly why: string };

/** All the ways to start a target's binary on this machine. A folder is given for what they need. */
export async function runnersFor(target: Target, scratch: string): Promise<(Runner | NoRunner)[]> {
  mkdirSync(scratch, { recursive: true });
  if (isThisMachine(target)) return [NATIVE, ...(target.name === "linux-x64" ? [withoutAvx()] : [])];
  switch (target.os) {
    case "darwin":
      return [{ why: "needs macOS; its signature was checked page by page" }];
    case "windows":
      return [target.arch === "x64" ? await wineRunner(scratch) : { why: "needs Windows on ARM" }];
    case "linux":
      return [target.musl ? await muslRunner(target, scratch) : emulated(target)];
  }
}

const NATIVE: Runner = { name: "natively", command: [], env: {}, faithful: true };

/** The oldest processor that Bun promises to run on. */
function withoutAvx(): Runner | NoRunner {
  const qemu = findProgram("qemu-x86_64-static", "qemu-x86_64");
  if (qemu === undefined) return { why: "without AVX2: needs qemu-x86_64 (Debian: qemu-user-static)" };
  return {
    name: "in QEMU as a Nehalem processor, without AVX",
    command: [qemu, "-cpu", "Nehalem"],
    env: {},
    faithful: true,
  };
}

/** Where Debian's packages put the C library of ARM. */
const ARM_ROOT = "/usr/aarch64-linux-gnu";

function emulated({ arch }: Target): Runner | NoRunner {
  const qemu = findProgram("qemu-aarch64-static", "qemu-aarch64");
  if (process.platform !== "linux" || arch !== "arm64") return { why: "needs Linux on x64" };
  if (qemu === undefined || !existsSync(join(ARM_ROOT, "lib/ld-linux-aarch64.so.1"))) {
    return { why: "needs qemu-aarch64 and a C library of ARM (Debian: qemu-user-static libc6-arm64-cross)" };
  }
  return { name: "in QEMU", command: [qemu, "-L", ARM_ROOT], env: {}, faithful: true };
}
