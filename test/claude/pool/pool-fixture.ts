import { expect } from "bun:test";
import { copyFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Demand } from "../../../src/claude/pool/choice.ts";
import type { Lease, PoolOptions } from "../../../src/claude/pool/lease.ts";
import type { Profile } from "../../../src/claude/pool/profile.ts";
import { Worker } from "../../../src/claude/pool/worker.ts";
import { WorkerPool } from "../../../src/claude/pool/worker-pool.ts";
import { Ability } from "../../../src/claude/probe/abilities.ts";
import type { Turn } from "../../../src/core/request.ts";
import { Logger } from "../../../src/observability/logger.ts";
import { makeScripts } from "../../support/scripts.ts";
import { until } from "../../support/wait.ts";
import { FIXTURES } from "../turn/replay.ts";
import { profileFor, SETTINGS } from "./turns.ts";

/**
 * Stands in for the CLI: says yes to every control request, reports one model, acknowledges history, and answers every question
 * with the same recorded answer. Its argument says how:
 * - `now`: boots at once.
 * - `deaf`: never boots.
 * - `caller`: boots at once; calls a tool, by an id of its own, before it gives its answer.
 * - `noisy`: says what no CLI says, at once.
 * - `stubborn`: boots at once; refuses to be rewound, and so cannot be made ready.
 * - `slow-NAME`: boots at once; is initialised only once there is a file of that name.
 * - `babbler-warm`, `babbler-idle`: says what no CLI says, once it is ready or has answered, and there is a file `babble`.
 * - any other: boots once there is a file of that name. What that file holds is its last word: it prints that and fails.
 *
 * Deaf ones and babblers stay, also against SIGTERM, until there is a file `leave`.
 */
const FAKE_CLI = `
wait_for() { until [ -e "$1" ]; do sleep 0.01; done; }
stay() { trap '' TERM; echo "$1"; wait_for leave; exit; }
case $1 in
  now | caller | stubborn | slow-* | babbler-*) ;;
  noisy) echo 'using node v22'; exec sleep 600 ;;
  deaf) stay '{"type":"keep_alive"}' ;;
  *) wait_for "$1" ;;
esac
rewound=true; if [ "$1" = stubborn ]; then rewound=false; fi
if [ -s "$1" ]; then cat "$1" >&2; exit 3; fi
while read -r line; do
  id=\${line#*'"request_id":"'}; id=\${id%%'"'*}
  state=bound
  case $line in
    *'"subtype":"list_models"'*) answer='{"models":[{"value":"opus"}]}' ;;
    *'"subtype":"initialize"'*) answer='{}'; case $1 in slow-*) wait_for "$1" ;; esac ;;
    *'"subtype":"rewind_conversation"'*) state=warm; answer='{"rewound":'$rewound'}' ;;
    *'"type":"control_request"'*) answer='{}' ;;
    *'"mcp_response"'*) sed "s/toolu_1/toolu_$$/g" call-bare-resumed.jsonl; continue ;;
    *'"type":"control_response"'* | *'"type":"assistant"'*) continue ;;
    *'"shouldQuery":false'*) echo '{"type":"result","subtype":"success","is_error":false,"num_turns":0}'; continue ;;
    *) state=idle; answer= ;;
  esac
  if [ -z "$answer" ]; then
    if [ "$1" = caller ]; then sed "s/toolu_1/toolu_$$/g" call-bare.jsonl; else cat text.jsonl; fi
  else
    echo '{"type":"control_response","response":{"subtype":"success","request_id":"'"$id"'","response":'"$answer"'}}'
  fi
  if [ "$1" = "babbler-$state" ]; then wait_for babble; stay 'this is no JSON'; fi
done
`;
/** What it answers. */
const ANSWER = "Hello big world";

const PROFILE = profileFor("Be brief.");

/** Of a process that offers the tool f. */
const CALLING_PROFILE = profileFor("Be brief.", { tools: [{ name: "f", parameters: { type: "object" } }] });

/** No process can be bound to it that was bound to another, or made ready. */
export const STRUCTURED = profileFor("Be brief.", { outputFormat: { schema: { type: "object" }, delivery: "whole" } });

export const PATIENCE = { silenceTimeoutMs: 60_000 };

export const user = (text: string): Turn => ({ role: "user", content: [{ type: "text", text }] });
export const ANSWERED: Turn = { role: "assistant", content: [{ type: "text", text: ANSWER }] };

export const demand = (...turns: Turn[]) => ({ profile: PROFILE, model: "opus", turns, settings: SETTINGS });

/** That a request got this process, not one that is like it, and how much of the conversation it keeps. */
export function expectLease(lease: Lease, worker: Worker, { keep = 0, resume = false } = {}): void {
  expect(lease.worker).toBe(worker);
  expect([lease.keep, lease.how === "resume", lease.ownIds.size]).toEqual([keep, resume, 0]);
}

export const NOBODY = { starting: 0, ready: 0, busy: 0, parked: 0 };
export const REUSE = { fresh: false };
export const FRESH = { fresh: true };

/** Waits until so many processes are ready or rest. */
export const ready = (pool: WorkerPool, count = 1) =>
  until(() => pool.counts.ready === count, `${count} processes are ready`);

/** What a promise is rejected with. */
export const refusal = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => `not refused, but ${value}`,
    (error) => error,
  );

export type Parked = {
  readonly worker: Worker;
  /** The conversation so far, its call included. */
  readonly turns: readonly Turn[];
  readonly callId: string;
  /** A request with the result of the call. */
  answered(text: string): Demand;
};

