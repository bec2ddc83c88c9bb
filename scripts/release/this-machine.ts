import { existsSync } from "node:fs";
import type { Target } from "./targets.ts";

/** Whether a binary of the target is made for the system that this runs on. */
export function isThisMachine({ os, arch, musl }: Target): boolean {
  return process.platform === (os === "windows" ? "win32" : os) && process.arch === arch && musl === onMusl();
}

/** Whether this system's C library is musl. */
function onMusl(): boolean {
  return process.platform === "linux" && existsSync("/etc/alpine-release");
}
