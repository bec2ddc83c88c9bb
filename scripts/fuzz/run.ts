import { heapStats } from "bun:jsc";
import { openSocket } from "../../test/support/socket.ts";
import { openFiles } from "../processes.ts";
import type { Random } from "../soak/random.ts";
import { drawBytes, drawFrames, sendBytes } from "./bytes.ts";
import { type Answer, faultIn, isBare } from "./judge.ts";
import { type Case, draw, drawBody, routesOf } from "./requests.ts";
import type { Target } from "./scripted.ts";

export const KINDS = ["requests", "messages", "bytes", "frames"] as const;
export type Kind = (typeof KINDS)[number];

export type Options = {
  readonly target: Target;
  readonly random: Random;
  readonly cases: Readonly<Record<Kind, number>>;
  /** No new case begins after it, in milliseconds of `performance.now`. */
  readonly deadline: number;
  /** How long an answer may take. */
  readonly patienceMs?: number;
  /** Whether to look at what is left in the end. Processes of the CLI stay on purpose. Default true. */
  readonly looksBack?: boolean;
};

export type Outcome = {
  readonly rows: readonly { readonly kind: Kind; readonly cases: number; readonly statuses: string }[];
  /** What was wrong, each with what can be sent to see it again. */
  readonly faults: readonly string[];
};

/** What heap and descriptors may have more at the end, which caches and the last answers explain. */
const SPARE_HEAP_BYTES = 24 * 1024 * 1024;
const SPARE_FILES = 4;
/** How long the other side is waited for that need not answer. */
const SILENCE_MS = 40;

/** Throws what it draws at the target, one after the other, and looks at what comes back and at what is left. */
export async function fuzz({
  target,
  random,
  cases,
  deadline,
  patienceMs = 5000,
  looksBack = true,
}: Options): Promise<Outcome> {
  const faults: string[] = [];
  const routes = routesOf(await (await fetch(`${target.url}/openapi.json`)).json());
  const asking = routes.find(({ method, path }) => method === "POST" && path === "/v1/responses");
  const run: Readonly<Record<Kind, () => Promise<string>>> = {
    requests: async () => {
      const drawn = draw(routes, random);
      const before = target.asked();
      const answer = await ask(target.url, drawn, patienceMs);
      if (typeof answer === "string") return answer === "left" ? answer : note(answer, drawn);
      const fault = faultIn(answer, target.asked() - before);
      return fault === undefined ? String(answer.status) : note(`${fault} (${answer.status})`, drawn);
    },
    messages: async () => {
      const message = JSON.stringify(Object.assign({ type: "response.create" }, asking && drawBody(asking, random)));
      const before = target.asked();
      const end = await exchange(target.url, message, patienceMs);
      if (end === undefined) return note("a message that nothing answers", message);
      const refusal = { status: 400, headers: new Headers({ "x-request-id": "-" }), body: JSON.stringify(end) };
      const fault = "error" in end && end.type === "error" ? faultIn(refusal, target.asked() - before) : undefined;
      return fault === undefined ? String(end.type) : note(fault, message);
    },
    bytes: async () => judgeBytes(drawBytes(random)),
    frames: async () => judgeBytes(drawFrames(random)),
  };
  const judgeBytes = async (bytes: Buffer) => {
    const answer = await sendBytes(target.port, bytes, SILENCE_MS);
    if (answer === undefined) return "silence";
    const fault = isBare(answer) ? undefined : faultIn(answer, 0);
    return fault === undefined ? String(answer.status) : note(fault, bytes.toString("latin1"));
  };
  const note = (fault: string, what: unknown) => {
    faults.push(`${fault}: ${(typeof what === "string" ? what : JSON.stringify(what)).slice(0, 600)}`);
    return "FAULT";
  };
  const rows: Outcome["rows"][number][] = [];
  let before: ReturnType<typeof vitals> | undefined;
  for (const kind of KINDS) {
    const counts = new Map<string, number>();
    let done = 0;
    for (; done < cases[kind] && performance.now() < deadline; done++) {
      const what = await run[kind]();
      counts.set(what, (counts.get(what) ?? 0) + 1);
      // By then everything was used once.
      if (done === Math.floor(cases.requests / 4)) before ??= vitals();
    }
    const statuses = [...counts].sort(([, a], [, b]) => b - a).map(([what, count]) => `${what}: ${count}`);
    rows.push({ kind, cases: done, statuses: statuses.join(", ") });
  }
  if (looksBack) faults.push(...(await leftOver(target, before ?? vitals())));
  faults.push(...target.log.map((line) => `an error in the log: ${line.slice(0, 600)}`));
  return { rows, faults };
}

async function ask(url: string, drawn: Case, patienceMs: number): Promise<Answer | string> {
  const { method, path, headers, body, leavesAfterMs } = drawn;
  const signal = AbortSignal.timeout(leavesAfterMs ?? patienceMs);
  try {
    const response = await fetch(url + path, { method, headers, body, signal, redirect: "manual" });
    return {
      status: response.status,
      headers: response.headers,
      body: await response.text(),
      isHead: method === "HEAD",
    };
  } catch (error) {
    if (leavesAfterMs !== undefined) return "left";
    return signal.aborted ? "a request that nothing answers" : `a connection that broke (${String(error)})`;
  }
}

/** The last event of what a message on a WebSocket is answered with. */
async function exchange(url: string, message: string, patienceMs: number) {
  const socket = await openSocket(url);
  try {
    socket.send(message);
    const end = socket.next(({ type }) => type === "error" || /^response\.(completed|incomplete|failed)$/.test(type));
    return await Promise.race([end, Bun.sleep(patienceMs).then(() => undefined)]);
  } finally {
    socket.close();
    await socket.closed;
  }
}

function vitals() {
  Bun.gc(true);
  return { heap: heapStats().heapSize, files: openFiles(process.pid) };
}

async function leftOver(target: Target, before: ReturnType<typeof vitals>): Promise<string[]> {
  const isOver = () => target.running() === 0 && !(openFiles(process.pid) > before.files + SPARE_FILES);
  for (let tries = 0; tries < 100 && !isOver(); tries++) await Bun.sleep(20);
  const after = vitals();
  const grown = after.heap - before.heap;
  return [
    ...(target.running() > 0 ? [`${target.running()} turns that nobody waits for still run`] : []),
    ...(after.files > before.files + SPARE_FILES ? [`${after.files - before.files} descriptors are left`] : []),
    ...(grown > SPARE_HEAP_BYTES ? [`the heap has grown by ${Math.round(grown / 1024 / 1024)} MiB`] : []),
  ];
}
