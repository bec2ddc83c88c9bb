import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { RecordedRequest } from "../../src/simulator/simulator.ts";
import { canSeeProcesses, processesOf } from "../../test/support/processes.ts";
import type { Agent, Connecting, Place, Wire } from "./agent.ts";
import type { Order } from "./model.ts";
import { type Exchange, startRecorder, writeExchanges } from "./recorder.ts";
import { loopOf, type Served } from "./served.ts";
import type { Step } from "./tools.ts";
import { agentEnvironment, connect, type Ended, run, runWell, type Workshop } from "./workshop.ts";

const SECONDS = 180;

/** What an agent's way needs of the world around it. */
export type Around = {
  readonly workshop: Workshop;
  readonly node: string;
  /** Tells the model what to do; what comes back tells what has been asked since. */
  readonly give: (orders: readonly Order[]) => () => Asked;
  /** Where to write down what the agent sends. */
  readonly record: string | undefined;
};

export type Asked = { readonly requests: readonly RecordedRequest[]; readonly served: readonly Served[] };

/** What became of an agent on one wire. Problems are what must not be; notes are worth knowing. */
export type Outcome = {
  readonly summary: string;
  readonly problems: readonly string[];
  readonly notes: readonly string[];
};

/** One agent's whole way over one wire: connected, and given tasks that take tools. */
export async function toolLoop(agent: Agent, wire: Wire, installed: string, around: Around): Promise<Outcome> {
  const { workshop, node, give, record } = around;
  const name = `${agent.name} (${wire.name})`;
  const folder = join(workshop.folder, name.replace(/[^\w.-]+/g, "-"));
  const place: Place = { installed, home: join(folder, "home"), work: join(folder, "work"), url: "", node };
  for (const each of [place.home, place.work]) mkdirSync(each, { recursive: true });
  await using recorder = startRecorder(workshop.url);
  const here = { ...place, url: recorder.url };
  const served = { ...workshop, url: recorder.url };
  try {
    const env = { ...agentEnvironment(place.home, node), ...agent.env, ...wire.env?.(here) };
    const given = await connectAgent(wire.connecting(here), agent, installed, served, { cwd: place.home, env });
    const tasks = ordersFor(agent, place.work);
    const asked = give(tasks);
    const said: Ended[] = [];
    for (const [index, { mark }] of tasks.entries()) {
      const task = { prompt: promptFor(mark), again: index > 0, words: wire.words ?? [] };
      said.push(await run(agent.command(here, task), { cwd: place.work, env: { ...env, ...given }, seconds: SECONDS }));
    }
    // What the server does once the answer is told.
    await Bun.sleep(300);
    return await judge(tasks, said, place.work, asked(), recorder.exchanges);
  } finally {
    if (record !== undefined) writeExchanges(join(record, name), recorder.exchanges);
    endLeftovers(place.home);
  }
}

function promptFor(mark: string): string {
  return `Change the files as you were told (${mark}).`;
}

const BEFORE = "the colour is red\n";

/** Two tasks in one conversation: reading two files at once, a call that fails, a change, and a look at it; then one more look. */
function ordersFor(agent: Agent, work: string): Order[] {
  const [one, two] = ["one.txt", "two.txt"].map((file) => join(work, file));
  for (const path of [one, two]) if (path !== undefined) writeFileSync(path, BEFORE);
  const read = (path = ""): Step => ({ kind: "read", path });
  const order = (nth: number, steps: readonly (readonly Step[])[]): Order => ({
    mark: `task-${nth}-of-${agent.name}`,
    steps,
    finalText: `Task ${nth} is done, and nothing else was touched.`,
  });
  const first = order(1, [
    [read(one), read(two)],
    [read(join(work, "missing.txt"))],
    [{ kind: "replace", path: one ?? "", old: "red", new: "green" }],
    [{ kind: "run", command: `printf %s made > ${join(work, "made.txt")}` }],
    [read(one)],
  ]);
  if (agent.asksOnce !== undefined) return [first];
  return [first, order(2, [[read(two)], [{ kind: "run", command: "cat one.txt && exit 3" }]])];
}

