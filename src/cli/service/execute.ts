import { commandText } from "../../claude/cli/shell-commands.ts";
import type { CommandResult, System } from "../system.ts";
import type { Plan, Step } from "./plan.ts";

const WAIT_MS = 250;
/** Longer than the server takes to let running requests end, and than the platform gives it. */
const WAITS = 120;

/** Does what a plan says. Throws at the first step that fails: what came before stays done, and doing the plan again is safe. */
export async function execute(plan: Plan, system: System, platform: NodeJS.Platform): Promise<void> {
  for (const step of plan) await perform(step, system, platform);
}

async function perform(step: Step, system: System, platform: NodeJS.Platform): Promise<void> {
  switch (step.kind) {
    case "folder":
      return system.makeFolder(step.path);
    case "write":
      return system.writeFile(step.path, encode(step.content, step.encoding), step.mode);
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

function encode(content: string, encoding: "utf-16le" | undefined): string | Uint8Array {
  return encoding === undefined ? content : Buffer.from(`\uFEFF${content}`, encoding);
}

function failure(typed: string, argv: readonly string[], result: CommandResult | undefined): Error {
  if (result === undefined) return new Error(`there is no ${argv[0]} here.`);
  const said = (result.stderr.trim() || result.stdout.trim()).replace(/\.$/, "");
  return new Error(`\`${typed}\` ended with ${result.code}${said === "" ? "" : `: ${said}`}.`);
}
