import type { Config } from "../../config/config.ts";
import type { Surroundings } from "../command.ts";
import { askWhoListens, type Occupant, type ServerHealth, serverUrl } from "../running-server/who-listens.ts";
import { tokenAdvice } from "./environment-file.ts";
import type { ServiceManager } from "./manager.ts";

const POLL_MS = 250;
/** Half a minute: the CLI is looked for and started at first, on a machine that may just have booted. */
const POLLS = 120;
const LAST_LINES = 15;

/** Waits until the service answers, and says how it is; where it does not, the end of its log. The exit code. */
export async function awaitAnswer(
  config: Config,
  manager: ServiceManager,
  surroundings: Surroundings,
): Promise<number> {
  const { terminal, system } = surroundings;
  const url = serverUrl(config);
  let occupant: Occupant = { kind: "nobody" };
  for (let polls = 0; polls < POLLS; polls++) {
    occupant = await askWhoListens(config);
    if (occupant.kind === "ours" && occupant.health.status !== "starting") break;
    await system.sleep(POLL_MS);
  }
  if (occupant.kind === "ours") {
    terminal.write(`${terminal.style.green("The service runs.")} ${describeHealth(occupant.health, url)}\n`);
    for (const line of advice(occupant.health, surroundings)) terminal.write(`${line}\n`);
    return 0;
  }
  const { detail } = await manager.state();
  terminal.writeError(`${terminal.errorStyle.red("The service does not answer")} at ${url}; it is ${detail}.\n`);
  const log = await system.run(manager.logs({ lines: LAST_LINES, follow: false }));
  const lines = log?.code === 0 ? log.stdout.trim() : "";
  terminal.writeError(
    lines === ""
      ? `Its log (${manager.logPlace}) tells nothing. ${manager.withoutLogs}\n`
      : `The end of its log:\n${indent(lines)}\n`,
  );
  return 1;
}

/** Such as `http://127.0.0.1:3456 answers: version 0.1.0, ok.` */
export function describeHealth({ version, status, demo, problem }: ServerHealth, url: string): string {
  const facts = [
    ...(version === undefined ? [] : [`version ${version}`]),
    ...(demo ? ["simulated answers (--demo)"] : []),
    status,
  ];
  return `${url} answers: ${facts.join(", ")}.${problem === undefined ? "" : ` ${problem.message}`}`;
}

/** What to do where the service has no login, which this user's terminal may well have. */
export function advice({ problem }: ServerHealth, surroundings: Surroundings): string[] {
  if (problem?.code !== "cli_logged_out") return [];
  return [
    "If `claude` is logged in for you but not for the service, give the service a login of its own (only you can read it):",
    ...tokenAdvice(surroundings).map((line) => `  ${line}`),
  ];
}

function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
}
