import { text } from "../../src/simulator/reply.ts";
import { cpuMs } from "../processes.ts";
import { type Arena, contestantNamed, type Scenario } from "./arena.ts";
import { BARE, BareCli } from "./bare-cli.ts";
import { type Contestant, DIRECT, type Message, OURS } from "./contestants.ts";
import { atMost, below, ratio, Samples } from "./figures.ts";
import type { Timed } from "./timed-stream.ts";

const DELTAS = 5_000;
/** Of four characters each: one token by the simulator's measure. */
const CHUNKS = Array.from({ length: DELTAS }, (_, index) => ` ${String(index % 1000).padStart(3, "0")}`);
const ANSWER = CHUNKS.join("");
const SYSTEM = "You write at length.";
/** The kernel counts processor time in hundredths of a second: over fewer chunks the figure would be a coarse one. */
const MIN_CHUNKS = 20_000;

export const longStream: Scenario = {
  name: "long-stream",
  title: `An answer of ${DELTAS} tokens in as many pieces, written as fast as it goes`,
  async run(arena) {
    arena.answer(() => text(ANSWER, { chunks: CHUNKS }));
    const bare = await BareCli.start(arena.around, SYSTEM);
    arena.atEnd(() => bare.stop());
    try {
      const { total, cpuUs } = await measure(arena, bare);
      return {
        rows: [
          total.row("the whole answer", "ms"),
          cpuUs.row("processor time of the server's own process, per piece", "us"),
        ],
        goals: [
          atMost("ours over the bare CLI's", 1.1, ratio(total.median(OURS), total.median(BARE))),
          below("us of our own process per piece, over all streams,", 30, mean(cpuUs.of(OURS))),
        ],
        notes: [
          `${BARE}: a warm process of the CLI with our arguments, driven directly. ${OURS} and it go on with`,
          "one conversation, which grows alike for both.",
        ],
      };
    } finally {
      await bare.stop();
    }
  },
};

async function measure(arena: Arena, bare: BareCli) {
  const total = new Samples();
  const cpuUs = new Samples();
  const direct = contestantNamed(arena, DIRECT);
  const askOurs = longConversation(contestantNamed(arena, OURS));
  const contestants: [string, (question: string) => Promise<Timed>][] = [
    [BARE, (question) => bare.ask(question)],
    [OURS, askOurs],
    [DIRECT, (content) => direct.ask({ system: SYSTEM, messages: [{ role: "user", content }] })],
  ];
  // The first round warms every path, and is not counted.
  const rounds = Math.max(Math.ceil(MIN_CHUNKS / DELTAS), arena.rounds);
  for (let round = 0; round <= rounds; round++) {
    for (const [name, ask] of round % 2 === 0 ? contestants : contestants.toReversed()) {
      await arena.settle();
      const before = cpuMs(arena.ours.pid);
      const { endMs, deltas } = await ask(`Question ${round}?`);
      if (deltas !== DELTAS) throw new Error(`${name} gave ${deltas} pieces of ${DELTAS}`);
      if (round === 0) continue;
      total.add(name, endMs);
      if (name === OURS) cpuUs.add(name, ((cpuMs(arena.ours.pid) - before) * 1000) / DELTAS);
    }
  }
  return { total, cpuUs };
}

/** As a chat client has it: every request tells all that was said before. */
function longConversation({ ask }: Contestant): (question: string) => Promise<Timed> {
  const messages: Message[] = [];
  return async (content) => {
    messages.push({ role: "user", content });
    const timed = await ask({ system: SYSTEM, messages });
    messages.push({ role: "assistant", content: ANSWER });
    return timed;
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
