import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { RecordedRequest } from "../../src/simulator/simulator.ts";
import { canSeeProcesses, processesOf } from "../../test/support/processes.ts";
import type { Agent } from "./agents.ts";
import { FINAL_TEXT, hasResults, type Order } from "./model.ts";
import { agentEnvironment, connect, install, runWell, type Workshop } from "./workshop.ts";

const SECONDS = 180;

/** Some agents leave a process of theirs behind, for the next time. */
export function endLeftovers({ folder }: Workshop, name: string): void {
  if (!canSeeProcesses) return;
  for (const { pid } of processesOf(join(folder, name, "home"))) process.kill(pid, "SIGKILL");
}

/** One agent's whole way: installed, connected, and given a task that takes a tool. Throws where anything is not as it should be. */
export async function toolLoop(
  agent: Agent,
  workshop: Workshop,
  give: (order: Order) => () => readonly RecordedRequest[],
): Promise<string> {
  const { name, packages, command, connectedBy, env: switches } = agent;
  const home = join(workshop.folder, name, "home");
  const work = join(workshop.folder, name, "work");
  for (const folder of [home, work]) mkdirSync(folder, { recursive: true });
  const installed = await install(join(workshop.folder, name, "package"), packages);
  const env = { ...agentEnvironment(home), ...switches };
  if (connectedBy) await followAdvice(connectedBy, agent, installed, workshop, { cwd: home, env });
  else await connect(workshop, [name, "--write", "--yes"], { cwd: home, env });

  const mark = `task-of-${name}`;
  const made = join(work, "made.txt");
  const requestsSince = give({ mark, command: `printf %s ${mark} > made.txt` });
  const { stdout, stderr } = await runWell(command(installed, `Make the file made.txt (${mark}).`, work), {
    cwd: work,
    env,
    seconds: SECONDS,
  });
  const content = await Bun.file(made)
    .text()
    .catch(() => undefined);
  if (content !== mark) throw new Error(`made.txt holds ${JSON.stringify(content)}\n${stdout}\n${stderr}`);
  if (!stdout.includes(FINAL_TEXT)) throw new Error(`the final text is not on standard output:\n${stdout}\n${stderr}`);
  const requests = requestsSince();
  checkRequests(requests);
  if (connectedBy) return `${requests.length} requests`;
  const { stdout: again } = await connect(workshop, [name, "--undo", "--yes"], { cwd: home, env });
  if (!again.includes("-")) throw new Error("--undo took nothing back");
  return `${requests.length} requests`;
}

/** Runs the command line that `connect` advises. */
async function followAdvice(
  pattern: RegExp,
  { name }: Agent,
  installed: string,
  workshop: Workshop,
  place: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<void> {
  const { stderr } = await connect(workshop, [name], place);
  const line = pattern.exec(stderr)?.[1];
  if (line === undefined) throw new Error(`connect advises no command:\n${stderr}`);
  const [program = "", ...words] = line.split(" ");
  await runWell([join(installed, "node_modules/.bin", program), ...words], { ...place, seconds: 60 });
}

function checkRequests(requests: readonly RecordedRequest[]): void {
  for (const { refusal } of requests) if (refusal) throw new Error(`the API refused: ${refusal.message}`);
  const answered = requests.filter(hasResults);
  if (answered.length === 0) throw new Error("no request brought the result of the tool");
  // The call and its result are in it as such, in neighbouring turns, which the simulated API has checked.
  const roles = answered[0]?.body.messages.map(({ role }) => role) ?? [];
  // The CLI tells its environment as a message of the system, behind the question.
  if (roles.findLast((role) => role !== "system") !== "user")
    throw new Error(`the request with the result has the roles ${roles.join(", ")}`);
}
