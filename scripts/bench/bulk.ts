import { residentMb } from "../processes.ts";
import { HELLO, type Scenario } from "./arena.ts";
import { waitForWarm } from "./binary.ts";
import { OURS } from "./contestants.ts";
import { below, quantile, Samples } from "./figures.ts";

const MB = 1_000_000;
const PAUSE_MS = 10;
/** How long after the last answer memory is looked at. */
const REST_MS = 10_000;
const LIMIT_MS = 300_000;

type Load = { readonly label: string; readonly body: Uint8Array; readonly count: number };

/** The first two are refused in the end, so that what is measured is what becomes of the bodies, and not the CLI. The last is answered. */
const LOADS: readonly Load[] = [
  { label: "60 MB of small messages, the last of them wrong", body: smallMessages(60 * MB), count: 1 },
  { label: "24 bodies of 30 MB, each a long text for no model", body: longText(30 * MB), count: 24 },
  { label: "a conversation of 20,000 short messages", body: shortMessages(20_000), count: 1 },
];

export const bulk: Scenario = {
  name: "bulk",
  title: "What others notice of large bodies",
  async run(arena) {
    arena.answer(() => HELLO);
    const rows = [];
    const goals = [];
    for (const load of LOADS) {
      const server = await arena.startOurs();
      try {
        await waitForWarm(server.url);
        const { waits, most, left } = await measure(server, load);
        rows.push(
          waits.row(`until /health answers: ${load.label}`, "ms"),
          most.row("our own process meanwhile, at most", "MB"),
          left.row(`our own process, ${REST_MS / 1000} s after the last answer`, "MB"),
        );
        goals.push(
          below(`99th percentile of ms until /health answers: ${load.label},`, 250, quantile(waits.of(OURS), 0.99)),
          below("MB of our own process meanwhile", load.count === 1 ? 480 : 1000, most.median(OURS)),
        );
      } finally {
        await server.stop();
      }
    }
    return { rows, goals };
  },
};

const EXPECTED: ReadonlySet<number> = new Set([200, 400, 404]);

async function measure({ url, pid }: { readonly url: string; readonly pid: number }, { body, count }: Load) {
  const [waits, most, left] = [new Samples(), new Samples(), new Samples()];
  let isOver = false;
  const signal = AbortSignal.timeout(LIMIT_MS);
  const send = async () => {
    const response = await fetch(`${url}/v1/chat/completions`, { method: "POST", body, signal });
    await response.arrayBuffer();
    if (!EXPECTED.has(response.status)) throw new Error(`answered with ${response.status}`);
  };
  const sent = Promise.all(Array.from({ length: count }, send)).finally(() => {
    isOver = true;
  });
  let megabytes = 0;
  while (!isOver) {
    const begin = performance.now();
    await (await fetch(`${url}/health`, { signal })).arrayBuffer();
    waits.add(OURS, performance.now() - begin);
    megabytes = Math.max(megabytes, residentMb(pid));
    await Bun.sleep(PAUSE_MS);
  }
  await sent;
  most.add(OURS, megabytes);
  await Bun.sleep(REST_MS);
  left.add(OURS, residentMb(pid));
  return { waits, most, left };
}

function smallMessages(bytes: number): Uint8Array {
  const pair = '{"role":"user","content":"hello"},{"role":"assistant","content":"ok"},';
  const wrong = '{"role":"user","content":5.5}';
  return Buffer.from(`{"model":"sonnet","messages":[${pair.repeat(Math.floor(bytes / pair.length))}${wrong}]}`);
}

/** A question, and behind it answers and questions. */
function shortMessages(count: number): Uint8Array {
  const messages = Array.from({ length: count - 1 }, (_, index) =>
    index % 2 === 0 ? { role: "user", content: `hello ${index}` } : { role: "assistant", content: `ok ${index}` },
  );
  return Buffer.from(JSON.stringify({ model: "sonnet", messages }));
}

function longText(bytes: number): Uint8Array {
  const words = "Words and more words. ";
  const content = words.repeat(Math.floor(bytes / words.length));
  return Buffer.from(JSON.stringify({ model: "no-such-model", messages: [{ role: "user", content }] }));
}
