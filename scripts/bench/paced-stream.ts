import { text } from "../../src/simulator/reply.ts";
import { interleave, type Scenario } from "./arena.ts";
import { OURS } from "./contestants.ts";
import { below, Samples } from "./figures.ts";

const DELTAS = 200;
const PAUSE_MS = 10;
const CHUNKS = Array.from({ length: DELTAS }, (_, index) => ` ${index}`);

export const pacedStream: Scenario = {
  name: "paced-stream",
  title: `An answer that the model writes in ${DELTAS} pieces, one every ${PAUSE_MS} ms: does it come as it is written?`,
  async run(arena) {
    arena.answer(() => text(CHUNKS.join(""), { chunks: CHUNKS, delayMs: PAUSE_MS }));
    const total = new Samples();
    const share = new Samples();
    const gap = new Samples();
    for (let round = 0; round <= Math.ceil(arena.rounds / 5); round++) {
      await interleave(arena, arena.contestants, round, async ({ name, ask }) => {
        const conversation = {
          system: "You take your time.",
          messages: [{ role: "user", content: `${round}` }],
        } as const;
        const { firstMs, endMs, deltas, maxGapMs } = await ask(conversation);
        if (name === OURS && deltas !== DELTAS) throw new Error(`${deltas} pieces came of ${DELTAS}`);
        if (round === 0) return;
        total.add(name, endMs);
        share.add(name, (100 * firstMs) / endMs);
        gap.add(name, maxGapMs);
      });
    }
    return {
      rows: [
        total.row("the whole answer", "ms"),
        share.row("time to the first piece, of the whole", "%"),
        gap.row("the longest time between two pieces", "ms"),
      ],
      goals: [
        below("ours: % of the time until the first piece, at the worst,", 20, Math.max(...share.of(OURS))),
        below("ours: ms between two pieces, at the worst,", 200, Math.max(...gap.of(OURS))),
      ],
    };
  },
};
