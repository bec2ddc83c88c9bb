import type { Backend } from "../../core/backend.ts";

export type HealthSource = {
  readonly backend: Pick<Backend, "health">;
  readonly version: string;
  readonly demo: boolean;
  readonly startedAt: Date;
};

/** The state as `/health` tells it. `provider` and `timestamp` are what the package this one succeeds answered with. */
export function describeHealth({ backend, version, demo, startedAt }: HealthSource, now = new Date()) {
  const { status, problem, cli, login, workers } = backend.health();
  return {
    status,
    name: NAME,
    ...(problem ? { problem } : {}),
    provider: "claude-code-cli",
    timestamp: now.toISOString(),
    version,
    uptime_seconds: Math.max(0, Math.floor((now.getTime() - startedAt.getTime()) / 1000)),
    demo,
    ...(cli ? { cli } : {}),
    ...(login === undefined ? {} : { login }),
    workers,
  };
}

/** What whoever may not see the rest is told, too: which program this is. */
export const NAME = "claude-max-api";

export type HealthReport = ReturnType<typeof describeHealth>;
