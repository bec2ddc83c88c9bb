import { HELLO, interleave, type Scenario } from "./arena.ts";
import { COLD, type Conversation, OURS } from "./contestants.ts";
import { atLeast, ratio, Samples } from "./figures.ts";

const SIZES = [100, 1_000] as const;
const TIMES_SHORTER = 2.5;

export const growth: Scenario = {
  name: "growth",
  title: "Time to the first token of a conversation with a history that no process remembers",
  async run(arena) {
    arena.answer(() => HELLO);
    const samples = new Map(SIZES.map((size) => [size, new Samples()]));
    const rounds = Math.ceil(arena.rounds / 2);
    // The first round warms every path, and is not counted.
    for (let round = 0; round <= rounds; round++) {
      for (const [size, ofSize] of samples) {
        await interleave(arena, arena.contestants, round, async ({ name, ask }) => {
          const { firstMs } = await ask(conversation(round, size));
          if (round > 0) ofSize.add(name, firstMs);
        });
      }
    }
    return {
      rows: [...samples].map(([size, ofSize]) => ofSize.row(`${size} messages`, "ms")),
      goals: [...samples].map(([size, ofSize]) =>
        atLeast(
          `${size} messages: times shorter than claude -p's`,
          TIMES_SHORTER,
          ratio(ofSize.median(COLD), ofSize.median(OURS)),
        ),
      ),
    };
  },
};

function conversation(round: number, size: number): Conversation {
  const messages = Array.from({ length: size }, (_, index) =>
    index % 2 === 0
      ? ({ role: "user", content: `Question ${index} of round ${round}: what is the next step of the plan?` } as const)
      : ({
          role: "assistant",
          content: `Answer ${index}: the next step is to look at the result of the last one.`,
        } as const),
  );
  return { system: "You help with a long plan.", messages: [...messages, { role: "user", content: "And now?" }] };
}
