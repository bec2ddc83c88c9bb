import { commandText } from "../../claude/cli/shell-commands.ts";
import type { Call } from "../command.ts";
import { flagValue } from "../command-line/settings.ts";
import type { CommandResult, System } from "../system.ts";
import { DRY_RUN } from "./options.ts";

/** What a command is going to do to the system, one thing after the other: shown as it is by `--dry-run`, and done by `carryOut`. */
export type Plan = readonly Step[];

export type Step =
  | { readonly kind: "folder"; readonly path: string }
  | {
      readonly kind: "write";
      readonly path: string;
      readonly content: string;
      readonly mode: number;
      /** UTF-8 where it is absent. */
      readonly encoding?: "utf-16le";
    }
  | { readonly kind: "move"; readonly from: string; readonly to: string; readonly why: string }
  /** A file, or a folder of ours with all that is in it. */
  | { readonly kind: "remove"; readonly path: string }
  | {
      readonly kind: "run";
      readonly argv: readonly string[];
      /** It is fine when this fails, such as stopping what does not run. */
      readonly mayFail?: true;
    }
  /** Until the command fails, which says that something is gone. */
  | { readonly kind: "await-failure"; readonly argv: readonly string[]; readonly until: string };

/** The step in one line, without the content of files; a command as the shell of the platform takes it. */
function describeStep(step: Step, platform: NodeJS.Platform): string {
  switch (step.kind) {
    case "folder":
      return `create  ${step.path}`;
    case "write":
      // Windows has no such modes.
      return `write   ${step.path}${platform === "win32" ? "" : ` (mode ${step.mode.toString(8).padStart(4, "0")})`}`;
    case "move":
      return `move    ${step.from} to ${step.to} (${step.why})`;
    case "remove":
      return `remove  ${step.path}`;
    case "run":
      return `run     ${commandText(step.argv, platform)}`;
    case "await-failure":
      return `wait    until ${step.until}`;
  }
}

const WAIT_MS = 250;
/** Longer than the server takes to let running requests end, and than the platform gives it. */
const WAITS = 120;

/** Throws when it fails: what came before stays done, and doing the plan again is safe. */
async function perform(step: Step, system: System, platform: NodeJS.Platform): Promise<void> {
  switch (step.kind) {
    case "folder":
      return system.makeFolder(step.path);
    case "write":
      return system.writeFile(
        step.path,
        step.encoding ? Buffer.from(`\uFEFF${step.content}`, step.encoding) : step.content,
        step.mode,
      );
    case "move":
      return system.move(step.from, step.to);
    case "remove":
      return system.remove(step.path);
    case "run": {
      const result = await system.run(step.argv);
      if (!step.mayFail && result?.code !== 0) throw failure(commandText(step.argv, platform), step.argv, result);
      return;
    }
    case "await-failure":
      for (let tries = 0; tries < WAITS; tries++) {
        if ((await system.run(step.argv))?.code !== 0) return;
        await system.sleep(WAIT_MS);
      }
      throw new Error(`waited ${(WAITS * WAIT_MS) / 1000} seconds in vain until ${step.until}.`);
  }
}

function failure(typed: string, argv: readonly string[], result: CommandResult | undefined): Error {
  if (result === undefined) return new Error(`there is no ${argv[0]} here.`);
  const said = (result.stderr.trim() || result.stdout.trim()).replace(/\.$/, "");
  return new Error(`\`${typed}\` ended with ${result.code}${said === "" ? "" : `: ${said}`}.`);
}

/** Says what is going to be done, and does it; with `--dry-run` only says it, files in full. True when it was done. */
export async function carryOut(plan: Plan, title: string, call: Call): Promise<boolean> {
  const { terminal, system, platform } = call.surroundings;
  const dryRun = flagValue(DRY_RUN, call);
  terminal.write(`${terminal.style.bold(title)}${dryRun ? " (nothing is done: --dry-run)" : ""}\n`);
  for (const step of plan) terminal.write(`  ${describeStep(step, platform)}\n${dryRun ? contentOf(step) : ""}`);
  if (dryRun) return false;
  for (const step of plan) await perform(step, system, platform);
  return true;
}

function contentOf(step: Step): string {
  if (step.kind !== "write") return "";
  const lines = step.content.trimEnd().split("\n");
  return lines.map((line) => (line === "" ? "\n" : `          ${line}\n`)).join("");
}
