import { appendFileSync, mkdirSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { refuseSpecialFile } from "./private-file.ts";

const LIMIT_BYTES = 10 * 1024 * 1024;

/** What stands for the program's own output, or nothing, which may be a pipe or a device. */
const OUTPUT = /^\/(?:dev|proc)\//;

/** Appends to a file; one that is full is put aside as FILE.1, in place of the one before. Throws as `node:fs` does, and for a pipe. */
export class LogFile {
  readonly #path: string;
  readonly #limit: number;
  #size: number;

  constructor(path: string, limit = LIMIT_BYTES) {
    this.#path = path;
    if (OUTPUT.test(path)) this.#limit = Number.POSITIVE_INFINITY;
    else {
      this.#limit = limit;
      refuseSpecialFile(path);
    }
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    appendFileSync(path, "", { mode: 0o600 });
    this.#size = statSync(path).size;
  }

  write(text: string): void {
    if (this.#size >= this.#limit) {
      renameSync(this.#path, `${this.#path}.1`);
      this.#size = 0;
    }
    appendFileSync(this.#path, text, { mode: 0o600 });
    this.#size += Buffer.byteLength(text);
  }
}
