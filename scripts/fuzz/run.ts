import { openSocket } from "../../test/support/socket.ts";
import { ask, faultIn, isBare } from "../arena/judge.ts";
import type { Random } from "../arena/random.ts";
import { type OwnVitals, ownGrowth, readOwnVitals } from "../arena/vitals.ts";
import { drawBytes, drawFrames, sendBytes } from "./bytes.ts";
import { draw, drawBody, routesOf } from "./requests.ts";
import type { Target } from "./scripted.ts";

const KINDS = ["requests", "messages", "bytes", "frames"] as const;
type Kind = (typeof KINDS)[number];

export type Options = {
  readonly target: Target;
  readonly random: Random;
  readonly cases: Readonly<Record<Kind, number>>;
  /** No new case begins after it, in milliseconds of `performance.now`. */
  readonly deadline: number;
  /** How long an answer may take; default: a minute, which is a hang on a busy machine, too. */
  readonly patienceMs?: number;
  /** Whether to look at what is left in the end. Processes of the CLI stay on purpose. Default true. */
  readonly looksBack?: boolean;
};

export type Outcome = {
  readonly rows: readonly { readonly kind: Kind; readonly cases: number; readonly statuses: string }[];
  /** What was wrong, each with what can be sent to see it again. */
  readonly faults: readonly string[];
};

/** How long the other side is waited for that need not answer. */
const SILENCE_MS = 40;

/** Throws what it draws at the target, one after the other, and looks at what comes back and at what is left. */
export async function fuzz({
  target,
  random,
  cases,
  deadline,
  patienceMs = 60_000,
  looksBack = true,
}: Options): Promise<Outcome> {
  const faults: string[] = [];
  const routes = routesOf(await (await fetch(`${target.url}/openapi.json`)).json());
  const asking = routes.find(({ method, path }) => method === "POST" && path === "/v1/responses");
  const request = async (drawn: ReturnType<typeof draw>, isAgain: boolean): Promise<string> => {
    const before = target.asked();
    const { path, leavesAfterMs, ...init } = drawn;
    const answer = await ask(target.url + path, init, leavesAfterMs ?? patienceMs);
    if (typeof answer === "string") return leavesAfterMs === undefined ? note(answer, drawn) : "left";
    const fault = faultIn(answer, target.asked() - before);
    if (fault === undefined) return String(answer.status);
    // The model may just now have been asked for one before it, whose client has left.
    const isBySum = faultIn(answer, 0) === undefined;
    return isBySum && !isAgain ? await request(drawn, true) : note(`${fault} (${answer.status})`, drawn);
  };
  const run: Readonly<Record<Kind, () => Promise<string>>> = {
    requests: () => request(draw(routes, random), false),
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
  let before: OwnVitals | undefined;
  for (const kind of KINDS) {
    const counts = new Map<string, number>();
    let done = 0;
    for (; done < cases[kind] && performance.now() < deadline; done++) {
      const what = await run[kind]();
      counts.set(what, (counts.get(what) ?? 0) + 1);
      // By then everything was used once.
      if (done === Math.floor(cases.requests / 4)) before ??= readOwnVitals();
    }
    const statuses = [...counts].sort(([, a], [, b]) => b - a).map(([what, count]) => `${what}: ${count}`);
    rows.push({ kind, cases: done, statuses: statuses.join(", ") });
  }
  if (looksBack) faults.push(...(await ownGrowth(before ?? readOwnVitals(), target.running)));
  faults.push(...target.log.map((line) => `an error in the log: ${line.slice(0, 600)}`));
  return { rows, faults };
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
