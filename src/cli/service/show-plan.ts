import type { Call } from "../command.ts";
import { flagValue } from "../command-line/settings.ts";
import { execute } from "./execute.ts";
import { DRY_RUN } from "./options.ts";
import { describeStep, type Plan, type Step } from "./plan.ts";

/** Says what is going to be done, and does it; with `--dry-run` only says it, files in full. True when it was done. */
export async function carryOut(plan: Plan, title: string, call: Call): Promise<boolean> {
  const { terminal, system, platform } = call.surroundings;
  const dryRun = flagValue(DRY_RUN, call);
  terminal.write(`${terminal.style.bold(title)}${dryRun ? " (nothing is done: --dry-run)" : ""}\n`);
  for (const step of plan) terminal.write(`  ${describeStep(step, platform)}\n${dryRun ? contentOf(step) : ""}`);
  if (dryRun) return false;
  await execute(plan, system, platform);
  return true;
}

function contentOf(step: Step): string {
  if (step.kind !== "write") return "";
  const lines = step.content.trimEnd().split("\n");
  return lines.map((line) => (line === "" ? "\n" : `          ${line}\n`)).join("");
}
