import {
  AD_HOC,
  CODE_DIRECTORY,
  CODE_DIRECTORY_SLOT,
  LINKER_SIGNED,
  type MachO,
  pageHashes,
  parseMachO,
  SHA256,
  SUPER_BLOB,
  segmentOf,
  viewOf,
} from "./macho.ts";

const PAGE_BITS = 12;
const DIRECTORY_HEADER = 88;
const SUPER_BLOB_HEADER = 20;
/** CS_SUPPORTSEXECSEG, the first version that tells where the code is. */
const DIRECTORY_VERSION = 0x20400;
/** CS_EXECSEG_MAIN_BINARY. */
const MAIN_BINARY = 1n;

/**
 * The file with an ad-hoc signature in place of the one it has: one code directory, as a linker writes it. macOS needs no more to start
 * a program, Apple silicon no less. Throws when it is no Mach-O file, or has no room for a signature.
 */
export function signAdHoc(binary: Uint8Array, identifier: string): Uint8Array {
  const macho = parseMachO(binary);
  if (macho.signature === undefined) throw new Error("the Mach-O file has no LC_CODE_SIGNATURE that could be replaced");
  const { offset } = macho.signature;
  const pages = Math.ceil(offset / 2 ** PAGE_BITS);
  const name = new TextEncoder().encode(`${identifier}\0`);
  const directorySize = DIRECTORY_HEADER + name.length + pages * SHA256.size;
  const size = Math.ceil((SUPER_BLOB_HEADER + directorySize) / 16) * 16;

  const signed = new Uint8Array(offset + size);
  signed.set(binary.subarray(0, offset));
  // First, since the load commands are signed, too.
  makeRoom(signed, macho, size);
  const signature = viewOf(signed.subarray(offset));
  putAll(signature, 0, [SUPER_BLOB, SUPER_BLOB_HEADER + directorySize, 1, CODE_DIRECTORY_SLOT, SUPER_BLOB_HEADER]);
  const directory = signed.subarray(offset + SUPER_BLOB_HEADER, offset + SUPER_BLOB_HEADER + directorySize);
  const view = viewOf(directory);
  const hashesAt = DIRECTORY_HEADER + name.length;
  putAll(view, 0, [
    CODE_DIRECTORY,
    directorySize,
    DIRECTORY_VERSION,
    AD_HOC | LINKER_SIGNED,
    hashesAt,
    DIRECTORY_HEADER,
  ]);
  putAll(view, 24, [0, pages, offset]);
  view.setUint8(36, SHA256.size);
  view.setUint8(37, SHA256.type);
  view.setUint8(39, PAGE_BITS);
  const code = segmentOf(macho, "__TEXT");
  view.setBigUint64(64, BigInt(code.fileOffset));
  view.setBigUint64(72, BigInt(code.fileSize));
  view.setBigUint64(80, MAIN_BINARY);
  directory.set(name, DIRECTORY_HEADER);
  directory.set(pageHashes(signed.subarray(0, offset), 2 ** PAGE_BITS), hashesAt);
  return signed;
}

/** Tells the load commands of a signature of that size, which ends the last segment. */
function makeRoom(signed: Uint8Array, macho: MachO, size: number): void {
  const view = viewOf(signed);
  if (macho.signature !== undefined) view.setUint32(macho.signature.command + 12, size, true);
  const { command, fileOffset } = segmentOf(macho, "__LINKEDIT");
  const fileSize = signed.length - fileOffset;
  const page = macho.arch === "arm64" ? 0x4000 : 0x1000;
  view.setBigUint64(command + 32, BigInt(Math.ceil(fileSize / page) * page), true);
  view.setBigUint64(command + 48, BigInt(fileSize), true);
}

function putAll(view: DataView, start: number, numbers: readonly number[]): void {
  for (const [n, number] of numbers.entries()) view.setUint32(start + n * 4, number);
}
