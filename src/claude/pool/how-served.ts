import type { Worker } from "./worker.ts";

/** Whether the process went on, what it kept of another turn, or that it had never been asked. */
export function howServed(
  { profile, transcript }: Worker,
  { keep, resume }: { keep: number; resume: boolean },
): string {
  if (resume) return "resume";
  if (transcript.length === 0) return "new";
  return profile === undefined && keep > 0 ? "restore" : "reuse";
}
