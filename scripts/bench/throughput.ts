import { HELLO, interleave, type Scenario } from "./arena.ts";
import { type Contestant, DIRECT, OURS, PROXY } from "./contestants.ts";
import { atLeast, ratio, Samples } from "./figures.ts";

/** Enough for a second or two of ours, and for several of those that start a process for every request. */
const REQUESTS = 40;
const REQUESTS_OF_SLOW = 16;
const CLIENTS = 4;

export const throughput: Scenario = {
  name: "throughput",
  title: `Short questions under one system prompt, from ${CLIENTS} clients at once`,
  async run(arena) {
    arena.answer(() => HELLO);
    const perSecond = new Samples();
    for (const { name, ask } of arena.contestants) {
      // Those that start a process for every request have nothing to warm up.
      if (name === OURS) await askAll(ask, REQUESTS, "warm-up");
    }
    for (let round = 1; round <= Math.ceil(arena.rounds / 7); round++) {
      await interleave(arena, arena.contestants, round, async ({ name, ask }) => {
        const requests = name === DIRECT || name === OURS ? REQUESTS : REQUESTS_OF_SLOW;
        const start = performance.now();
        await askAll(ask, requests, `${round}`);
        perSecond.add(name, (requests * 1000) / (performance.now() - start));
      });
    }
    return {
      rows: [perSecond.row("requests answered in a second", "")],
      goals: [atLeast("times the proxy's", 8, ratio(perSecond.median(OURS), perSecond.median(PROXY)))],
      notes: [`${REQUESTS} requests a round, and ${REQUESTS_OF_SLOW} where each starts a process.`],
    };
  },
};

/** Every client asks its next question when it has the whole answer to its last. */
async function askAll(ask: Contestant["ask"], requests: number, round: string): Promise<void> {
  const left = Array.from({ length: requests }, (_, index) => `Question ${index} of round ${round}?`);
  const client = async () => {
    for (let content = left.pop(); content !== undefined; content = left.pop()) {
      await ask({ system: "You answer briefly.", messages: [{ role: "user", content }] });
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}
