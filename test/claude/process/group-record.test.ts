import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ChildProcess } from "../../../src/claude/process/child-process.ts";
import { GroupRecord, lookByPs } from "../../../src/claude/process/group-record.ts";
import { OrphanGuard } from "../../../src/claude/process/orphan-guard.ts";
import { Logger } from "../../../src/observability/logger.ts";
import { makeScripts, type Scripts } from "../../support/scripts.ts";
import { until } from "../../support/wait.ts";

let scripts: Scripts;
let folder: string;
let log: string[];
beforeEach(() => {
  scripts = makeScripts();
  folder = join(scripts.directory, "processes");
  log = [];
});
afterEach(() => scripts[Symbol.dispose]());

const make = () => new GroupRecord({ folder, logger: new Logger("warn", (line) => void log.push(line)) });
const files = () => readdirSync(folder).filter((name) => name.endsWith(".json"));

type Written = { system: string; server: { pid: number; start: string }; groups: { pid: number; start: string }[] };

/** A child that goes on whatever happens, and the record of it, as the file of a server that has gone. */
async function left(args: string[], change: (written: Written) => void = () => {}) {
  const record = make();
  const guard = new OrphanGuard(new Logger("silent", () => {}), { record });
  const path = scripts.write("claude", "trap '' TERM; sleep 600 & wait; exit");
  const options = { path, args, env: { PATH: "/usr/bin:/bin" }, cwd: scripts.directory };
  const child = new ChildProcess({ ...options, guard, onLine: () => {}, onExit: () => {} });
  const file = join(folder, `${process.pid}.json`);
  const read = (): Written | undefined => {
    try {
      return JSON.parse(readFileSync(file, "utf8"));
    } catch {
      return undefined;
    }
  };
  await until(() => read()?.groups.length === 1, "it is written down");
  const written = read() ?? { system: "", server: { pid: 0, start: "" }, groups: [] };
  // This process stands for both servers: by its start alone the one that was killed is told from the one that runs.
  const other = { ...written, server: { pid: written.server.pid, start: "another time" } };
  change(other);
  const place = join(folder, "1.json");
  writeFileSync(place, JSON.stringify(other));
  const isRunning = async () => (await Promise.race([child.exited, Bun.sleep(50)])) === undefined;
  const end = async () => {
    process.kill(-child.pid, "SIGKILL");
    await child.exited;
    await guard.close();
  };
  return { child, guard, isRunning, end, place };
}

describe.skipIf(process.platform === "win32")("the next server", () => {
  test("ends what a killed one left, and forgets it; and the file of whoever ends is gone", async () => {
    const { child, guard } = await left(["--input-format", "stream-json"]);
    await make().endOrphans();
    expect(await child.exited).toMatchObject({ signal: "SIGKILL" });
    expect(log.join("")).toContain(`left pid=${child.pid}\n`);
    // Ours runs.
    expect(files()).toEqual([`${process.pid}.json`]);
    await guard.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each<[string, string[], (written: Written) => void, string[]]>([
    [
      "a server that runs",
      ["stream-json"],
      (written) => {
        const own: Written = JSON.parse(readFileSync(join(folder, `${process.pid}.json`), "utf8"));
        written.server = own.server;
      },
      ["1.json"],
    ],
    [
      "whoever has its pid now",
      ["stream-json"],
      ({ groups }) => {
        for (const group of groups) group.start += "0";
      },
      [],
    ],
    ["another program", ["other"], () => {}, []],
    [
      "another machine, or container",
      ["stream-json"],
      (written) => {
        written.system = "another";
      },
      ["1.json"],
    ],
  ])("leaves alone what is of %s", async (_, args, change, kept) => {
    const { isRunning, end } = await left(args, change);
    await make().endOrphans();
    expect(await isRunning()).toBeTrue();
    await end();
    expect(files()).toEqual(kept);
  });

  test("takes away files that say nothing, and old ones of other machines; what is no file is not waited for", async () => {
    mkdirSync(folder);
    Bun.spawnSync(["mkfifo", join(folder, "4.json")]);
    writeFileSync(join(folder, "2.json"), '{"groups":[{"pid":1}]}');
    const old = join(folder, "3.json");
    writeFileSync(old, JSON.stringify({ system: "another", server: { pid: 3, start: "1" }, groups: [] }));
    utimesSync(old, 0, 0);
    await make().endOrphans();
    expect(files()).toEqual([]);
  });

  test("is told when nothing can be written down", async () => {
    writeFileSync(folder, "");
    const record = make();
    record.add(process.pid);
    await until(() => log.length > 0, "it is told");
    expect(log.join("")).toContain("are not written down");
    await record.close();
  });

  test.skipIf(Bun.which("ps") === null)("ps tells the same of a process each time, in whatever time zone", async () => {
    const [first, second] = [await lookByPs([process.pid]), await lookByPs([process.pid, 1])];
    const own = second.get(process.pid);
    expect(own).toMatchObject({ parent: process.ppid, start: first.get(process.pid)?.start });
    expect(Math.abs(Date.parse(`${own?.start} UTC`) - (Date.now() - process.uptime() * 1000))).toBeLessThan(60_000);
    expect(own?.command).toContain("bun");
  });
});
