import { closeSync, constants, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { chmod, mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { attempt } from "../../core/attempt.ts";
import { nextTurn, Pace } from "../../core/pace.ts";
import { isRunning } from "../process/spawn.ts";

/** Longer than any process takes to read its file, or to fail. */
const LONGEST_LIFE_MS = 60_000;

const FILE_NAME = /^(\d+)-[\w-]+\.jsonl$/;

/** Where a process reads its transcript. */
export type TranscriptPlace = {
  readonly path: string;
  /** Whether a process that finds no transcript there waits for it. */
  readonly waits: boolean;
  /** Puts it there, once. Throws when that cannot be done; nothing is left then. */
  fill(pieces: readonly Uint8Array[]): Promise<void>;
  /** Never throws; a second time does nothing. */
  remove(): Promise<void>;
};

/**
 * The folder for conversations on their way to a process: named pipes, so that none touches the disk, or files where there are no pipes.
 * They are private: only this user may look into it, and none stays. It must not be the folder that the CLI runs in, or be within that.
 */
export class TranscriptFolder {
  readonly #path: string;
  readonly #makePipe: typeof makePipe;
  /** Those that are there, or are being made. */
  readonly #places = new Set<Promise<TranscriptPlace>>();
  #isClosed = false;

  constructor(path: string, make = makePipe) {
    this.#path = path;
    this.#makePipe = make;
  }

  /** A place for one transcript. Throws when there can be none. */
  async makePlace(): Promise<TranscriptPlace> {
    if (this.#isClosed) throw new Error("the folder for transcripts is closed");
    const making = this.#make();
    this.#places.add(making);
    try {
      const place = await making;
      return { ...place, remove: () => place.remove().finally(() => this.#places.delete(making)) };
    } catch (error) {
      this.#places.delete(making);
      throw error;
    }
  }

  /** Removes all that is there, read or not. Resolves when nothing is, and nothing will be. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled([...this.#places].map(async (place) => (await place).remove()));
  }

  async #make(): Promise<TranscriptPlace> {
    await mkdir(this.#path, { recursive: true, mode: 0o700 });
    // It may have been there before, with other rights.
    await chmod(this.#path, 0o700);
    const path = join(this.#path, `${process.pid}-${crypto.randomUUID()}.jsonl`);
    return (await this.#makePipe(path)) ? pipeAt(path) : fileAt(path);
  }

  /** Removes what a server that was killed has left, and nothing of one that runs. Never throws. */
  async sweep(): Promise<void> {
    const names = await readdir(this.#path).catch(() => []);
    await Promise.all(names.map((name) => this.#sweepFile(name).catch(() => {})));
  }

  async #sweepFile(name: string): Promise<void> {
    const pid = FILE_NAME.exec(name)?.[1];
    if (pid === undefined) return;
    const path = join(this.#path, name);
    const { mtimeMs, isPipe } = await stat(path).then((found) => ({ mtimeMs: found.mtimeMs, isPipe: found.isFIFO() }));
    // A process of that number may be another one by now. Of a pipe's, which holds nothing and may wait for long, that does not matter.
    const isInUse = Number(pid) !== process.pid && isRunning(Number(pid));
    if (isInUse && (isPipe || Date.now() - mtimeMs < LONGEST_LIFE_MS)) return;
    // A process that was just starting may wait there for a writer.
    if (isPipe) removePipe(path);
    else await rm(path, { force: true });
  }
}

function fileAt(path: string): TranscriptPlace {
  let isRemoved = false;
  let written: Promise<void> | undefined;
  const remove = async () => {
    isRemoved = true;
    await written?.catch(() => {});
    await rm(path, { force: true }).catch(() => {});
  };
  return {
    path,
    waits: false,
    fill: async (pieces) => {
      if (isRemoved) throw new Error("the place for the transcript is gone");
      written = writePieces(path, pieces);
      await written.catch(async (error: unknown) => {
        await remove();
        throw error;
      });
    },
    remove,
  };
}

async function writePieces(path: string, pieces: readonly Uint8Array[]): Promise<void> {
  await using file = await open(path, "wx", 0o600);
  for (const piece of pieces) await file.writeFile(piece);
}

/**
 * Removes the place as soon as one of these promises settles, either way: the process answered its first control request (it reads
 * the transcript before), or is gone.
 */
export async function removeWhenRead(place: TranscriptPlace, ...settled: readonly Promise<unknown>[]): Promise<void> {
  await Promise.race(settled).catch(() => {});
  await place.remove();
}

/** A process takes some 10 ms from one look at its transcript to the next. */
const LOOK_MS = 2;
/** How often in a row a full pipe is tried again at once: its reader empties it in far less than a millisecond. */
const HURRIED_TRIES = 200;

/** Makes what {@link pipeAt} uses, for this user alone. False where there are no named pipes, as on Windows. */
export async function makePipe(path: string): Promise<boolean> {
  if (process.platform === "win32") return false;
  try {
    const command = ["mkfifo", "-m", "600", path, secondOf(path)];
    return (await Bun.spawn(command, { stdin: "ignore", stdout: "ignore", stderr: "ignore" }).exited) === 0;
  } catch {
    // There is no such program.
    return false;
  }
}

function secondOf(path: string): string {
  return path.replace(/(\.\w+)?$/, "-2$1");
}

/**
 * Gives a process its transcript through a named pipe, from memory. The process may look at it before there is any: it waits. It
 * looks twice, and a pipe is written to the end each time: to a second one, or who has not left the first yet would read all again.
 * No thread is held, and nothing is thrown: where a pipe cannot be opened, it is tried again.
 */
export function pipeAt(path: string): TranscriptPlace {
  const given = Promise.withResolvers<readonly Uint8Array[]>();
  let isOver = false;
  const serve = async () => {
    while (!isOver) {
      // Opens once somebody reads.
      const pipe = attempt(() => openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
      if (pipe !== undefined) {
        attempt(() => renameSync(secondOf(path), path));
        // Open while the process waits: should this server be killed, the process reads the end, and is not left waiting for good.
        await writeAll(pipe, await given.promise, () => isOver);
        closeSync(pipe);
      }
      await Bun.sleep(LOOK_MS);
    }
  };
  void serve();
  return {
    path,
    waits: true,
    fill: async (pieces) => given.resolve(pieces),
    // A process that still waits reads the end of an empty transcript, and gives up.
    remove: async () => {
      isOver = true;
      given.resolve([]);
      for (const each of [path, secondOf(path)]) removePipe(each);
    },
  };
}

async function writeAll(pipe: number, pieces: readonly Uint8Array[], isOver: () => boolean): Promise<void> {
  const pace = new Pace();
  let tries = 0;
  for (const piece of pieces) {
    for (let done = 0; done < piece.length; ) {
      if (isOver()) return;
      const written = writeSome(pipe, piece, done);
      // Who has looked enough may leave before the end.
      if (written === undefined) return;
      done += written;
      tries = written > 0 ? 0 : tries + 1;
      if (written > 0) await pace.giveWay();
      else await (tries < HURRIED_TRIES ? nextTurn() : Bun.sleep(1));
    }
  }
}

/**
 * Removes the pipe, if it is there, and whoever waits at it reads its end. It is held open until its name is gone, to read as well, since that
 * needs nobody at the other end: who opens it in between would wait for good.
 */
function removePipe(path: string): void {
  const pipe = attempt(() => openSync(path, constants.O_RDWR | constants.O_NONBLOCK));
  attempt(() => rmSync(path, { force: true }));
  if (pipe !== undefined) closeSync(pipe);
}

/** How much the pipe took; undefined when nobody reads it any more. */
function writeSome(pipe: number, bytes: Uint8Array, offset: number): number | undefined {
  try {
    return writeSync(pipe, bytes, offset);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EAGAIN" ? 0 : undefined;
  }
}
