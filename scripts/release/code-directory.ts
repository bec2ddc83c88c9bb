import { createHash } from "node:crypto";
import { viewOf } from "./macho.ts";

// The parts of a signature that both who signs and who checks knows. Source: <kern/cs_blobs.h> of XNU.

export const SUPER_BLOB = 0xfade0cc0;
export const CODE_DIRECTORY = 0xfade0c02;
/** The slot of the index that holds the code directory. */
export const CODE_DIRECTORY_SLOT = 0;
export const SHA256 = { type: 2, size: 32 };
/** CS_ADHOC: signed by nobody, so that the hashes are all there is. */
export const AD_HOC = 0x2;
/** CS_LINKER_SIGNED: who signs anew may replace it without being told to. */
export const LINKER_SIGNED = 0x20000;

/** The SHA-256 of each page of the code, of which the last may be shorter. */
export function pageHashes(code: Uint8Array, pageSize: number): Uint8Array {
  const pages = Math.ceil(code.length / pageSize);
  const hashes = new Uint8Array(pages * SHA256.size);
  for (let page = 0; page < pages; page++) {
    const bytes = code.subarray(page * pageSize, (page + 1) * pageSize);
    hashes.set(createHash("sha256").update(bytes).digest(), page * SHA256.size);
  }
  return hashes;
}

/** The code directory within a signature; undefined when there is none. */
export function findCodeDirectory(signature: Uint8Array): Uint8Array | undefined {
  const view = viewOf(signature);
  if (signature.length < 12 || view.getUint32(0) !== SUPER_BLOB) return undefined;
  for (let entry = 0; entry < view.getUint32(8); entry++) {
    const start = view.getUint32(12 + entry * 8 + 4);
    if (view.getUint32(12 + entry * 8) !== CODE_DIRECTORY_SLOT || start + 44 > signature.length) continue;
    if (view.getUint32(start) !== CODE_DIRECTORY) return undefined;
    return signature.subarray(start, start + view.getUint32(start + 4));
  }
  return undefined;
}
