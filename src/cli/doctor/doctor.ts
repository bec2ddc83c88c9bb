import type { Call } from "../command.ts";
import { interruptible } from "../terminal/signals.ts";
import { showProgress } from "../terminal/terminal.ts";
import type { Style } from "../terminal/text.ts";
import { examine } from "./examine.ts";
import { type Check, type Finding, hasProblem, type Status } from "./finding.ts";

/** Prints what {@link examine} finds; the exit code is 1 when there is a problem. */
export function doctor(call: Call, live: boolean, asJson: boolean): Promise<number> {
  const { terminal, version, platform } = call.surroundings;
  return interruptible(async (signal) => {
    // What is asked then is said by itself.
    const shown = live ? () => {} : showProgress(terminal, "Looking");
    const findings = await examine(call, live, signal).finally(shown);
    const isWell = !hasProblem(findings);
    const report = { ok: isWell, version, platform, findings };
    terminal.write(asJson ? `${JSON.stringify(report, null, 2)}\n` : renderFindings(findings, terminal.style));
    return isWell ? 0 : 1;
  });
}

const NAMES: Readonly<Record<Check, string>> = {
  configuration: "Settings",
  cli: "Claude CLI",
  login: "Login",
  port: "Port",
  plan: "Plan",
  service: "Service",
  folders: "Folders",
  memory: "Memory",
  live: "Live",
};

const STATUS: Readonly<Record<Status, { readonly word: string; readonly colour: "green" | "yellow" | "red" | "dim" }>> =
  {
    ok: { word: "ok", colour: "green" },
    warning: { word: "warning", colour: "yellow" },
    problem: { word: "problem", colour: "red" },
    not_checked: { word: "-", colour: "dim" },
  };

const STATUS_WIDTH = 9;
const NAME_WIDTH = 12;

/** The findings for people: a line each, below it the command that mends what is wrong, and a sum at the end. */
function renderFindings(findings: readonly Finding[], style: Style): string {
  const lines = findings.flatMap(({ check, status, message, command }) => {
    const { word, colour } = STATUS[status];
    const label = style[colour](word.padEnd(STATUS_WIDTH)) + style.bold(NAMES[check].padEnd(NAME_WIDTH));
    const mend = command === undefined ? [] : [`${" ".repeat(STATUS_WIDTH + NAME_WIDTH)}Run: ${style.cyan(command)}`];
    return [label + (status === "not_checked" ? style.dim(message) : message), ...mend];
  });
  return `${lines.join("\n")}\n\n${summary(findings, style)}\n`;
}

function summary(findings: readonly Finding[], style: Style): string {
  const count = (status: Status) => findings.filter((finding) => finding.status === status).length;
  const [problems, warnings] = [count("problem"), count("warning")];
  if (problems > 0)
    return style.red(`${some(problems, "problem")}${warnings > 0 ? `, ${some(warnings, "warning")}` : ""}.`);
  if (warnings > 0) return style.yellow(`No problem, ${some(warnings, "warning")}.`);
  return style.green("No problem found.");
}

function some(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
