import { planOnDisk, planPath } from "../../claude/plan/plan-store.ts";
import type { Config } from "../../config/config.ts";
import { stateDirectory } from "../../config/paths.ts";
import { windowName } from "../../usage/usage-log.ts";
import type { Surroundings } from "../command.ts";
import { readUsage, type Usage } from "../usage/read-usage.ts";
import type { Told } from "./finding.ts";

type Known = Pick<Usage, "limits" | "extraUsage">;

export type CheckPlanOptions = {
  readonly config: Config;
  readonly surroundings: Surroundings;
  readonly signal: AbortSignal;
  /** Whether a server of ours runs, which knows it better than what was written down. */
  readonly isRunning: boolean;
  /** What the login says of the plan's name. */
  readonly plan: string | number | boolean | undefined;
};

/** From this part of a window on it is worth a warning. */
const NEARLY = 0.9;

/** How much of the plan is used, by what Anthropic said with the last answers. Asks nobody but a server that runs. */
export async function checkPlan({ isRunning, plan: name, ...options }: CheckPlanOptions): Promise<Told> {
  const { surroundings, signal } = options;
  const plan = typeof name === "string" ? name : undefined;
  try {
    const known = isRunning
      ? await readUsage({ ...options, from: Date.now() })
      : planOnDisk(planPath(stateDirectory(surroundings)));
    return describe(known, plan, isRunning);
  } catch (error) {
    if (signal.aborted || !(error instanceof Error)) throw error;
    return { status: "not_checked", message: `Not checked: ${error.message}` };
  }
}

function describe({ limits, extraUsage }: Known, plan: string | undefined, isRunning: boolean): Told {
  if (limits.length === 0 && !extraUsage.inUse) {
    const message = `Not checked: ${isRunning ? "the server" : "a server"} learns of the plan's limits with the first answer.`;
    return { status: "not_checked", message };
  }
  const windows = limits.map(({ window, utilization, resetsAt }) => {
    const used = utilization === null ? "of unknown use" : `${Math.round(utilization * 100)}% used`;
    return `${windowName(window)}: ${used}${resetsAt === null ? "" : ` until ${resetsAt}`}`;
  });
  const seenAt = limits
    .map(({ observedAt }) => observedAt)
    .sort()
    .at(-1);
  const isNearlyUp = limits.some(({ utilization }) => utilization !== null && utilization >= NEARLY);
  const paid = extraUsage.inUse
    ? `answers are paid for as extra usage${extraUsage.until === null ? "" : ` until ${extraUsage.until}`}`
    : "no extra usage";
  const message = `${plan === undefined ? "" : `${plan} plan: `}${[...windows, paid].join("; ")}${seenAt === undefined ? "" : ` (as told at ${seenAt})`}.`;
  const used = limits.flatMap(({ window, utilization }) => (utilization === null ? [] : [[window, utilization]]));
  return {
    status: isNearlyUp || extraUsage.inUse ? "warning" : "ok",
    message,
    facts: { ...(plan !== undefined && { plan }), ...Object.fromEntries(used), extra_usage: extraUsage.inUse },
  };
}
