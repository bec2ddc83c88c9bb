import { HELLO, interleave, type Scenario } from "./arena.ts";
import { type Contestant, type Conversation, OURS } from "./contestants.ts";
import { below, Samples } from "./figures.ts";

const SYSTEM = "You are a helpful assistant who answers in one sentence.";
const TOOL = {
  name: "get_weather",
  description: "Tells the weather of a city",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
const QUESTION = { role: "user", content: "What is the weather like in Paris?" } as const;
const KINDS: readonly [label: string, conversation: Conversation][] = [
  ["one question", { system: SYSTEM, messages: [QUESTION] }],
  [
    "the third turn of a conversation",
    {
      system: SYSTEM,
      messages: [
        QUESTION,
        { role: "assistant", content: "Hello world." },
        { role: "user", content: "And in Rome?" },
        { role: "assistant", content: "Hello world." },
        { role: "user", content: "Thank you." },
      ],
    },
  ],
  ["one question, with a tool", { system: SYSTEM, messages: [QUESTION], tools: [TOOL] }],
];

export const upstreamBytes: Scenario = {
  name: "upstream-bytes",
  title: "Bytes sent to the API beyond the client's own: its texts, and its tools as JSON",
  async run(arena) {
    arena.answer(() => HELLO);
    const rows: [label: string, samples: Samples][] = [];
    for (const [label, conversation] of KINDS) {
      const samples = new Samples();
      rows.push([label, samples]);
      for (let round = 0; round < 3; round++) {
        await interleave(arena, able(arena.contestants, conversation), round, async ({ name, ask }) => {
          const requests = await arena.requestsOf(() => ask(conversation));
          const sent = requests.reduce((sum, { rawBody }) => sum + Buffer.byteLength(rawBody), 0);
          samples.add(name, sent - ownBytes(conversation));
        });
      }
    }
    return {
      rows: rows.map(([label, samples]) => samples.row(label, "bytes")),
      goals: rows.map(([label, samples]) => below(`${label}: our bytes`, 3000, Math.max(...samples.of(OURS)))),
    };
  },
};

function able(contestants: readonly Contestant[], { tools = [] }: Conversation): readonly Contestant[] {
  return contestants.filter(({ takesTools }) => takesTools || tools.length === 0);
}

function ownBytes({ system, messages, tools = [] }: Conversation): number {
  const texts = [system, ...messages.map(({ content }) => content), ...tools.map((tool) => JSON.stringify(tool))];
  return texts.reduce((sum, content) => sum + Buffer.byteLength(content), 0);
}
