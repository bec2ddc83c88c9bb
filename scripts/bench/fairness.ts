import { text } from "../../src/simulator/reply.ts";
import type { Arena, Scenario } from "./arena.ts";
import { waitForWarm } from "./binary.ts";
import { type Message, OURS } from "./contestants.ts";
import { atMost, type Goal, ratio, Samples } from "./figures.ts";

/** What another, or the same, program has running when somebody asks. */
type Batch = { readonly label: string; readonly size: number; readonly turnMs: number; readonly program: string };

/** As a person sees it: the question comes when the batch is under way, and its last requests have been sent. */
const HEAD_START_MS = 100;
/** How many times as long as undisturbed. */
const GOAL = 4;

const PERSON = "somebody/1.0";
const CONVERSATION = "the next turn of a conversation";
const QUESTION = "one question";

export const fairness: Scenario = {
  name: "fairness",
  title: "Whole answers while a batch runs, and while nothing else does",
  async run(arena) {
    arena.answer(({ rawBody }) => {
      const turnMs = /takes (\d+) ms/.exec(rawBody)?.[1];
      return text("Hello world.", turnMs === undefined ? {} : { firstDelayMs: Number(turnMs) });
    });
    const server = await arena.startOurs();
    try {
      await waitForWarm(server.url);
      return await measure(arena, server.url);
    } finally {
      await server.stop();
    }
  },
};

async function measure({ rounds }: Arena, url: string) {
  const alone = { [CONVERSATION]: new Samples(), [QUESTION]: new Samples() };
  const cases = [
    { asked: CONVERSATION, batch: { label: "16 of the same program's", size: 16, turnMs: 1500, program: PERSON } },
    { asked: QUESTION, batch: { label: "60 of another's", size: 60, turnMs: 1000, program: "batch/1.0" } },
    { asked: QUESTION, batch: { label: "500 of another's", size: 500, turnMs: 1000, program: "batch/1.0" } },
  ] as const;
  const beside = cases.map(() => new Samples());
  // The first round warms every path, and is not counted.
  for (let round = 0; round <= Math.ceil(rounds / 3); round++) {
    const messages: Message[] = [];
    const next = () => goOn(url, round, messages);
    const ask = { [CONVERSATION]: next, [QUESTION]: () => answerMs(url, PERSON, round, [user("And now?")]) };
    await next();
    for (const [index, { asked, batch }] of cases.entries()) {
      await waitForWarm(url);
      const undisturbed = await ask[asked]();
      await waitForWarm(url);
      const disturbed = await during(url, batch, ask[asked]);
      if (round === 0) continue;
      alone[asked].add(OURS, undisturbed);
      beside[index]?.add(OURS, disturbed);
    }
  }
  const times = (index: number, asked: typeof CONVERSATION | typeof QUESTION) =>
    ratio(beside[index]?.median(OURS), alone[asked].median(OURS));
  // Five hundred requests at one moment take the server's own time, too.
  const goals: Goal[] = cases
    .slice(0, 2)
    .map(({ asked, batch }, index) =>
      atMost(`${asked}, beside ${batch.label}: times as long as alone`, GOAL, times(index, asked)),
    );
  return {
    rows: [
      alone[CONVERSATION].row(`${CONVERSATION}, alone`, "ms"),
      alone[QUESTION].row(`${QUESTION}, alone`, "ms"),
      ...cases.map(({ asked, batch }, index) =>
        (beside[index] ?? new Samples()).row(`${asked}, beside ${batch.label}`, "ms"),
      ),
    ],
    goals,
    notes: ["Of a batch no answer is streamed, and each takes 1 second, or 1.5 where there are 16."],
  };
}

/** Asks in the middle of a batch, of which the rest is given up then. */
async function during<T>(url: string, { size, turnMs, program }: Batch, ask: () => Promise<T>): Promise<T> {
  const leaving = new AbortController();
  const batch = Array.from({ length: size }, (_, n) =>
    post(url, program, `Each of these takes ${turnMs} ms.`, [user(`Number ${n}?`)], leaving.signal).catch(() => {}),
  );
  await Bun.sleep(HEAD_START_MS);
  try {
    return await ask();
  } finally {
    leaving.abort();
    await Promise.all(batch);
  }
}

async function goOn(url: string, round: number, messages: Message[]): Promise<number> {
  messages.push(user(`What is ${messages.length} times ${messages.length}?`));
  const ms = await answerMs(url, PERSON, round, messages);
  messages.push({ role: "assistant", content: "Hello world." });
  return ms;
}

async function answerMs(url: string, program: string, round: number, messages: readonly Message[]): Promise<number> {
  const begin = performance.now();
  await post(url, program, `You answer in round ${round}.`, messages, AbortSignal.timeout(60_000));
  return performance.now() - begin;
}

async function post(url: string, program: string, system: string, messages: readonly Message[], signal: AbortSignal) {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", "user-agent": program },
    body: JSON.stringify({ model: "claude-sonnet-4", messages: [{ role: "system", content: system }, ...messages] }),
    signal,
  });
  const body = await response.text();
  if (!response.ok) throw new Error(`answered ${response.status}: ${body}`);
}

function user(content: string): Message {
  return { role: "user", content };
}
