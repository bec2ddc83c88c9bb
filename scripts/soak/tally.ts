import type { Exchange } from "./client.ts";
import type { Allowed } from "./ledger.ts";
import type { Activity } from "./visitor.ts";

export type Verdict = { readonly allowed: Allowed; readonly fault?: string };

/** Judges each exchange by itself, and counts how they ended. */
export class Tally {
  readonly #counts = new Map<string, number>();

  /** `wasHit`: a process was killed meanwhile, which a request may feel. */
  add(activity: Activity, { answer }: Exchange, wasHit: boolean): Verdict {
    const end = answer.type === "error" ? `error ${answer.status}` : answer.type;
    const key = `${activity}: ${end}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    return judge(activity, answer, wasHit);
  }

  /** A line for each activity. */
  lines(): string[] {
    const entries = [...this.#counts].sort(([one], [other]) => one.localeCompare(other));
    const byActivity = Map.groupBy(entries, ([key]) => key.split(":")[0] ?? "");
    return [...byActivity].map(([activity, ends]) => {
      const parts = ends.map(([key, count]) => `${count} ${key.slice(activity.length + 2)}`);
      return `${activity.padEnd(14)}${parts.join(", ")}`;
    });
  }
}

function judge(activity: Activity, answer: Exchange["answer"], wasHit: boolean): Verdict {
  switch (answer.type) {
    case "hung":
      return { allowed: "at most once", fault: "was never answered" };
    case "left":
      return { allowed: activity === "refused" ? "never" : "at most once" };
    case "message":
      if (activity === "failure" || activity === "refused")
        return { allowed: "once", fault: `a ${activity} was answered` };
      return { allowed: "once" };
    case "incomplete":
      return { allowed: "at most once", fault: `an answer without an end: ${answer.detail}` };
    case "error":
      if (activity === "refused")
        return answer.status === 400 || answer.status === 404 ? { allowed: "never" } : odd(answer);
      if (wasHit) return { allowed: "at most once" };
      return activity === "failure" ? { allowed: "once" } : odd(answer);
  }
}

function odd({ status, detail }: { readonly status: number; readonly detail: string }): Verdict {
  return { allowed: "at most once", fault: `answered ${status}: ${detail}` };
}
