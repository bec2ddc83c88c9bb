import { existsSync } from "node:fs";

/** A platform that has its binary. */
export type Target = {
  /** As it stands in the file's name: system, architecture, and `musl` where that is the C library. */
  readonly name: string;
  readonly os: "linux" | "darwin" | "windows";
  readonly arch: "x64" | "arm64";
  readonly musl: boolean;
  /** Bun's name of it, in its packages and in its cache: `bun-linux-aarch64-musl`. */
  readonly runtime: string;
  /** SHA-256 of the runtime's executable, the one in the package `@oven/<runtime>` of `BUN_VERSION`. */
  readonly runtimeSha256: string;
};

/** The version of Bun that the hashes below are of. */
export const BUN_VERSION = "1.4.5";

/**
 * Bun 1.4 has one runtime for all x64 processors since Nehalem (SSE4.2), which finds out about AVX2 as it starts; its `-baseline`
 * targets are the same file under another name. So there are none here.
 */
export const TARGETS: readonly Target[] = [
  target("linux", "x64", "f05d28a3862f4b84395c7fa32480b835dd47482e80b7e7a49a115227f0c06083"),
  target("linux", "arm64", "04778f1f42399a69d086853e9c7af4acf574b2f21a43d0dc673853d8b84a2923"),
  target("linux", "x64", "cf5d285ddbe256785a5121a3c113191a6b577504976374c7cfd5aedca609b720", true),
  target("linux", "arm64", "9c48986093073afec8b76a3e285303598dd2462f52748aecb65e4d94866e1ea3", true),
  target("darwin", "arm64", "e2984124f1514e1e6bbda20adedbf07a02c443c6a5828853a15c7c7abf78e19f"),
  target("darwin", "x64", "88f97645b270aef20f9f9442f1658461cab3e7128e658af4615144e3396f084a"),
  target("windows", "x64", "e06ad0864463c68892ae71a2a64af7eae1585cac5dd9b80bc042f45605587cb1"),
  target("windows", "arm64", "8bd7f9210f9d58cc21f398d1478e53b2ff919a0c8fc935b5086f3f64667cec6d"),
];

function target(os: Target["os"], arch: Target["arch"], runtimeSha256: string, musl = false): Target {
  const variant = musl ? "-musl" : "";
  return {
    name: `${os}-${arch}${variant}`,
    os,
    arch,
    musl,
    runtime: `bun-${os}-${arch === "arm64" ? "aarch64" : arch}${variant}`,
    runtimeSha256,
  };
}

/** The target in the words of `bun build --compile`. */
export function bunTarget({ name }: Target): string {
  return `bun-${name}`;
}

export function fileName({ name, os }: Target): string {
  return `claude-max-api-${name}${os === "windows" ? ".exe" : ""}`;
}

/** Whether a binary of the target is made for the system that this runs on. */
export function isThisMachine({ os, arch, musl }: Target): boolean {
  return process.platform === (os === "windows" ? "win32" : os) && process.arch === arch && musl === onMusl();
}

/** Whether this system's C library is musl. */
function onMusl(): boolean {
  return process.platform === "linux" && existsSync("/etc/alpine-release");
}
