import type { Arena, Scenario } from "./arena.ts";
import { OURS } from "./contestants.ts";
import { Samples } from "./figures.ts";

export const start: Scenario = {
  name: "start",
  title: "From the start of the server's process to its first answered request",
  async run(arena) {
    const samples = new Samples();
    await arena.settle();
    for (let round = 0; round < 5; round++) samples.add(OURS, await measureStart(arena));
    return { rows: [samples.row("to the answer of GET /v1/models", "ms")], goals: [] };
  },
};

async function measureStart({ startOurs }: Arena): Promise<number> {
  const begin = performance.now();
  const { url, stop } = await startOurs();
  try {
    await (await fetch(`${url}/v1/models`)).text();
    return performance.now() - begin;
  } finally {
    await stop();
  }
}
