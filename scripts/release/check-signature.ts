import { AD_HOC, findCodeDirectory, pageHashes, parseMachO, SHA256, segmentOf, text, viewOf } from "./macho.ts";

export type SignatureReport = {
  /** Why macOS would kill the program, or may; empty when all that can be checked without macOS is right. */
  readonly problems: readonly string[];
  readonly identifier: string;
  readonly pages: number;
};

/**
 * Checks a Mach-O file's ad-hoc signature: that it stands where the file says, covers all before it, and that the hash of each page is
 * that page's. Throws when it is no Mach-O file.
 */
export function checkSignature(binary: Uint8Array): SignatureReport {
  const macho = parseMachO(binary);
  const none = { identifier: "", pages: 0 };
  if (macho.signature === undefined) return { ...none, problems: ["there is no LC_CODE_SIGNATURE"] };
  const { offset, size } = macho.signature;
  const problems: string[] = [];
  if (offset + size !== binary.length) problems.push("the signature does not end where the file ends");
  const linkedit = segmentOf(macho, "__LINKEDIT");
  if (linkedit.fileOffset + linkedit.fileSize !== offset + size)
    problems.push("__LINKEDIT does not end with the signature");
  const directory = findCodeDirectory(binary.subarray(offset, offset + size));
  if (directory === undefined) return { ...none, problems: [...problems, "the signature has no code directory"] };
  const view = viewOf(directory);
  const codeLimit = view.getUint32(32);
  const hashesAt = view.getUint32(16);
  const slots = view.getUint32(28);
  const pageSize = 2 ** view.getUint8(39);
  const identifier = text(directory, view.getUint32(20), directory.length);
  const report = (): SignatureReport => ({ problems, identifier, pages: slots });
  if ((view.getUint32(12) & AD_HOC) === 0) problems.push("it is not signed ad hoc");
  if (codeLimit !== offset) problems.push(`it covers ${codeLimit} bytes, and ${offset} stand before the signature`);
  if (view.getUint8(37) !== SHA256.type || view.getUint8(36) !== SHA256.size) {
    problems.push("its hashes are not SHA-256");
    return report();
  }
  const expected = pageHashes(binary.subarray(0, Math.min(codeLimit, binary.length)), pageSize);
  const found = directory.subarray(hashesAt, hashesAt + slots * SHA256.size);
  if (found.length !== expected.length)
    problems.push(`it has ${slots} hashes for ${expected.length / SHA256.size} pages`);
  const wrong = differing(found, expected);
  if (wrong > 0) problems.push(`the hashes of ${wrong} pages are others`);
  return report();
}

/** How many hashes are not the same, among those that both have. */
function differing(found: Uint8Array, expected: Uint8Array): number {
  let count = 0;
  for (let at = 0; at + SHA256.size <= Math.min(found.length, expected.length); at += SHA256.size) {
    if (Buffer.compare(found.subarray(at, at + SHA256.size), expected.subarray(at, at + SHA256.size)) !== 0) count++;
  }
  return count;
}
