import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RecordedRequest } from "../../src/simulator/simulator.ts";
import { pngOf } from "../../test/support/images.ts";
import { canSeeProcesses, processesOf } from "../../test/support/processes.ts";
import type { Agent, Place, Wire } from "./agent.ts";
import { connectAgent, undo } from "./connecting.ts";
import type { Order } from "./model.ts";
import { type Exchange, startRecorder, writeExchanges } from "./recorder.ts";
import { describeLoop, loopOf, type Served } from "./served.ts";
import type { Step } from "./tools.ts";
import { agentEnvironment, type Ended, run, type Workshop } from "./workshop.ts";

const SECONDS = 180;

/** What an agent's way needs of the world around it. */
export type Around = {
  readonly workshop: Workshop;
  readonly node: string;
  /** Tells the model what to do; what comes back tells what has been asked since then, or since it last told. */
  readonly give: (orders: readonly Order[]) => () => Asked;
  /** Where to write down what the agent sends. */
  readonly record: string | undefined;
};

type Asked = { readonly requests: readonly RecordedRequest[]; readonly served: readonly Served[] };

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
    const { tasks, parts } = ordersFor(agent, wire, place.work);
    const asked = give([...tasks, ...parts]);
    const done: Done[] = [];
    for (const [index, order] of tasks.entries()) {
      const task = { prompt: promptFor(order.mark), again: index > 0 };
      const ended = await run(agent.command(here, task), {
        cwd: place.work,
        env: { ...env, ...given },
        seconds: SECONDS,
      });
      // What the server logs once the answer is told.
      await Bun.sleep(300);
      done.push({ order, ended, ...asked() });
    }
    const outcome = await judge(agent, done, place.work, recorder.exchanges);
    if (wire.connecting(here).by === "write") await undo(agent, served, { cwd: place.home, env });
    return outcome;
  } finally {
    if (record !== undefined) writeExchanges(join(record, name), recorder.exchanges);
    endLeftovers(place.home);
  }
}

function promptFor(mark: string): string {
  return `Change the files as you were told (${mark}).`;
}

const BEFORE = "the colour is red\n";

/** What is there after the first task. */
const FILES = [
  ["one.txt", BEFORE.replace("red", "green")],
  ["two.txt", BEFORE],
  ["made.txt", "made"],
] as const;

/**
 * Two tasks in one conversation, the second after the agent was started again: reading two files at once, a call that fails, a
 * change, a command that says nothing, an image, and a look; then one more look, and a command that fails. Beside them, what agents of the
 * agent's own do.
 */
function ordersFor(agent: Agent, { more = [] }: Wire, work: string): { tasks: Order[]; parts: Order[] } {
  const at = (name: string) => join(work, name);
  const [one, two, made, missing, image] = [at("one.txt"), at("two.txt"), at("made.txt"), at("no.txt"), at("dot.png")];
  for (const path of [one, two]) writeFileSync(path, BEFORE);
  writeFileSync(image, pngOf(64, 64));
  const read = (path: string): Step => ({ kind: "read", path });
  const order = (mark: string, steps: readonly (readonly Step[])[]): Order => ({
    mark: `${mark}-of-${agent.name}`,
    steps,
    finalText: `All of ${mark} is done, and nothing else was touched.`,
  });
  const part = order("part-1", [[read(two)], [read(missing)]]);
  const delegate: Step[][] = agent.delegating
    ? [[{ kind: "delegate", prompt: promptFor(part.mark), options: agent.delegating }]]
    : [];
  const look: Step[][] = agent.showsImages ? [[{ kind: "look", path: image }]] : [];
  const first = order("task-1", [
    [read(one), read(two)],
    [read(missing)],
    [{ kind: "replace", path: one, old: "red", new: "green" }],
    [{ kind: "run", command: `printf %s made > ${made}` }],
    ...look,
    ...delegate,
    ...more,
    [read(one)],
  ]);
  const second = order("task-2", [[read(two)], [{ kind: "run", command: "cat one.txt && exit 3" }]]);
  return {
    tasks: agent.asksOnce === undefined ? [first, second] : [first],
    parts: agent.delegating ? [part] : [],
  };
}

/** A task, what the agent said, and what was asked meanwhile. */
type Done = Asked & { readonly order: Order; readonly ended: Ended };

async function judge(
  agent: Agent,
  done: readonly Done[],
  work: string,
  exchanges: readonly Exchange[],
): Promise<Outcome> {
  const problems: string[] = [];
  const notes: string[] = [];
  for (const [index, { order, ended, requests, served }] of done.entries()) {
    const { strays } = loopOf(served);
    if (strays.length > 0 && index > 0 && agent.tellsAnew) notes.push(`started again, it tells ${agent.tellsAnew}`);
    else if (strays.length > 0) problems.push(`${order.mark} did not stay in its process`);
    if (!ended.stdout.includes(order.finalText)) {
      problems.push(`${order.mark}: its end is not on standard output (code ${ended.code}):\n${tail(ended)}`);
    }
    if (requests.length !== served.length) {
      problems.push(`${order.mark}: ${served.length} turns were served by ${requests.length} requests to the model`);
    }
    for (const { refusal } of requests) if (refusal) problems.push(`the API refused: ${refusal.message}`);
  }
  const wrong = await wrongFiles(work);
  problems.push(...wrong);
  if (agent.showsImages && !done.some(({ requests }) => requests.some(hasImage))) {
    problems.push("no image reached the model");
  }
  for (const exchange of exchanges) {
    const { method, path, status, error } = exchange;
    if (error !== undefined && isOfConversation(exchange)) {
      problems.push(`${method} ${path}: ${status} ${error.replace(/"request_id": ?"\w+"/, "")}`);
    } else if (error !== undefined) notes.push(`${method} ${path}: ${status}`);
  }
  const ignored = new Set(exchanges.flatMap((exchange) => exchange.ignored?.split(/,\s*/) ?? []));
  if (ignored.size > 0) notes.push(`left out: ${[...ignored].join(", ")}`);
  const requests = done.flatMap((each) => each.requests);
  const summary = [
    `${done.filter(({ order, ended }) => ended.stdout.includes(order.finalText)).length} of ${done.length} final texts`,
    `${FILES.length - wrong.length} of ${FILES.length} files as told`,
    `${requests.filter(({ refusal }) => refusal === undefined).length} of ${requests.length} requests accepted`,
    describeLoop(loopOf(done.flatMap(({ served }) => served))),
  ].join("; ");
  return { summary, problems: distinct(problems), notes: distinct(notes) };
}

function hasImage({ rawBody }: RecordedRequest): boolean {
  return /"type": ?"image"/.test(rawBody);
}

async function wrongFiles(work: string): Promise<string[]> {
  const wrong: string[] = [];
  for (const [name, content] of FILES) {
    const file = Bun.file(join(work, name));
    const found = (await file.exists()) ? await file.text() : undefined;
    if (found !== content) wrong.push(`${name} holds ${JSON.stringify(found)}`);
  }
  return wrong;
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

/** Some agents leave a process of theirs behind, for the next time. */
function endLeftovers(home: string): void {
  if (!canSeeProcesses) return;
  for (const { pid } of processesOf(home)) process.kill(pid, "SIGKILL");
}
