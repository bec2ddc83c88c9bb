import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import Type from "typebox";
import { attempt } from "../../core/attempt.ts";
import type { PlanLimits } from "../../core/backend.ts";
import { planLimitsOf, planReport } from "../../core/usage.ts";
import { refuseSpecialFile } from "../../observability/private-file.ts";
import { lazyCheck } from "../protocol/lazy-check.ts";
import { current, NO_LIMITS } from "./limits.ts";

const Text = Type.Optional(Type.String());

const File = lazyCheck(
  Type.Object({
    version: Type.Literal(1),
    limits: Type.Object({
      seenAt: Type.Optional(Type.Number()),
      status: Text,
      claim: Text,
      resetsAt: Type.Optional(Type.Number()),
      windows: Type.Record(
        Type.String(),
        Type.Object({
          utilization: Type.Number(),
          resetsAt: Type.Number(),
          status: Text,
          surpassedThreshold: Type.Optional(Type.Number()),
          seenAt: Type.Number(),
        }),
      ),
      rejections: Type.Array(Type.Object({ type: Type.String(), resetsAt: Type.Number(), model: Text })),
      overage: Type.Optional(Type.Object({ type: Text, since: Type.Number(), resetsAt: Type.Number(), model: Text })),
    }),
  }),
);

/** The limits last seen, in a file that outlives the server. */
export type PlanStore = {
  /** Undefined: nothing is kept, or nothing that can be read. */
  read(): PlanLimits | undefined;
  /** Throws where the file cannot be written. */
  write(limits: PlanLimits): void;
};

/** The file in the folder for the program's state. */
export function planPath(stateDirectory: string): string {
  return join(stateDirectory, "plan.json");
}

export function planFile(path: string): PlanStore {
  return {
    read() {
      // It is missing at first, and tells nothing that the next answer does not tell again.
      const content = attempt((): unknown => {
        refuseSpecialFile(path);
        return JSON.parse(readFileSync(path, "utf8"));
      });
      return File.Check(content) ? content.limits : undefined;
    },
    write(limits) {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      const part = `${path}.${process.pid}.part`;
      writeFileSync(part, JSON.stringify({ version: 1, limits }), { mode: 0o600 });
      renameSync(part, path);
    },
  };
}

/** What the server that ran last knew, as far as it still holds; for when none runs. */
export function planOnDisk(path: string) {
  const known = current(planFile(path).read() ?? NO_LIMITS, Date.now() / 1000);
  return planReport(known, planLimitsOf(known));
}