export type PoolFixture = AsyncDisposable & {
  readonly pool: WorkerPool;
  /** Every process that was started, in their order, and the model that each was started with. */
  readonly workers: readonly Worker[];
  worker(index: number): Worker;
  readonly models: readonly (string | undefined)[];
  /** What the pool passed on of the models that processes reported. */
  readonly reports: readonly unknown[];
  readonly log: readonly string[];
  /** How the next processes boot, `now` when nothing is left; an error: they cannot even be started. */
  readonly plan: (string | Error)[];
  /** Writes the file that a process waits for. */
  open(name: string, lastWord?: string): void;
  /** A process for a question of its own; one that was started for it, when `fresh`. */
  lease(text: string, options?: { fresh: boolean }): Promise<Lease>;
  /** The same for a request that only a process of its own profile can serve, or one that is not initialised. */
  leaseStructured(text: string): Promise<Lease>;
  /** Asks the last of these turns in the process, and waits until it is answered. */
  ask(lease: Lease, ...turns: Turn[]): Promise<void>;
  /** A process of its own that was asked this, and given back. */
  rest(text: string, profile?: Profile): Promise<Worker>;
  /** A process of its own that was asked this, called a tool, and was given back: it waits for the result. */
  park(text: string): Promise<Parked>;
};

/** A pool of real processes, each a small program in place of the CLI. */
export function makePool({
  rebinds = true,
  ...options
}: Partial<PoolOptions> & { rebinds?: boolean } = {}): PoolFixture {
  const scripts = makeScripts();
  const path = scripts.write("claude", FAKE_CLI);
  for (const name of ["text.jsonl", "call-bare.jsonl", "call-bare-resumed.jsonl"]) {
    copyFileSync(join(FIXTURES, name), join(scripts.directory, name));
  }
  const log: string[] = [];
  const logger = new Logger("debug", (line) => void log.push(line));
  const workers: Worker[] = [];
  const models: (string | undefined)[] = [];
  const reports: unknown[] = [];
  const plan: (string | Error)[] = [];
  const pool = new WorkerPool({
    startWorker(model, restored) {
      const next = plan.shift() ?? "now";
      if (next instanceof Error) throw next;
      const env = { PATH: "/usr/bin:/bin" };
      const cwd = scripts.directory;
      const worker = new Worker({
        path,
        args: [next],
        env,
        cwd,
        logger,
        model,
        restored,
        selectsModelsSilently: true,
        callTimeoutMs: 60_000,
        rebinding: new Ability(rebinds),
      });
      workers.push(worker);
      models.push(model);
      return worker;
    },
    onModels: (reported) => void reports.push(reported),
    logger,
    restore: async () => undefined,
    maxStarting: 16,
    warm: 1,
    maxWorkers: 8,
    idleTimeoutMs: 60_000,
    maxParked: 2,
    parkTimeoutMs: 60_000,
    retryMs: 60_000,
    hasRoom: () => true,
    ...options,
  });
  const lease = (text: string, { fresh } = { fresh: false }) => pool.lease(demand(user(text)), { fresh });
  const askAs = async (profile: Profile, { worker, keep, ownIds }: Lease, ...turns: Turn[]) => {
    const run = await worker.ask({ ...demand(...turns), profile, delivery: undefined, keep, ownIds, ...PATIENCE });
    const outcome = await run.outcome;
    if (outcome !== "clean") throw new Error(`the turn ended ${outcome}`);
  };
  return {
    pool,
    workers,
    worker(index) {
      const worker = workers[index];
      if (worker === undefined) throw new Error(`only ${workers.length} processes were started`);
      return worker;
    },
    models,
    reports,
    log,
    plan,
    open(name, lastWord = "") {
      // In one step: a file that is there, but empty for a moment, would let the process boot.
      writeFileSync(join(scripts.directory, `${name}.new`), lastWord);
      renameSync(join(scripts.directory, `${name}.new`), join(scripts.directory, name));
    },
    lease,
    leaseStructured: (text) => pool.lease({ ...demand(user(text)), profile: STRUCTURED }, { fresh: false }),
    ask: (leased, ...turns) => askAs(PROFILE, leased, ...turns),
    async rest(text, profile = PROFILE) {
      const leased = await pool.lease({ ...demand(user(text)), profile }, { fresh: true });
      await askAs(profile, leased, user(text));
      pool.release(leased.worker);
      return leased.worker;
    },
    async park(text) {
      plan.unshift("caller");
      const asked: Demand = { ...demand(user(text)), profile: CALLING_PROFILE };
      const { worker, keep, ownIds } = await pool.lease(asked, { fresh: true });
      const run = await worker.ask({ ...asked, delivery: undefined, keep, ownIds, ...PATIENCE });
      const outcome = await run.outcome;
      const [callId] = worker.openCalls;
      if (outcome !== "parked" || callId === undefined) throw new Error(`the turn ended ${outcome}`);
      pool.release(worker);
      const turns = [...asked.turns, run.answer];
      const answered = (words: string): Demand => {
        const result = { type: "tool-result", callId, content: [{ type: "text", text: words }] } as const;
        return { ...asked, turns: [...turns, { role: "user", content: [result] }] };
      };
      return { worker, turns, callId, answered };
    },
    async [Symbol.asyncDispose]() {
      await pool.close();
      await Promise.all(workers.map((worker) => worker.terminate()));
      scripts[Symbol.dispose]();
    },
  };
}
