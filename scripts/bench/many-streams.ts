import { text } from "../../src/simulator/reply.ts";
import { type Arena, interleave, type Scenario } from "./arena.ts";
import { waitForWarm } from "./binary.ts";
import { COLD, type Contestant, OURS, openAiServer } from "./contestants.ts";
import { below, quantile, Samples } from "./figures.ts";

const STREAMS = 16;
const DELTAS = 200;
const PAUSE_MS = 20;
const CHUNKS = Array.from({ length: DELTAS }, (_, index) => ` ${index}`);

export const manyStreams: Scenario = {
  name: "many-streams",
  title: `${STREAMS} answers at once, each written in ${DELTAS} pieces, one every ${PAUSE_MS} ms`,
  async run(arena) {
    arena.answer(() => text(CHUNKS.join(""), { chunks: CHUNKS, delayMs: PAUSE_MS }));
    // Usually fewer are answered at the same moment, and the others wait their turn. One place is kept for other programs.
    const server = await arena.startOurs(["--max-concurrency", String(STREAMS + 1)]);
    try {
      await waitForWarm(server.url);
      return await measure(arena, openAiServer(OURS, server.url, { takesTools: true }));
    } finally {
      await server.stop();
    }
  },
};

async function measure(arena: Arena, ours: Contestant) {
  const total = new Samples();
  const written = new Samples();
  const gap = new Samples();
  const slowest = new Samples();
  // `claude -p` would take as long as the proxy, which does the same for each request.
  const others = arena.contestants.filter(({ name }) => name !== OURS && name !== COLD);
  const contestants = [...others, ours];
  const settle = async () => {
    await arena.settle();
    await ours.settle();
  };
  for (let round = 1; round <= Math.ceil(arena.rounds / 8); round++) {
    await interleave({ settle }, contestants, round, async ({ name, ask }) => {
      const question = (n: number) => ({ role: "user", content: `Question ${n} of round ${round}?` }) as const;
      const streams = await Promise.all(
        Array.from({ length: STREAMS }, (_, n) => ask({ system: "You take your time.", messages: [question(n)] })),
      );
      const ends = streams.map(({ endMs }) => endMs);
      total.add(name, ...ends);
      written.add(name, ...streams.map(({ firstMs, endMs }) => endMs - firstMs));
      gap.add(name, ...streams.map(({ maxGapMs }) => maxGapMs));
      slowest.add(name, Math.max(...ends) / quantile(ends, 0.5));
    });
  }
  return {
    rows: [
      total.row("from the question to the end", "ms"),
      written.row("from the first piece to the end", "ms"),
      gap.row("the longest time between two pieces", "ms"),
      slowest.row("the slowest over the median", "x"),
    ],
    goals: [
      below("ours: the slowest stream over the median", 1.5, Math.max(...slowest.of(OURS))),
      below("ours: ms between two pieces, in any stream,", 1000, Math.max(...gap.of(OURS))),
    ],
  };
}
