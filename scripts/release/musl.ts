import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { findProgram } from "./find-program.ts";
import type { NoRunner, Runner } from "./runners.ts";
import type { Target } from "./targets.ts";

const NAMES = {
  x64: { cpu: "x86_64", debian: "amd64", glibcLoader: "ld-linux-x86-64.so.2" },
  arm64: { cpu: "aarch64", debian: "arm64", glibcLoader: "ld-linux-aarch64.so.1" },
};

const STAND_INS = "musl-stand-ins.c";
const CXX = "libstdc++.so.6";

/**
 * Starts a binary for musl on a Debian that has musl's loader, but no libstdc++ that is built for musl: with the one that is built for glibc.
 * The loader takes its symbols without their versions, and a library of stand-ins has those that musl lacks.
 */
export async function muslRunner({ arch }: Target, scratch: string): Promise<Runner | NoRunner> {
  const { cpu, debian, glibcLoader } = NAMES[arch];
  const native = process.arch === arch;
  if (process.platform !== "linux" || !(native || arch === "arm64")) return { why: `needs Alpine Linux on ${arch}` };
  const gnu = `${cpu}-linux-gnu`;
  const loader = `/lib/ld-musl-${cpu}.so.1`;
  const libraries = [CXX, "libgcc_s.so.1"].map((name) => join(native ? `/usr/lib/${gnu}` : `/usr/${gnu}/lib`, name));
  const compiler = findProgram(`${gnu}-gcc`);
  const qemu = native ? "" : findProgram(`qemu-${cpu}-static`, `qemu-${cpu}`);
  if (compiler === undefined || qemu === undefined || ![loader, ...libraries].every((path) => existsSync(path))) {
    const packages = native
      ? "musl gcc libstdc++6"
      : `musl:${debian} gcc-${gnu} libstdc++6-${debian}-cross qemu-user-static`;
    return { why: `needs Alpine Linux, or musl's loader, a libstdc++ and a compiler (Debian: ${packages})` };
  }

  const folder = join(scratch, "lib");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  // Under the name of glibc's loader, since libstdc++ asks for that on x64.
  const standIns = join(folder, glibcLoader);
  await Bun.$`${compiler} -shared -fPIC -nostdlib -fno-builtin -O1 -o ${standIns} ${join(import.meta.dir, STAND_INS)}`.quiet();
  for (const library of libraries) symlinkSync(library, join(folder, basename(library)));

  const env = { LD_LIBRARY_PATH: folder, LD_PRELOAD: standIns };
  // QEMU is given it for the program alone: it may be a program of glibc's itself.
  const command = native
    ? []
    : [qemu, ...Object.entries(env).map(([name, value]) => ["-E", `${name}=${value}`])].flat(2);
  const surroundings = native ? env : {};
  const listed = await Bun.$`${[...command, loader]} --list ${join(folder, CXX)}`.env(surroundings).quiet().nothrow();
  if (listed.exitCode !== 0) {
    const missing = listed.stderr.toString().match(/\w+(?=: symbol not found)/g) ?? ["something else"];
    return {
      why: `needs Alpine Linux; scripts/release/${STAND_INS} lacks what this libstdc++ needs: ${missing.join(", ")}`,
    };
  }
  // Without a program, the loader tells its version, and fails.
  const told = await Bun.$`${[...command, loader]}`.quiet().nothrow();
  const version = /Version (\S+)/.exec(told.stderr.toString())?.[1] ?? "of a version that it does not tell";
  const how = `with the loader of musl ${version}, a libstdc++ built for glibc, and stand-ins for what that takes from glibc`;
  return { name: native ? how : `in QEMU ${how}`, command, env: surroundings, faithful: true };
}
