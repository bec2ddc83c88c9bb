import { HELLO, interleave, type Scenario } from "./arena.ts";
import { type Conversation, OURS, PROXY } from "./contestants.ts";
import { atLeast, below, type Goal, quantile, ratio, Samples } from "./figures.ts";

const ANSWER = "Hello world.";

type Kind = "fresh" | "next" | "seen" | "pair";
const LABELS: Readonly<Record<Kind, string>> = {
  fresh: "a new system prompt",
  next: "the next turn of a conversation",
  seen: "one question, system prompt seen before",
  pair: "two at once, new system prompts",
};
const KINDS: readonly Kind[] = ["fresh", "next", "seen", "pair"];

export const firstToken: Scenario = {
  name: "first-token",
  title: "Time to the first token, each when nothing else is going on",
  async run(arena) {
    arena.answer(() => HELLO);
    const samples = { fresh: new Samples(), next: new Samples(), seen: new Samples(), pair: new Samples() };
    // The first round warms every path, and is not counted.
    for (let round = 0; round <= arena.rounds; round++) {
      for (const kind of KINDS) {
        await interleave(arena, arena.contestants, round, async ({ name, ask }) => {
          const asked = conversations(kind, round);
          const answers = await Promise.all(asked.map(ask));
          if (round > 0) samples[kind].add(name, ...answers.map(({ firstMs }) => firstMs));
        });
      }
    }
    return {
      rows: KINDS.map((kind) => samples[kind].row(LABELS[kind], "ms")),
      goals: [
        ...(["fresh", "pair"] as const).flatMap((kind) => freshGoals(LABELS[kind], samples[kind])),
        ...(["next", "seen"] as const).map((kind) => timesShorter(LABELS[kind], 15, samples[kind])),
      ],
    };
  },
};

function freshGoals(label: string, samples: Samples): Goal[] {
  const spread = ratio(quantile(samples.of(OURS), 0.95), samples.median(OURS));
  return [timesShorter(label, 6, samples), below(`${label}: our p95 over our median`, 2, spread)];
}

function timesShorter(label: string, times: number, samples: Samples): Goal {
  return atLeast(`${label}: times shorter than the proxy's`, times, ratio(samples.median(PROXY), samples.median(OURS)));
}

/** What is asked at one moment. Of each round, the later kinds go on from its first. */
function conversations(kind: Kind, round: number): Conversation[] {
  const system = `You answer in round ${round}.`;
  const question = { role: "user", content: "Hello" } as const;
  switch (kind) {
    case "fresh":
      return [{ system, messages: [question] }];
    case "next":
      return [
        {
          system,
          messages: [question, { role: "assistant", content: ANSWER }, { role: "user", content: "And now?" }],
        },
      ];
    case "seen":
      return [{ system, messages: [{ role: "user", content: "Another." }] }];
    case "pair":
      return ["one", "two"].map((which) => ({ system: `${system} You are number ${which}.`, messages: [question] }));
  }
}
