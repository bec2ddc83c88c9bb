import type { BackendHealth } from "../core/backend.ts";
import type { InstallationMonitor } from "./cli/installation-monitor.ts";
import type { PlanGuard } from "./plan/plan-guard.ts";
import type { WorkerPool } from "./pool/worker-pool.ts";
import type { TurnQueue } from "./queue/turn-queue.ts";

export type HealthOptions = {
  readonly monitor: InstallationMonitor;
  readonly pool: WorkerPool;
  readonly queue: TurnQueue;
  readonly guard: PlanGuard;
};

/** The state as last seen. */
export function healthOf({ monitor, pool, queue, guard }: HealthOptions): BackendHealth {
  monitor.glance();
  const { installation } = monitor;
  const problem = monitor.problem ?? pool.problem ?? guard.problem;
  return {
    status: problem ? "unavailable" : installation ? "ok" : "starting",
    ...(problem ? { problem: { code: problem.code, message: problem.message } } : {}),
    ...(installation
      ? { cli: { path: installation.path, version: installation.version }, login: installation.login }
      : {}),
    workers: { ...pool.counts, queued: queue.waiting },
  };
}