async function judge(
  tasks: readonly Order[],
  said: readonly Ended[],
  work: string,
  { requests, served }: Asked,
  exchanges: readonly Exchange[],
): Promise<Outcome> {
  const problems: string[] = [];
  const notes: string[] = [];
  for (const [index, { finalText }] of tasks.entries()) {
    const ended = said[index];
    if (ended === undefined || ended.stdout.includes(finalText)) continue;
    problems.push(`task ${index + 1}: the final text is not on standard output (code ${ended.code}):\n${tail(ended)}`);
  }
  for (const [file, content] of [
    ["one.txt", BEFORE.replace("red", "green")],
    ["two.txt", BEFORE],
    ["made.txt", "made"],
  ]) {
    const found = await Bun.file(join(work, file ?? ""))
      .text()
      .catch(() => undefined);
    if (found !== content) problems.push(`${file} holds ${JSON.stringify(found)}`);
  }
  for (const { refusal } of requests) if (refusal) problems.push(`the API refused: ${refusal.message}`);
  for (const exchange of exchanges) {
    const { method, path, status, error } = exchange;
    if (error !== undefined && isOfConversation(exchange)) problems.push(`${method} ${path}: ${status} ${error}`);
    else if (error !== undefined) notes.push(`${method} ${path}: ${status}`);
  }
  const ignored = new Set(exchanges.flatMap((exchange) => exchange.ignored?.split(/,\s*/) ?? []));
  if (ignored.size > 0) notes.push(`left out: ${[...ignored].join(", ")}`);
  const loop = loopOf(served);
  if (!loop.stayed) problems.push("the loop did not stay in one process");
  return { summary: loop.summary, problems: distinct(problems), notes: distinct(notes) };
}

/** Lists of models and the like may be missing. */
function isOfConversation({ method, path }: Exchange): boolean {
  return method === "WebSocket" || (method === "POST" && /\/(chat\/completions|responses|messages)\b/.test(path));
}

function distinct(lines: readonly string[]): string[] {
  return [...new Set(lines)];
}

function tail({ stdout, stderr }: Ended): string {
  return `${stdout}\n${stderr}`.trim().split("\n").slice(-20).join("\n");
}

/** Connects the agent; what comes back is to be set in its environment. */
async function connectAgent(
  connecting: Connecting,
  { name }: Agent,
  installed: string,
  workshop: Workshop,
  place: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<Record<string, string>> {
  switch (connecting.by) {
    case "nothing":
      return {};
    case "write":
      await connect(workshop, [name, "--write", "--yes"], place);
      return {};
    case "files":
      for (const [path, content] of Object.entries(connecting.files)) writeInto(join(place.cwd, path), content);
      return {};
    case "snippet":
      writeInto(join(place.cwd, connecting.path), (await connect(workshop, [name], place)).stdout);
      return {};
    case "variables": {
      const { stdout } = await connect(workshop, [name], place);
      return Object.fromEntries([...stdout.matchAll(/^export (\w+)=(.*)$/gm)].map(([, key, value]) => [key, value]));
    }
    case "advice": {
      const { stderr } = await connect(workshop, [name], place);
      const line = connecting.line.exec(stderr)?.[1];
      if (line === undefined) throw new Error(`connect advises no command:\n${stderr}`);
      const [program = "", ...words] = line.split(" ");
      await runWell([join(installed, "node_modules/.bin", program), ...words], { ...place, seconds: 60 });
      return {};
    }
  }
}

function writeInto(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** Some agents leave a process of theirs behind, for the next time. */
function endLeftovers(home: string): void {
  if (!canSeeProcesses) return;
  for (const { pid } of processesOf(home)) process.kill(pid, "SIGKILL");
}
