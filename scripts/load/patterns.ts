import { type Answer, ask, faultIn, HANGS } from "../arena/judge.ts";
import { inPlace, outcomeOf, type Place, type PlaceOutcome, unended } from "../arena/place.ts";
import type { Random } from "../arena/random.ts";
import { growth, readVitals, type Vitals, waitForIdle } from "../arena/vitals.ts";

/** Many at once, of one kind. `clients` says how many. */
export type Pattern = {
  readonly name: string;
  readonly clients: number;
  /** Whether memory must have been as full once before, since what is reused is not given back. */
  readonly isLarge?: boolean;
  readonly run: (load: Load, clients: number) => Promise<void>;
};

type Load = {
  readonly place: Place;
  readonly random: Random;
  /** Asks for a chat, notes how it ended and what is wrong with that. */
  chat(body: object, more?: { readonly program?: string; readonly leavesAfterMs?: number }): Promise<Answer | string>;
  fault(what: string): void;
};

/** A hang on a machine that has much else to do, too. */
const PATIENCE_MS = 600_000;
const GOING_MS = 60_000;
/** A program that asks one question beside many of another's is answered within. */
const FAIR_MS = 15_000;
const MOST_PROCESSES = 8;
/** Processes that were not needed before, with the pipes of each, and memory that is reused, but not given back. */
const TOLERANCE: Vitals = { processes: MOST_PROCESSES, files: 6 * MOST_PROCESSES, residentMb: 150 };

const TOOL = { type: "function", function: { name: "f", parameters: { type: "object", properties: {} } } };
const user = (content: string) => ({ messages: [{ role: "user", content }] });

export const PATTERNS: readonly Pattern[] = [
  {
    name: "slow readers",
    clients: 6,
    async run({ place, chat, fault }, clients) {
      const slow = Array.from({ length: clients }, async (_, n) => {
        const response = await post(place.url, { ...user(`Client ${n}, say 2000 KB`), stream: true }, `slow/${n}`);
        const reader = response.body?.getReader();
        let text = "";
        const decoder = new TextDecoder();
        for (let pieces = 0; ; pieces++) {
          const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
          if (done) break;
          text = (text + decoder.decode(value, { stream: true })).slice(-100);
          if (pieces < 20) await Bun.sleep(100);
        }
        if (!text.endsWith("data: [DONE]\n\n")) fault("a slow reader's stream without its end");
      });
      const quick = chat(user("And I?"), { program: "quick/1" });
      await Promise.all([...slow, quick]);
    },
  },
  {
    name: "leavers",
    clients: 60,
    async run({ chat, random }, clients) {
      const leaving = Array.from({ length: clients }, (_, n) =>
        chat({ ...user(`Client ${n}, say 50 KB`), stream: n % 2 === 0 }, { leavesAfterMs: random.between(1, 600) }),
      );
      await Promise.all(leaving);
    },
  },
  {
    name: "calls that nobody answers",
    clients: 24,
    async run({ place, chat, fault }, clients) {
      const asking = Array.from({ length: clients }, (_, n) => chat({ ...user(`Client ${n}`), tools: [TOOL] }));
      await Promise.all(asking);
      const { processes } = readVitals(place.pid);
      // Beside the CLI's there is the one that ends these should the server be gone.
      if (processes > MOST_PROCESSES + 2) fault(`${processes} processes`);
    },
  },
  {
    name: "large bodies",
    clients: 12,
    isLarge: true,
    async run({ chat }, clients) {
      const content = `Nothing much. ${"x".repeat(15 * 1024 * 1024)}`;
      await Promise.all(Array.from({ length: clients }, () => chat(user(content))));
    },
  },
  {
    name: "more than may be under way",
    clients: 1100,
    async run({ chat }, clients) {
      await Promise.all(
        Array.from({ length: clients }, (_, n) => chat(user(`Client ${n}`), { program: `p${n % 7}/1` })),
      );
    },
  },
  {
    name: "one program beside another's many",
    clients: 150,
    async run({ chat, fault }, clients) {
      const many = Array.from({ length: clients }, (_, n) => chat(user(`Number ${n}`), { program: "batch/1" }));
      await Bun.sleep(100);
      for (let n = 0; n < 3; n++) {
        const begin = performance.now();
        await chat(user(`And mine, ${n}`), { program: "person/1" });
        const ms = performance.now() - begin;
        if (ms > FAIR_MS) fault(`one question beside ${clients} takes ${Math.round(ms)} ms`);
      }
      await Promise.all(many);
    },
  },
];

