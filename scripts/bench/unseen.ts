import { HELLO, interleave, type Scenario } from "./arena.ts";
import { COLD, type Contestant, type Conversation, OURS, type Tool } from "./contestants.ts";
import { atLeast, atMost, type Goal, ratio, Samples } from "./figures.ts";

const TOOLS = [1, 10, 50, 200] as const;
const AGENTS = 6;
const TOOLS_OF_AGENT = 20;
const AT_ONCE = 16;

/** The next turn of a conversation that a process remembers: what everything else is compared with. */
const NEXT = "the next turn";
const CHANGED = "the next turn, with a tool more than before";
const SCHEMA = "a new schema of the answer";
const AGENT = `${AGENTS} agents in turn, with ${TOOLS_OF_AGENT} tools each`;
const SINGLE = "a new conversation";
const BURST = `the slowest of ${AT_ONCE} new conversations at once, after such a burst`;

const ANSWER = { role: "assistant", content: "Hello world." } as const;
const user = (content: string) => ({ role: "user", content }) as const;
const inRound = (round: number) => user(`And in round ${round}?`);

/** What no process has been asked before, beside the next turn of a conversation. `claude -p` takes no tools: it is asked without. */
export const unseen: Scenario = {
  name: "unseen",
  title: "Time to the first token of requests whose kind no process has served before",
  async run(arena) {
    arena.answer(() => HELLO);
    const samples = new Map<string, Samples>();
    const add = (label: string, name: string, ...values: number[]) => {
      const known = samples.get(label) ?? new Samples();
      samples.set(label, known);
      known.add(name, ...values);
    };
    // The first round warms every path, and is not counted.
    for (let round = 0; round <= arena.rounds; round++) {
      for (const [label, asked] of cases(round)) {
        await interleave(arena, arena.contestants, round, async ({ name, ask }) => {
          if (label === BURST && (name !== OURS || round > Math.ceil(arena.rounds / 4))) return;
          const times = await asked(ask);
          if (round > 0) add(label, name, ...times);
        });
      }
    }
    const ours = (label: string) => samples.get(label)?.median(OURS);
    return {
      rows: [...samples].map(([label, measured]) => measured.row(label, "ms")),
      goals: [
        ...[...TOOLS.map(offering), CHANGED, SCHEMA].flatMap((label): Goal[] => [
          atMost(`${label}: times the next turn's`, 2.5, ratio(ours(label), ours(NEXT))),
          atLeast(`${label}: times shorter than claude -p's`, 6, ratio(samples.get(label)?.median(COLD), ours(label))),
        ]),
        atMost(`${AGENT}: times the next turn's`, 1.5, ratio(ours(AGENT), ours(NEXT))),
        atMost(`${BURST}: times a single one's`, 8, ratio(ours(BURST), ours(SINGLE))),
      ],
    };
  },
};

const offering = (count: number) => `${count} ${count === 1 ? "tool" : "tools"} never seen`;

/** Gives the milliseconds that it measured. */
type Case = (ask: Contestant["ask"]) => Promise<number[]>;

function cases(round: number): [label: string, asked: Case][] {
  const system = `You answer in round ${round}.`;
  const opening = [user("Hello"), ANSWER];
  const known = tools(3, `known_${round}`);
  const one = (conversation: Conversation): Case => {
    return async (ask) => [(await ask(conversation)).firstMs];
  };
  // Each goes on in a conversation of its own, which is there from the round before the first that counts.
  const ofAgent = (agent: number): Conversation => ({
    system: `You are agent ${agent}.`,
    tools: tools(TOOLS_OF_AGENT, `agent_${agent}`),
    messages: [...Array.from({ length: round }, (_, earlier) => [inRound(earlier), ANSWER]).flat(), inRound(round)],
  });
  return [
    [SINGLE, one({ system, tools: known, messages: [user("Hello")] })],
    [NEXT, one({ system, tools: known, messages: [...opening, user("And now?")] })],
    [
      CHANGED,
      one({
        system,
        tools: [...known, ...tools(1, `more_${round}`)],
        messages: [...opening, user("And now?"), ANSWER, user("And with that?")],
      }),
    ],
    ...TOOLS.map((count): [string, Case] => [
      offering(count),
      one({ system, tools: tools(count, `new_${round}_${count}`), messages: [user("Hello")] }),
    ]),
    [SCHEMA, one({ system, messages: [user("Hello")], schema: schemaOf(round) })],
    [
      AGENT,
      async (ask) => {
        const times: number[] = [];
        for (let agent = 0; agent < AGENTS; agent++) times.push((await ask(ofAgent(agent))).firstMs);
        return times;
      },
    ],
    [
      BURST,
      async (ask) => {
        const burst = Array.from({ length: AT_ONCE }, (_, index) =>
          ask({ system: `You are ${index} of round ${round}.`, messages: [user("Hello")] }),
        );
        return [Math.max(...(await Promise.all(burst)).map(({ firstMs }) => firstMs))];
      },
    ],
  ];
}

function tools(count: number, prefix: string): Tool[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `${prefix}_${index}`,
    description: `Looks up what there is of kind ${index}, and tells it in a list of at most ten lines.`,
    parameters: {
      type: "object",
      properties: { query: { type: "string" }, limit: { type: "integer" } },
      required: ["query"],
    },
  }));
}

function schemaOf(round: number): object {
  const properties = { [`answer_${round}`]: { type: "string" } };
  return { type: "object", properties, required: Object.keys(properties), additionalProperties: false };
}
