import { closeSync, constants, openSync, renameSync, rmSync, writeSync } from "node:fs";

/** A process takes some 10 ms from one look at its transcript to the next. */
const LOOK_MS = 2;
/** How often in a row a full pipe is tried again at once: its reader empties it in far less than a millisecond. */
const HURRIED_TRIES = 200;

/** Makes what a {@link TranscriptPipe} uses, for this user alone. False where there are no named pipes, as on Windows. */
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
export class TranscriptPipe {
  readonly #path: string;
  readonly #text = Promise.withResolvers<string>();
  #isOver = false;

  constructor(path: string) {
    this.#path = path;
    void this.#serve();
  }

  fill(text: string): void {
    this.#text.resolve(text);
  }

  /** Nothing is left of it. A process that still waits reads the end of an empty transcript, and gives up. Throws nothing. */
  end(): void {
    this.#isOver = true;
    this.#text.resolve("");
    for (const path of [this.#path, secondOf(this.#path)]) removePipe(path);
  }

  async #serve(): Promise<void> {
    while (!this.#isOver) {
      const pipe = openForReader(this.#path);
      if (pipe !== undefined) {
        attempt(() => renameSync(secondOf(this.#path), this.#path));
        // Open while the process waits: should this server be killed, the process reads the end, and is not left waiting for good.
        const text = await this.#text.promise;
        await this.#write(pipe, Buffer.from(text));
        closeSync(pipe);
      }
      await Bun.sleep(LOOK_MS);
    }
  }

  async #write(pipe: number, bytes: Buffer): Promise<void> {
    let tries = 0;
    for (let done = 0; done < bytes.length && !this.#isOver; ) {
      const written = writeSome(pipe, bytes, done);
      // Who has looked enough may leave before the end.
      if (written === undefined) return;
      done += written;
      tries = written > 0 ? 0 : tries + 1;
      if (written === 0) await (tries < HURRIED_TRIES ? new Promise(setImmediate) : Bun.sleep(1));
    }
  }
}

/**
 * Removes the pipe, if it is there, and whoever waits at it reads its end. It is held open until its name is gone, to read as well, since that
 * needs nobody at the other end: who opens it in between would wait for good.
 */
export function removePipe(path: string): void {
  const pipe = attempt(() => openSync(path, constants.O_RDWR | constants.O_NONBLOCK));
  attempt(() => rmSync(path, { force: true }));
  if (pipe !== undefined) closeSync(pipe);
}

/** Undefined as long as nobody reads. */
function openForReader(path: string): number | undefined {
  return attempt(() => openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** How much the pipe took; undefined when nobody reads it any more. */
function writeSome(pipe: number, bytes: Buffer, offset: number): number | undefined {
  try {
    return writeSync(pipe, bytes, offset);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EAGAIN" ? 0 : undefined;
  }
}
