import { chmod, mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Longer than any process takes to read its file, or to fail. */
const LONGEST_LIFE_MS = 60_000;

const FILE_NAME = /^(\d+)-[\w-]+\.jsonl$/;

/** A transcript on disk, until a process has read it. */
export type TranscriptFile = {
  readonly path: string;
  /** Never throws; a second time does nothing. */
  remove(): Promise<void>;
};

/**
 * The folder for conversations on their way to a process. They are private: only this user may look into it, and none stays.
 * It must not be the folder that the CLI runs in, or be within that.
 */
export class TranscriptFolder {
  readonly #path: string;
  /** Those that are there, or are being written. */
  readonly #files = new Set<Promise<TranscriptFile>>();
  #isClosed = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** Throws when it cannot be written; nothing is left then. */
  async write(text: string): Promise<TranscriptFile> {
    if (this.#isClosed) throw new Error("the folder for transcripts is closed");
    const writing = this.#write(text);
    this.#files.add(writing);
    try {
      const { path, remove } = await writing;
      return { path, remove: () => remove().finally(() => this.#files.delete(writing)) };
    } catch (error) {
      this.#files.delete(writing);
      throw error;
    }
  }

  /** Removes all that is there, read or not. Resolves when nothing is, and nothing will be. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled([...this.#files].map(async (file) => (await file).remove()));
  }

  async #write(text: string): Promise<TranscriptFile> {
    await mkdir(this.#path, { recursive: true, mode: 0o700 });
    // It may have been there before, with other rights.
    await chmod(this.#path, 0o700);
    const path = join(this.#path, `${process.pid}-${crypto.randomUUID()}.jsonl`);
    const remove = () => rm(path, { force: true }).catch(() => {});
    try {
      await writeFile(path, text, { mode: 0o600, flag: "wx" });
    } catch (error) {
      await remove();
      throw error;
    }
    return { path, remove };
  }

  /** Removes what a server that crashed has left, and nothing of one that runs. Never throws. */
  async sweep(): Promise<void> {
    const names = await readdir(this.#path).catch(() => []);
    await Promise.all(names.map((name) => this.#sweepFile(name).catch(() => {})));
  }

  async #sweepFile(name: string): Promise<void> {
    const pid = FILE_NAME.exec(name)?.[1];
    if (pid === undefined) return;
    const path = join(this.#path, name);
    // A process of that number may be another one by now.
    const isInUse = isRunning(Number(pid)) && Date.now() - (await stat(path)).mtimeMs < LONGEST_LIFE_MS;
    if (!isInUse) await rm(path, { force: true });
  }
}

/** Whether another process of this number runs. Our own has written nothing yet when it sweeps. */
function isRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It runs, as another user.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/**
 * Removes the file as soon as one of these promises settles, either way: the process answered its first control request (it reads
 * the file before), or is gone.
 */
export async function removeWhenRead(file: TranscriptFile, ...settled: readonly Promise<unknown>[]): Promise<void> {
  await Promise.race(settled).catch(() => {});
  await file.remove();
}
