import { text } from "../../src/simulator/reply.ts";
import { tokensOf } from "../../src/simulator/tokens.ts";
import { type Arena, interleave, type Scenario } from "./arena.ts";
import { type Contestant, type Message, OURS } from "./contestants.ts";
import { atLeast, atMost, Samples } from "./figures.ts";

const TURNS = 10;

/** Both have about 9,400 tokens of their own: in the turns alone, or half of them in a text that all turns are about. */
const SHAPES = [
  { label: "turns of 470 + 470, short prompt", system: 10, message: 470 },
  { label: "turns of 235 + 235, prompt of 4700", system: 4700, message: 235 },
] as const;
type Shape = (typeof SHAPES)[number];

export const conversationTokens: Scenario = {
  name: "conversation-tokens",
  title: `Input tokens that a conversation of ${TURNS} turns is charged, and how many of them are read from the prompt cache`,
  async run(arena) {
    const measured = [];
    for (const shape of SHAPES) measured.push({ label: shape.label, ...(await measure(arena, shape)) });
    return {
      rows: measured.flatMap(({ label, times, share }) => [
        times.row(`${label}: charged over own`, "x"),
        share.row(`${label}: read from the cache`, "%"),
      ]),
      goals: measured.flatMap(({ label, times, share }) => [
        atMost(`${label}: tokens charged over own,`, 1.4, times.median(OURS)),
        atLeast(`${label}: % read from the cache`, 85, share.median(OURS)),
      ]),
      notes: [
        "Charged: input, cache reads and cache writes of all requests, by the simulator's count. Own: the tokens of the",
        "system prompt and messages that the client sent in these requests, of which each tells all that was said before.",
        "Nothing is cached when a conversation begins. What a request adds is never read: direct shows how much can be.",
      ],
    };
  },
};

async function measure(arena: Arena, shape: Shape) {
  const times = new Samples();
  const share = new Samples();
  arena.answer(() => text(words("answer", shape.message)));
  await interleave(arena, arena.contestants, 0, async (contestant) => {
    arena.simulator.clearPromptCache();
    const { own, charged, read } = await converse(arena, contestant, shape);
    times.add(contestant.name, charged / own);
    share.add(contestant.name, (100 * read) / charged);
  });
  return { times, share };
}

async function converse(arena: Arena, { ask }: Contestant, shape: Shape) {
  const system = words("system", shape.system);
  const messages: Message[] = [];
  let own = 0;
  const requests = await arena.requestsOf(async () => {
    for (let turn = 1; turn <= TURNS; turn++) {
      messages.push({ role: "user", content: words(`question ${turn}`, shape.message) });
      own += [system, ...messages.map(({ content }) => content)].reduce((sum, part) => sum + tokensOf(part), 0);
      await ask({ system, messages });
      messages.push({ role: "assistant", content: words("answer", shape.message) });
    }
  });
  const charges = requests.flatMap(({ charged }) => (charged === undefined ? [] : [charged]));
  const read = charges.reduce((sum, { cache_read_input_tokens }) => sum + cache_read_input_tokens, 0);
  const others = charges.reduce((sum, one) => sum + one.input_tokens + one.cache_creation_input_tokens, 0);
  return { own, read, charged: read + others };
}

/** A text worth so many tokens by the simulator's measure. */
function words(word: string, tokens: number): string {
  return `${word} `
    .repeat(tokens * 4)
    .slice(0, tokens * 4 - 1)
    .concat(".");
}
