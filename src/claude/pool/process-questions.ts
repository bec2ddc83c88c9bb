import Type from "typebox";
import { isJsonObject } from "../../core/json.ts";
import type { CliProcess } from "../process/cli-process.ts";
import { lazyCheck } from "../protocol/lazy-check.ts";
import { ReportedModel } from "../protocol/messages.ts";
import { settingsChange, type TurnSettings } from "./turn-settings.ts";

// What a process is asked that is no turn.

const BOOT_TIMEOUT_MS = 30_000;
const SETTINGS_TIMEOUT_MS = 2_000;
/** The CLI itself gives Anthropic five seconds. */
const PLAN_TIMEOUT_MS = 6_000;

const ModelList = lazyCheck(Type.Object({ models: Type.Array(ReportedModel) }));

/** The account's models: the first that a new process is asked. */
export async function listModels(process: CliProcess): Promise<readonly ReportedModel[]> {
  const reply = await process.request({ subtype: "list_models" }, BOOT_TIMEOUT_MS);
  return ModelList.Check(reply) ? reply.models : [];
}

/**
 * What the CLI tells of the plan (`get_usage`). With a stored login it asks Anthropic for that, at no cost, but not where all traffic is
 * turned off that is not essential, as by our environment: so that is taken back for the moment. Seen on 2.1.330 and 2.1.332:
 * nothing else is sent meanwhile. Rejects when the process cannot be relied on any more; for one that nobody uses.
 */
export async function readPlan(process: CliProcess, settings: TurnSettings): Promise<unknown> {
  const env = settingsChange(undefined, settings)?.env;
  // The CLI takes a new `env` in place of the one before.
  const apply = (more: object) => {
    const all = { ...(isJsonObject(env) ? env : {}), ...more };
    return process.request({ subtype: "apply_flag_settings", settings: { env: all } }, SETTINGS_TIMEOUT_MS);
  };
  await apply({ CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "" });
  const reply = await process.request({ subtype: "get_usage", skip_behaviors: true, detached: true }, PLAN_TIMEOUT_MS);
  await apply({});
  return reply;
}
