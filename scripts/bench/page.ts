import { cpuMs, descendants, residentMb } from "../processes.ts";
import { type Arena, HELLO, type Scenario } from "./arena.ts";
import { type Running, waitForWarm } from "./binary.ts";
import { openAiServer } from "./contestants.ts";
import { atMost, ratio, Samples } from "./figures.ts";

const PLAIN = "not recorded";
const RECORDER = "recorded";
const PAGE = "page open";
/** From little to much. */
export const WATCHED = [PLAIN, RECORDER, PAGE];

const BLOCKS = 5;
/** So many that all of the page is looked at again in each block. */
const QUESTIONS = 120;
const WARM_UP = 10;
/** For what is put off, such as writing down what was used. */
const REST_MS = 2_500;
const IDLE_MS = 10_000;

type Server = { readonly name: string; readonly running: Running };

export const page: Scenario = {
  name: "page",
  title: "What it costs to write down what was used, and to have the page open",
  async run(arena) {
    arena.answer(() => HELLO);
    const measured = {
      first: new Samples(),
      cpu: new Samples(),
      whole: new Samples(),
      idle: new Samples(),
      memory: new Samples(),
      more: new Samples(),
    };
    for (let set = 0; set < Math.ceil(arena.rounds / 5); set++) await measureSet(arena, set, measured);
    const { first, cpu, whole, idle, memory, more } = measured;
    const times = (samples: Samples, of: string, than: string) => ratio(samples.median(of), samples.median(than));
    // Only the server's own time can differ: that of Claude Code varies by more than what is looked for.
    const wholeTimes = (of: string, than: string) => {
      const medians = [cpu.median(of), cpu.median(than), whole.median(than)];
      const [more = Number.NaN, less = Number.NaN, all = Number.NaN] = medians;
      return 1 + (more - less) / all;
    };
    const [grown = Number.NaN, usual = Number.NaN] = [more.median(PAGE), more.median(RECORDER)];
    return {
      rows: [
        first.row("time to the first token", "ms"),
        whole.row("processor time for a request", "ms"),
        cpu.row("of that, the server's own", "ms"),
        idle.row("the server's own in a second in which nobody asks", "ms"),
        memory.row("its memory afterwards", "MB"),
        more.row("of that, more than before the page was opened", "MB"),
      ],
      goals: [
        atMost("recorded: processor time, times as much as without", 1.02, wholeTimes(RECORDER, PLAIN)),
        atMost("page open: processor time, times as much as without", 1.02, wholeTimes(PAGE, RECORDER)),
        atMost("page open: time to the first token, times as long as without", 1.02, times(first, PAGE, RECORDER)),
        atMost("page open: MB more than without", 5, grown - usual),
      ],
      notes: [
        `${WARM_UP} questions before, then ${BLOCKS} times ${QUESTIONS}, one after the other, and each server in turn.`,
      ],
    };
  },
};

type Measured = Readonly<Record<"first" | "cpu" | "whole" | "idle" | "memory" | "more", Samples>>;

/** Three servers, new ones each time, since memory differs from start to start. */
async function measureSet(arena: Arena, set: number, measured: Measured): Promise<void> {
  await using ending = new AsyncDisposableStack();
  const servers: Server[] = [];
  for (const name of turned(WATCHED, set)) {
    const running = await arena.startOurs(name === PLAIN ? ["--no-usage-log"] : []);
    ending.defer(running.stop);
    servers.push({ name, running });
  }
  const before = new Map<string, number>();
  for (const { running } of servers) {
    await askAll(running, WARM_UP);
    await waitForWarm(running.url);
  }
  await Bun.sleep(REST_MS);
  for (const { name, running } of servers) {
    before.set(name, residentMb(running.pid));
    if (name === PAGE) ending.defer(await openPage(running.url));
  }
  await Bun.sleep(REST_MS);
  for (let block = 0; block < BLOCKS; block++) {
    for (const { name, running } of turned(servers, block)) {
      const [own, whole] = [cpuMs(running.pid), wholeCpuMs(running.pid)];
      measured.first.add(name, ...(await askAll(running, QUESTIONS)));
      measured.cpu.add(name, (cpuMs(running.pid) - own) / QUESTIONS);
      measured.whole.add(name, (wholeCpuMs(running.pid) - whole) / QUESTIONS);
    }
  }
  await Bun.sleep(REST_MS);
  const begin = servers.map(({ running }) => cpuMs(running.pid));
  await Bun.sleep(IDLE_MS);
  for (const [index, { name, running }] of servers.entries()) {
    measured.idle.add(name, (cpuMs(running.pid) - (begin[index] ?? Number.NaN)) / (IDLE_MS / 1000));
    const memory = residentMb(running.pid);
    measured.memory.add(name, memory);
    measured.more.add(name, memory - (before.get(name) ?? Number.NaN));
  }
}

/** With what it started, of which none ends while it is asked one question after the other. */
function wholeCpuMs(pid: number): number {
  return [pid, ...descendants(pid)].reduce((sum, each) => sum + cpuMs(each), 0);
}

/** The same ones, of which another is the first each time. */
function turned<T>(list: readonly T[], by: number): T[] {
  const first = by % list.length;
  return [...list.slice(first), ...list.slice(0, first)];
}

async function askAll({ url }: Running, questions: number): Promise<number[]> {
  const { ask } = openAiServer(url, url, { takesTools: true });
  const times: number[] = [];
  for (let n = 0; n < questions; n++) {
    const { firstMs } = await ask({
      system: "You answer briefly.",
      messages: [{ role: "user", content: `Number ${n}?` }],
    });
    times.push(firstMs);
  }
  return times;
}

/** All that a browser asks for, of which it keeps the events open. Closed by what is returned. */
async function openPage(url: string): Promise<() => void> {
  const closing = new AbortController();
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(url + path, { headers, signal: closing.signal });
    if (!response.ok || response.body === null) throw new Error(`${path} answered ${response.status}`);
    return response.body;
  };
  await new Response(await get("/", { accept: "text/html" })).text();
  for (const name of ["style.css", "page.js", "icon.svg"]) await new Response(await get(`/page/${name}`)).text();
  const events = await get("/page/events");
  // They end with the page, or the server, and both are meant.
  void events.pipeTo(new WritableStream()).catch(() => {});
  return () => closing.abort();
}
