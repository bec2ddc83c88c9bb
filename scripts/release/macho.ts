import { createHash } from "node:crypto";

// Mach-O, the format of macOS's executables, as far as signing is about it. The layout is that of <mach-o/loader.h>: 64 bits, little
// endian. Signatures are described in <kern/cs_blobs.h>: they are big endian.

const MH_MAGIC_64 = 0xfeedfacf;
const LC_SEGMENT_64 = 0x19;
const LC_CODE_SIGNATURE = 0x1d;
const HEADER_SIZE = 32;

/** A segment, with the place of its load command, so that it can be changed. */
export type Segment = {
  readonly name: string;
  readonly command: number;
  readonly fileOffset: number;
  readonly fileSize: number;
};

export type MachO = {
  readonly arch: "arm64" | "x64";
  readonly segments: readonly Segment[];
  /** Where the signature stands, as LC_CODE_SIGNATURE tells; undefined when there is none. */
  readonly signature: { readonly command: number; readonly offset: number; readonly size: number } | undefined;
};

/** Throws when it is no executable for 64-bit ARM or Intel, or one that covers several processors. */
export function parseMachO(binary: Uint8Array): MachO {
  const view = viewOf(binary);
  if (binary.length < HEADER_SIZE || view.getUint32(0, true) !== MH_MAGIC_64)
    throw new Error("not a 64-bit Mach-O file");
  const arch = ARCHITECTURES.get(view.getUint32(4, true));
  if (arch === undefined) throw new Error("a Mach-O file for neither arm64 nor x86_64");
  const segments: Segment[] = [];
  let signature: MachO["signature"];
  let command = HEADER_SIZE;
  for (let left = view.getUint32(16, true); left > 0; left--) {
    const kind = view.getUint32(command, true);
    if (kind === LC_SEGMENT_64) {
      segments.push({
        name: text(binary, command + 8, 16),
        command,
        fileOffset: Number(view.getBigUint64(command + 40, true)),
        fileSize: Number(view.getBigUint64(command + 48, true)),
      });
    }
    if (kind === LC_CODE_SIGNATURE) {
      signature = { command, offset: view.getUint32(command + 8, true), size: view.getUint32(command + 12, true) };
    }
    command += view.getUint32(command + 4, true);
  }
  return { arch, segments, signature };
}

/** CPU_TYPE_ARM64 and CPU_TYPE_X86_64. */
const ARCHITECTURES: ReadonlyMap<number, MachO["arch"]> = new Map([
  [0x0100000c, "arm64"],
  [0x01000007, "x64"],
]);

/** Throws when it is not there. */
export function segmentOf(macho: MachO, name: string): Segment {
  const segment = macho.segments.find((candidate) => candidate.name === name);
  if (segment === undefined) throw new Error(`the Mach-O file has no segment ${name}`);
  return segment;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Text that ends with a zero byte, or where its room does. */
export function text(bytes: Uint8Array, start: number, room: number): string {
  const end = bytes.indexOf(0, start);
  return new TextDecoder().decode(bytes.subarray(start, end < 0 ? start + room : Math.min(end, start + room)));
}

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
