import { HELLO, interleave, type Scenario } from "./arena.ts";
import { type Contestant, OURS, PROXY } from "./contestants.ts";
import { atLeast, ratio, Samples } from "./figures.ts";

const REQUESTS = 40;
const CLIENTS = 4;

export const throughput: Scenario = {
  name: "throughput",
  title: `Short questions under one system prompt, ${REQUESTS} of them from ${CLIENTS} clients at once`,
  async run(arena) {
    arena.answer(() => HELLO);
    const perSecond = new Samples();
    for (const { name, ask } of arena.contestants) {
      // Those that start a process for every request have nothing to warm up.
      if (name === OURS) await askAll(ask, "warm-up");
    }
    for (let round = 1; round <= Math.ceil(arena.rounds / 7); round++) {
      await interleave(arena, arena.contestants, round, async ({ name, ask }) => {
        const start = performance.now();
        await askAll(ask, `${round}`);
        perSecond.add(name, (REQUESTS * 1000) / (performance.now() - start));
      });
    }
    return {
      rows: [perSecond.row("requests in a second", "1/s")],
      goals: [atLeast("times the proxy's", 8, ratio(perSecond.median(OURS), perSecond.median(PROXY)))],
    };
  },
};

/** Every client asks its next question when it has the whole answer to its last. */
async function askAll(ask: Contestant["ask"], round: string): Promise<void> {
  const left = Array.from({ length: REQUESTS }, (_, index) => `Question ${index} of round ${round}?`);
  const client = async () => {
    for (let content = left.pop(); content !== undefined; content = left.pop()) {
      await ask({ system: "You answer briefly.", messages: [{ role: "user", content }] });
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
}
