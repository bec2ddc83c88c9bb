import { accessSync, constants } from "node:fs";
import { attempt } from "../../core/attempt.ts";
import { GATHER_MS, LineFramer, ReadPace, StderrTail } from "./child-output.ts";
import type { OrphanGuard } from "./orphan-guard.ts";
import { OWN_GROUP, signalGroup, within, withReservedDescriptors } from "./spawn.ts";

export type ChildOptions = {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: Record<string, string>;
  readonly cwd: string;
  /** Ends it should we be gone before; default: nobody does. */
  readonly guard?: OrphanGuard | undefined;
  readonly onLine: (line: string) => void;
  readonly errors?: ErrorReader;
  /** Called once, after the last line was delivered and the process was reaped. */
  readonly onExit: (exit: ChildExit) => void;
};

/** Reads what a process writes to stderr. */
export type ErrorReader = {
  read(line: string): void;
  /** That was all, told before `onExit`. It is never told where some of it could not be read, or not in time. */
  end(): void;
};

export type ChildExit = {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stderr: string;
  /** What reading its output threw, and why it was therefore ended. */
  readonly failure?: unknown;
};

/** How long a process may take to leave after the end of its stdin, and then after SIGTERM. */
const EOF_GRACE_MS = 400;
const TERM_GRACE_MS = 1_000;
/** How long after its exit a process's last output is waited for. */
const READ_GRACE_MS = 500;

/** A child process that speaks lines over stdin and stdout, and is always reaped. What it starts ends with it. */
export class ChildProcess {
  readonly #child: Bun.Subprocess<"pipe", "pipe", "pipe">;
  readonly #stderr = new StderrTail();
  /** Settles once the process is reaped and its output was read to the end. */
  readonly exited: Promise<ChildExit>;
  #closing: Promise<ChildExit> | undefined;
  #over = false;
  #failure: unknown;

  constructor({ path, args, env, cwd, guard, onLine, errors, onExit }: ChildOptions) {
    // What starts it may be another program, which would say in words of its own that there is none.
    accessSync(path, constants.X_OK);
    const command = [path, ...args];
    const bound = [...(guard?.bind(command) ?? command)];
    const pipes = { stdin: "pipe", stdout: "pipe", stderr: "pipe" } as const;
    this.#child = withReservedDescriptors(() => Bun.spawn(bound, { env, cwd, ...pipes, ...OWN_GROUP }));
    const unwatch = guard?.watch(this.#child, "kill");
    const reading = Promise.all([this.#readLines(onLine), this.#readStderr(errors)]).catch((failure: unknown) => {
      this.#failure = failure;
      void this.terminate();
    });
    this.exited = this.#awaitExit(reading);
    void this.exited.then((exit) => {
      unwatch?.();
      onExit(exit);
    });
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Writes one line. A process that is gone is not an error here: its exit is reported by `onExit`. */
  writeLine(line: string): void {
    const { stdin } = this.#child;
    attempt(() => stdin.write(`${line}\n`));
    void Promise.try(() => stdin.flush()).catch(() => {});
  }

  /** Ends the process in bounded steps: end of stdin, SIGTERM, SIGKILL. Settles when it is reaped. */
  close(eofGraceMs = EOF_GRACE_MS): Promise<ChildExit> {
    this.#closing ??= this.#closeInSteps(eofGraceMs);
    return this.#closing;
  }

  /** Like {@link close}, for a process in the middle of a turn, which the end of stdin alone would not stop. */
  terminate(): Promise<ChildExit> {
    return this.close(0);
  }

  async #closeInSteps(eofGraceMs: number): Promise<ChildExit> {
    // In the middle of a turn, the end of its stdin would look like failed tool calls, and the CLI would ask the model once more.
    if (eofGraceMs > 0) {
      void Promise.try(() => this.#child.stdin.end()).catch(() => {});
      if (await within(this.#child.exited, eofGraceMs)) return this.exited;
    }
    signalGroup(this.#child, "SIGTERM");
    if (await within(this.#child.exited, TERM_GRACE_MS)) return this.exited;
    signalGroup(this.#child, "SIGKILL");
    return this.exited;
  }

  async #awaitExit(reading: Promise<unknown>): Promise<ChildExit> {
    await this.#child.exited;
    // A grandchild could keep the pipes open after the process is gone; what it still writes is not ours.
    await Promise.race([reading, Bun.sleep(READ_GRACE_MS)]);
    this.#over = true;
    signalGroup(this.#child, "SIGKILL");
    const { exitCode, signalCode } = this.#child;
    return {
      exitCode,
      signal: signalCode === null ? null : String(signalCode),
      stderr: this.#stderr.toString(),
      failure: this.#failure,
    };
  }

  async #readLines(onLine: (line: string) => void): Promise<void> {
    const framer = new LineFramer();
    const pace = new ReadPace();
    for await (const chunk of this.#child.stdout) {
      if (this.#over) return;
      for (const line of framer.push(chunk)) onLine(line);
      if (pace.isHurried(performance.now())) await Bun.sleep(GATHER_MS);
    }
    if (this.#over) return;
    for (const line of framer.end()) onLine(line);
  }

  async #readStderr(errors: ErrorReader | undefined): Promise<void> {
    const framer = new LineFramer();
    for await (const chunk of this.#child.stderr) {
      this.#stderr.push(chunk);
      if (errors && !this.#over) for (const line of framer.push(chunk)) errors.read(line);
    }
    if (!errors || this.#over) return;
    for (const line of framer.end()) errors.read(line);
    errors.end();
  }
}
