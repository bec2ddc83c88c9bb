import { descendants, residentMb } from "../processes.ts";
import { HELLO, type Scenario } from "./arena.ts";
import { waitForWarm } from "./binary.ts";
import { OURS, openAiServer } from "./contestants.ts";
import { below, Samples } from "./figures.ts";

const CONVERSATIONS = 50;
const QUESTION = "What was it like? Tell me in a few words. ".repeat(50);

export const memory: Scenario = {
  name: "memory",
  title: `Memory, and ${CONVERSATIONS} conversations that may go on`,
  async run(arena) {
    arena.answer(() => HELLO);
    const server = await arena.startOurs();
    try {
      await waitForWarm(server.url);
      const idle = new Samples();
      idle.add(OURS, residentMb(server.pid));
      const { ask } = openAiServer(OURS, server.url, { takesTools: true });
      for (let n = 0; n < CONVERSATIONS; n++) {
        await ask({ system: "You remember.", messages: [{ role: "user", content: `${n}: ${QUESTION}` }] });
      }
      await waitForWarm(server.url);
      const own = new Samples();
      own.add(OURS, residentMb(server.pid));
      const children = descendants(server.pid);
      const count = new Samples();
      count.add(OURS, children.length);
      const theirs = new Samples();
      theirs.add(
        OURS,
        children.reduce((sum, pid) => sum + residentMb(pid), 0),
      );
      const after = `after ${CONVERSATIONS} conversations`;
      return {
        rows: [
          idle.row("our own process, idle, before the first question", "MB"),
          own.row(`our own process, ${after}`, "MB"),
          count.row(`processes of the CLI, ${after}`, ""),
          theirs.row(`all of these together, ${after}`, "MB"),
        ],
        goals: [below(`MB of our own process ${after}`, 80, own.median(OURS))],
      };
    } finally {
      await server.stop();
    }
  },
};
