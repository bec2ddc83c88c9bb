import { appendFileSync, mkdirSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { refuseSpecialFile } from "./private-file.ts";

const LIMIT_BYTES = 10 * 1024 * 1024;

/** What stands for the program's own output, or nothing, which may be a pipe or a device. */
const OUTPUT = /^\/(?:dev|proc)\//;

/** Opens a file to append to; one that is full is put aside as FILE.1, in place of the one before. Throws as `node:fs` does, and for a pipe. */
export function openLogFile(path: string, limit = LIMIT_BYTES): (text: string) => void {
  const isOutput = OUTPUT.test(path);
  if (!isOutput) refuseSpecialFile(path);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  appendFileSync(path, "", { mode: 0o600 });
  let { size } = statSync(path);
  return (text) => {
    if (size >= limit && !isOutput) {
      renameSync(path, `${path}.1`);
      size = 0;
    }
    appendFileSync(path, text, { mode: 0o600 });
    size += Buffer.byteLength(text);
  };
}