export type LoadOptions = {
  readonly random: Random;
  /** How many clients of each, of those that a pattern has. */
  readonly share: number;
  readonly patterns?: readonly Pattern[];
  /** How many the server may have; default: as many as it needs to be under load. */
  readonly processes?: number;
  /** No pattern begins after it, in milliseconds of `performance.now`. */
  readonly deadline: number;
};

export type LoadRow = { readonly name: string; readonly clients: number; readonly ms: number; readonly ends: string };

/** Runs one pattern after the other at one server, which then holds what it held before. */
export async function load({
  random,
  share,
  patterns = PATTERNS,
  processes = MOST_PROCESSES,
  deadline,
}: LoadOptions): Promise<{
  readonly rows: readonly LoadRow[];
  readonly faults: readonly string[];
}> {
  const rows: LoadRow[] = [];
  const faults: string[] = [];
  const args = ["--max-workers", String(processes), "--park-timeout", "3", "--warm", "1"];
  const { faults: outer }: PlaceOutcome = await inPlace({ args }, async (place) => {
    // As many processes as there will be, and everything used once.
    await Promise.all(Array.from({ length: processes }, (_, n) => post(place.url, user(`Warm up ${n}`), "warm/1")));
    for (const { run, clients } of patterns.filter(({ isLarge }) => isLarge)) {
      const unheeded = {
        place,
        random,
        chat: async (body: object) => (await post(place.url, body, "warm/1")).text(),
        fault: () => {},
      };
      await run(unheeded, Math.ceil(clients * share));
    }
    await rest(place, faults);
    const before = readVitals(place.pid);
    for (const { name, clients, run } of patterns) {
      if (performance.now() > deadline) break;
      const ends = new Map<string, number>();
      const count = Math.ceil(clients * share);
      const fault = (what: string) => void faults.push(`${name}: ${what}`);
      const chat: Load["chat"] = async (body, { program = "load/1", leavesAfterMs } = {}) => {
        const answer = await ask(
          `${place.url}/v1/chat/completions`,
          request(body, program),
          leavesAfterMs ?? PATIENCE_MS,
        );
        const isLeft = leavesAfterMs !== undefined && answer === HANGS;
        // How often the model was asked cannot be told apart here.
        const wrong = typeof answer === "string" ? answer : (faultIn(answer, 0) ?? unended(answer) ?? unlikely(answer));
        if (wrong !== undefined && !isLeft) fault(wrong);
        const end = isLeft ? "left" : outcomeOf(answer);
        ends.set(end, (ends.get(end) ?? 0) + 1);
        return answer;
      };
      const begin = performance.now();
      await run({ place, random: random.fork(), chat, fault }, count);
      const ms = Math.round(performance.now() - begin);
      await rest(place, faults);
      faults.push(...(await left(place, before)).map((what) => `${name}: ${what}`));
      const told = [...ends].map(([end, times]) => `${end}: ${times}`).join(", ");
      rows.push({ name, clients: count, ms, ends: told });
    }
  });
  return { rows, faults: [...faults, ...outer] };
}

/** Under load a request is answered, or told to come back. */
function unlikely({ status, headers, body }: Answer): string | undefined {
  if (status === 200) return undefined;
  if (status !== 429) return `a ${status}: ${body.slice(0, 200)}`;
  return headers.get("retry-after") === null ? "a 429 without Retry-After" : undefined;
}

async function rest({ url }: Place, faults: string[]): Promise<void> {
  if (!(await waitForIdle(url, 500))) faults.push("the server did not come to rest");
}

/** What is more than before, once it had the time to go: memory is given back when the server has a pause. */
async function left({ pid }: Place, before: Vitals): Promise<string[]> {
  const end = performance.now() + GOING_MS;
  for (;;) {
    const found = growth(before, readVitals(pid), TOLERANCE);
    if (found.length === 0 || performance.now() > end) return found;
    await Bun.sleep(500);
  }
}

function request(body: object, program: string): RequestInit {
  const headers = { "content-type": "application/json", "user-agent": program };
  // Connections of clients that ask no more are none that are left.
  return { method: "POST", keepalive: false, headers, body: JSON.stringify({ model: "claude-sonnet-4", ...body }) };
}

function post(url: string, body: object, program: string): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, { ...request(body, program), signal: AbortSignal.timeout(PATIENCE_MS) });
}
