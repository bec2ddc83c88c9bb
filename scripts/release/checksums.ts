import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
}

export type Checksum = { readonly name: string; readonly sha256: string };

/** As `sha256sum -c` reads it, in the order of the names; `*` says that the files are read as bytes. */
export function renderChecksums(checksums: readonly Checksum[]): string {
  return checksums
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, sha256 }) => `${sha256} *${name}\n`)
    .join("");
}
