import { readFileSync, readlinkSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import Type, { type Static } from "typebox";
import { attempt } from "../../core/attempt.ts";
import type { Logger } from "../../observability/logger.ts";
import { lazyCheck } from "../protocol/lazy-check.ts";

const Known = Type.Object({ pid: Type.Integer({ minimum: 2 }), start: Type.String({ minLength: 1 }) });
const Server = Type.Object({ pid: Type.Integer({ minimum: 1 }), start: Type.String({ minLength: 1 }) });
const File = Type.Object({ system: Type.String(), server: Server, groups: Type.Array(Known) });
const RecordFile = lazyCheck(File);

/** A process as the system tells it. `start` is when it started, in the system's own words. */
type Seen = { readonly start: string; readonly parent: number; readonly group: number; readonly command: string };

/** So long after a process started or ended the file is written: several often do together. */
const WRITE_MS = 200;
/** A file of another machine, container or boot tells nothing here; whoever it is of has had time to read it. */
const FOREIGN_DAYS = 7;
const DAY_MS = 86_400_000;
/** Stands in the command line of each process that is kept in mind, and a wrapper passes it on. */
const CLI_MARK = "stream-json";

/**
 * Keeps in a file which groups of processes run, for the next server, should this one be killed together with what would end them then. A
 * process is known by its pid and when it started, so one that got the pid of another is never touched. Each server has a file of its own,
 * and that of a server which runs is left alone.
 */
export class GroupRecord {
  readonly #folder: string;
  readonly #logger: Logger;
  readonly #system: string;
  /** When each started, once that is known. */
  readonly #groups = new Map<number, string | undefined>();
  #server: Static<typeof Server> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Settles when what was begun with files is done; each waits for the one before. */
  #work: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor({ folder, logger, system = thisSystem() }: { folder: string; logger: Logger; system?: string }) {
    this.#folder = folder;
    this.#logger = logger;
    this.#system = system;
  }

  add(pid: number): void {
    this.#groups.set(pid, undefined);
    this.#writeSoon();
  }

  remove(pid: number): void {
    if (this.#groups.delete(pid)) this.#writeSoon();
  }

  /** Ends what servers have left that run no more. Never throws; nobody needs to wait for it. */
  endOrphans(): Promise<void> {
    return this.#then("processes that a killed server may have left were not looked for", async () => {
      const names = await readdir(this.#folder).catch(() => []);
      for (const name of names.filter((name) => name.endsWith(".json")))
        await this.#endThoseOf(join(this.#folder, name));
    });
  }

  /** Nothing of ours runs any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#then("the file of processes was not removed", () => rm(this.#path, { force: true }));
  }

  get #path(): string {
    return join(this.#folder, `${process.pid}.json`);
  }

  #writeSoon(): void {
    if (this.#isClosed || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#then("processes that run are not written down, for the case that this server is killed", () =>
        this.#write(),
      );
    }, WRITE_MS).unref();
  }

  #then(failing: string, work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(work).catch((error: unknown) => {
      this.#logger.warn(failing, { folder: this.#folder, reason: String(error) });
    });
    return this.#work;
  }

  async #write(): Promise<void> {
    if (this.#isClosed) return;
    const unknown = [...this.#groups].flatMap(([pid, start]) => (start === undefined ? [pid] : []));
    const seen = await look(this.#server ? unknown : [process.pid, ...unknown]);
    const own = seen.get(process.pid);
    if (own) this.#server ??= { pid: process.pid, start: own.start };
    if (!this.#server) return;
    for (const pid of unknown) {
      const child = seen.get(pid);
      // Else it is gone, and who has its pid now is not ours.
      const isOurs = child?.parent === process.pid && child.group === pid;
      if (isOurs && this.#groups.has(pid)) this.#groups.set(pid, child.start);
    }
    const groups = [...this.#groups].flatMap(([pid, start]) => (start === undefined ? [] : [{ pid, start }]));
    const file: Static<typeof File> = { system: this.#system, server: this.#server, groups };
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await writeFile(`${this.#path}.new`, JSON.stringify(file), { mode: 0o600 });
    await rename(`${this.#path}.new`, this.#path);
  }

  async #endThoseOf(path: string): Promise<void> {
    const entry = await stat(path).catch(() => undefined);
    // Another server that starts has read it.
    if (!entry) return;
    // Reading a pipe would wait for who writes into it.
    const text = entry.isFile() ? await readFile(path, "utf8") : "";
    const value = attempt((): unknown => JSON.parse(text));
    const record = RecordFile.Check(value) ? value : undefined;
    if (record && record.system !== this.#system && Date.now() - entry.mtimeMs < FOREIGN_DAYS * DAY_MS) return;
    if (record?.system === this.#system) {
      const { server, groups } = record;
      const seen = await look([server.pid, ...groups.map(({ pid }) => pid)]);
      if (seen.get(server.pid)?.start === server.start) return;
      for (const { pid, start } of groups) {
        const left = seen.get(pid);
        if (left?.start === start && left.group === pid && left.command.includes(CLI_MARK)) this.#end(pid);
      }
    }
    await rm(path, { force: true });
  }

  #end(pid: number): void {
    try {
      process.kill(-pid, "SIGKILL");
      this.#logger.warn("ended a claude process that a killed server left", { pid });
    } catch {
      // It has ended meanwhile, or is another user's.
    }
  }
}

/** Where pids and start times mean the same: on Linux until the machine is started again, and within one container. */
function thisSystem(): string {
  if (process.platform !== "linux") return hostname();
  const boot = attempt(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());
  const container = attempt(() => readlinkSync("/proc/self/ns/pid"));
  return boot && container ? `${boot} ${container}` : hostname();
}

/** Those of the processes that run. */
async function look(pids: readonly number[]): Promise<Map<number, Seen>> {
  if (process.platform !== "linux") return await lookByPs(pids);
  const read = async (pid: number): Promise<[number, Seen][]> => {
    const status = await readFile(`/proc/${pid}/stat`, "utf8");
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8");
    // Behind the program's name, which is in brackets and may hold anything: see proc_pid_stat(5). The start is in ticks of this boot.
    const fields = status.slice(status.lastIndexOf(")") + 2).split(" ");
    const [state, parent, group, start] = [fields[0], fields[1], fields[2], fields[19]];
    if (state === "Z" || start === undefined) return [];
    return [[pid, { parent: Number(parent), group: Number(group), start, command }]];
  };
  return new Map((await Promise.all(pids.map((pid) => read(pid).catch(() => [])))).flat());
}

const PS_LINE = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+\s+\S+\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/;

/** The same by `ps`, which tells the start to the second. Exported for its test. */
export async function lookByPs(pids: readonly number[]): Promise<Map<number, Seen>> {
  if (pids.length === 0) return new Map();
  const ps = Bun.spawn(["ps", "-ww", "-o", "pid=,ppid=,pgid=,lstart=,command=", "-p", pids.join(",")], {
    // The same words whatever the user's language and time zone are.
    env: { PATH: "/bin:/usr/bin", LC_ALL: "C", TZ: "UTC" },
    stdin: "ignore",
    stderr: "ignore",
  });
  const lines = (await new Response(ps.stdout).text()).split("\n");
  return new Map(
    lines.flatMap((line) => {
      const [, pid, parent, group, start, command] = PS_LINE.exec(line) ?? [];
      if (start === undefined || command === undefined) return [];
      return [[Number(pid), { parent: Number(parent), group: Number(group), start, command }] as const];
    }),
  );
}
