import { CryptoHasher } from "bun";
import { messageOf } from "../../config/errors.ts";
import type { Surroundings } from "../command.ts";

/** Whose releases this binary comes from, `owner/name`: a release's build puts it in; missing in any other. */
declare const RELEASE_REPOSITORY: string | undefined;

/** An address that holds the files of the latest release. Throws where nothing says whose. The variables are the installer's. */
export function releaseAddress(env: Surroundings["env"]): string {
  const base = env.CLAUDE_MAX_API_BASE_URL ?? "";
  if (base !== "") {
    if (!/^https?:\/\//.test(base))
      throw new Error("CLAUDE_MAX_API_BASE_URL must be an http:// or https:// address that holds a release's files.");
    return base.replace(/\/+$/, "");
  }
  const built = typeof RELEASE_REPOSITORY === "string" ? RELEASE_REPOSITORY : "";
  const repository = env.CLAUDE_MAX_API_REPOSITORY || built;
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) {
    throw new Error(
      "this program was built by hand, so it is not known whose releases to use. Set CLAUDE_MAX_API_REPOSITORY to OWNER/NAME.",
    );
  }
  return `https://github.com/${repository}/releases/latest/download`;
}

/**
 * The name of the release's file for the system that a binary is made for. The binary itself says which C library it takes: the path of its
 * loader is near its beginning (ELF's PT_INTERP).
 */
export function releaseFile(platform: NodeJS.Platform, arch: string, binary: Uint8Array): string {
  const system = { linux: "linux", darwin: "darwin", win32: "windows" }[platform as string];
  if (system === undefined || (arch !== "x64" && arch !== "arm64"))
    throw new Error(`there is no binary for ${platform} on ${arch}.`);
  const isMusl = system === "linux" && Buffer.from(binary.subarray(0, 8192)).includes("/ld-musl-");
  return `claude-max-api-${system}-${arch}${isMusl ? "-musl" : ""}${system === "windows" ? ".exe" : ""}`;
}

/** What a SHA256SUMS says of a file: `HASH *NAME`, as `sha256sum` writes it. Throws where it does not name the file. */
export async function expectedHash(base: string, file: string, signal: AbortSignal): Promise<string> {
  const sums = Buffer.from(await get(`${base}/SHA256SUMS`, signal)).toString("utf8");
  const found = sums
    .split("\n")
    .find((line) => line.slice(64).trimEnd() === ` *${file}` || line.slice(64).trimEnd() === `  ${file}`);
  const hash = found?.slice(0, 64).toLowerCase() ?? "";
  if (!/^[0-9a-f]{64}$/.test(hash)) throw new Error(`this release has no ${file} (see ${base}/SHA256SUMS).`);
  return hash;
}

/** The file's bytes. Throws unless they are what SHA256SUMS says. */
export async function fetchBinary(
  base: string,
  file: string,
  expected: string,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const bytes = await get(`${base}/${file}`, signal);
  const found = sha256(bytes);
  if (found === expected) return bytes;
  throw new Error(
    `the SHA-256 of ${file} is ${found}, and SHA256SUMS has ${expected}: it is damaged or not the real one, and was not installed.`,
  );
}

export function sha256(bytes: Uint8Array): string {
  return new CryptoHasher("sha256").update(bytes).digest("hex");
}

async function get(address: string, signal: AbortSignal): Promise<Uint8Array> {
  try {
    const response = await fetch(address, { signal });
    if (!response.ok) throw new Error(`the answer is ${response.status}`);
    // A redirect may not lead out of what is encrypted.
    if (address.startsWith("https:") && !response.url.startsWith("https:")) throw new Error("it leads away from https");
    return await response.bytes();
  } catch (cause) {
    throw new Error(`could not fetch ${address}: ${messageOf(cause)}`, { cause });
  }
}
