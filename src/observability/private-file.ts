import { chmodSync, closeSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** Makes sure of a file that only the user can read, in a folder of the program's own that only the user can look into. Throws where there can be none. */
export function makePrivate(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  chmodSync(dirname(path), 0o700);
  refuseSpecialFile(path);
  closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
}

/** Throws where something else than a file is in its place: opening a pipe would wait for whoever is at its other end, for good. */
export function refuseSpecialFile(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.isFile()) return;
  const kinds: [boolean, string][] = [
    [found.isDirectory(), "a folder"],
    [found.isFIFO(), "a named pipe"],
    [found.isSocket(), "a socket"],
    [found.isCharacterDevice() || found.isBlockDevice(), "a device"],
  ];
  const kind = kinds.find(([is]) => is)?.[1] ?? "something else";
  throw new Error(`${path} is ${kind}, where a file should be`);
}
