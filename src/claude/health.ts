import type { BackendHealth } from "../core/backend.ts";
import type { InstallationMonitor } from "./cli/installation-monitor.ts";
import type { Limiter } from "./pool/limiter.ts";
import type { WorkerPool } from "./pool/worker-pool.ts";

export type HealthOptions = {
  readonly monitor: InstallationMonitor;
  readonly pool: WorkerPool;
  readonly limiter: Limiter;
};

/** The state as last seen. */
export function healthOf({ monitor, pool, limiter }: HealthOptions): BackendHealth {
  const { installation } = monitor;
  const problem = monitor.problem ?? pool.problem;
  return {
    status: problem ? "unavailable" : installation ? "ok" : "starting",
    ...(problem ? { problem: { code: problem.code, message: problem.message } } : {}),
    ...(installation
      ? { cli: { path: installation.path, version: installation.version }, login: installation.login }
      : {}),
    workers: { ...pool.counts, queued: limiter.queued },
  };
}
