import { reasonOf } from "../../core/error.ts";
import type { Logger } from "../../observability/logger.ts";
import type { GroupRecord } from "./group-record.ts";
import { OWN_GROUP, withReservedDescriptors } from "./spawn.ts";

/**
 * Keeps the latest line that it read: the groups to kill, a slash, and those to be asked to end. When its input ends, we are gone. It
 * has a group of its own, so what ends ours does not end it.
 */
const WATCHER = `
trap '' HUP INT QUIT TERM
kill= ; end=
while IFS=/ read -r now later; do kill=$now; end=$later; done
IFS=' '
[ -z "$kill" ] || kill -s KILL -- $kill
[ -z "$end" ] || kill -s TERM -- $end
`;

const RESTART_MS = 1_000;

/** Has the kernel end a program with who started it: quicker than the watcher, but the program alone, not what that runs. Linux only. */
const PARENT_DEATH = ["--pdeathsig", "KILL", "--"];
const SYSTEM_FOLDERS = "/usr/bin:/bin:/run/current-system/sw/bin";

type Watcher = Bun.Subprocess<"pipe", "ignore", "ignore">;

/** `kill`: it may be asking a model. `ask`: it ends by itself soon, and may hold a lock until then. */
export type OrphanEnding = "kill" | "ask";

/**
 * Ends our children when we are gone, however that came: killed, crashed, or out of memory. The end of their input would not do: a `claude`
 * in a turn writes on, and one with open calls asks the model once more.
 * - A shell reads from us, and so notices our end, on every POSIX system. It is started with the first child.
 * - On a busy machine a `claude` with open calls may be quicker. So on Linux the kernel is told, too, where there is util-linux's `setpriv`.
 * - Where the shell was ended as well, the next server does it: see {@link GroupRecord}.
 * - On Windows libuv starts each child that is not detached in a job that ends with us.
 */
export class OrphanGuard {
  readonly #logger: Logger;
  readonly #shell: string;
  readonly #record: GroupRecord | undefined;
  readonly #groups = new Map<number, OrphanEnding>();
  #watcher: Watcher | undefined;
  #restart: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;
  #setpriv: string | false | undefined;

  constructor(logger: Logger, { shell = "/bin/sh", record }: { shell?: string; record?: GroupRecord } = {}) {
    this.#logger = logger;
    this.#shell = shell;
    this.#record = record;
  }

  /** The command line that has the kernel end the program, too, where there is one. The program must be there. */
  bind(argv: readonly string[]): readonly string[] {
    if (process.platform !== "linux") return argv;
    this.#setpriv ??= findSetpriv();
    return this.#setpriv ? [this.#setpriv, ...PARENT_DEATH, ...argv] : argv;
  }

  /** Watches over a child that leads a group of its own. The returned function says that it was reaped. */
  watch({ pid }: Pick<Bun.Subprocess, "pid">, ending: OrphanEnding): () => void {
    if (!OWN_GROUP.detached) return () => {};
    this.#groups.set(pid, ending);
    this.#tell();
    // What was asked to end has done so before the next start.
    if (ending === "kill") this.#record?.add(pid);
    return () => {
      this.#record?.remove(pid);
      if (this.#groups.delete(pid)) this.#tell();
    };
  }

  /** Watches no more. Resolves when nothing of it is left; what it still watches over is ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#restart);
    const watcher = this.#watcher;
    if (watcher) {
      void Promise.resolve(watcher.stdin.end()).catch(() => {});
      await watcher.exited;
    }
    await this.#record?.close();
  }

  /** All of them each time: one that was started anew knows nothing. */
  #tell(): void {
    if (this.#isClosed || this.#restart !== undefined) return;
    this.#watcher ??= this.#start();
    const those = (ending: OrphanEnding) =>
      [...this.#groups].flatMap(([pid, wanted]) => (wanted === ending ? [`-${pid}`] : [])).join(" ");
    try {
      this.#watcher?.stdin.write(`${those("kill")}/${those("ask")}\n`);
      // Now, not at the end of this turn of the loop: then we may be gone.
      void Promise.resolve(this.#watcher?.stdin.flush()).catch(() => {});
    } catch {
      // It is gone, and is started anew.
    }
  }

  #start(): Watcher | undefined {
    try {
      const pipes = { stdin: "pipe", stdout: "ignore", stderr: "ignore" } as const;
      const watcher = withReservedDescriptors(() =>
        Bun.spawn([this.#shell, "-c", WATCHER], { env: {}, cwd: "/", ...pipes, ...OWN_GROUP }),
      );
      watcher.unref();
      void watcher.exited.then(() => this.#startAgain());
      return watcher;
    } catch (error) {
      const reason = reasonOf(error);
      this.#logger.warn("if this server is killed, its claude processes will not end with it", { reason });
      this.#isClosed = true;
      return undefined;
    }
  }

  #startAgain(): void {
    this.#watcher = undefined;
    if (this.#isClosed) return;
    this.#restart = setTimeout(() => {
      this.#restart = undefined;
      if (this.#groups.size > 0) this.#tell();
    }, RESTART_MS).unref();
  }
}

/** Busybox has one of that name that cannot. */
function findSetpriv(): string | false {
  const path = Bun.which("setpriv", { PATH: SYSTEM_FOLDERS });
  if (path === null) return false;
  const tried = Bun.spawnSync([path, ...PARENT_DEATH, path, "--version"], {
    stdout: "ignore",
    stderr: "ignore",
    env: {},
  });
  return tried.success && path;
}
