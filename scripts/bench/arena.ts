import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "../../src/simulator/reply.ts";
import { type RecordedRequest, type Responder, type Simulator, startSimulator } from "../../src/simulator/simulator.ts";
import { buildBinary, type Running, type Surroundings, startBinary } from "./binary.ts";
import { type Contestant, cold, direct, OURS, openAiServer, PROXY } from "./contestants.ts";
import type { Report } from "./figures.ts";
import { startProxy } from "./proxy.ts";

/** What every scenario finds: the contestants, ready, before the same simulated API. */
export type Arena = {
  readonly around: Surroundings;
  readonly simulator: Simulator;
  readonly contestants: readonly Contestant[];
  readonly ours: Running;
  readonly rounds: number;
  /** A folder that goes at the end. */
  readonly folder: string;
  /** Ours, as it was built. */
  readonly binary: string;
  /** Another checkout, or its binary, to compare with. */
  readonly against: string | undefined;
  /** What the simulated API answers from now on. */
  answer(responder: Responder): void;
  /** Resolves when no contestant does anything. */
  settle(): Promise<void>;
  /** The requests that a piece of work brings about. */
  requestsOf(work: () => Promise<unknown>): Promise<readonly RecordedRequest[]>;
  /** Done at the end, however it comes about; what a scenario started, it ends itself before. */
  readonly atEnd: (work: () => Promise<void>) => void;
  /** A server of its own for a scenario, which stops it. */
  startOurs(options?: readonly string[]): Promise<Running>;
};

export type Scenario = {
  readonly name: string;
  readonly title: string;
  run(arena: Arena): Promise<Report>;
};

export const HELLO = text("Hello world.");

export type ArenaOptions = Pick<Arena, "rounds" | "against"> & { readonly withProxy: boolean };

/** Builds and starts everything; `cleanup` ends it. */
export async function openArena(
  cleanup: AsyncDisposableStack,
  { rounds, against, withProxy }: ArenaOptions,
): Promise<Arena> {
  const folder = mkdtempSync(join(tmpdir(), "claude-max-api-bench-"));
  cleanup.defer(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  let respond: Responder = () => HELLO;
  const simulator = startSimulator({ responder: (request) => respond(request) });
  cleanup.defer(() => simulator.close());
  const around = surroundings(folder, simulator.url);
  const binary = await buildBinary(folder);
  const startOurs = async (options: readonly string[] = []) => {
    const server = await startBinary(binary, around, options);
    cleanup.defer(server.stop);
    return server;
  };
  const ours = await startOurs();
  const contestants = [direct(simulator.url), cold(around)];
  if (withProxy) {
    const proxy = await startProxy(folder, around);
    cleanup.defer(proxy.stop);
    contestants.push(openAiServer(PROXY, proxy.url, { takesTools: false }));
  }
  contestants.push(openAiServer(OURS, ours.url, { takesTools: true }));
  const settle = async () => {
    for (const contestant of contestants) await contestant.settle();
  };
  return {
    around,
    simulator,
    contestants,
    ours,
    rounds,
    folder,
    binary,
    against,
    atEnd: (work) => cleanup.defer(work),
    startOurs,
    settle,
    answer: (responder) => {
      respond = responder;
    },
    requestsOf: async (work) => {
      const before = simulator.requests.length;
      await work();
      // What the CLI might send on its own, after the answer, has until then to arrive.
      await settle();
      return simulator.requests.slice(before);
    },
  };
}

/** No login and no network: a home folder of its own, a made-up token, and the simulated API. */
export function surroundings(home: string, anthropicUrl: string): Surroundings {
  return {
    home,
    anthropicUrl,
    env: {
      PATH: process.env.PATH ?? "",
      HOME: home,
      CLAUDE_CODE_OAUTH_TOKEN: "sk-ant-oat01-bench",
      ANTHROPIC_BASE_URL: anthropicUrl,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    },
  };
}

export function contestantNamed({ contestants }: Pick<Arena, "contestants">, name: string): Contestant {
  const contestant = contestants.find((one) => one.name === name);
  if (contestant === undefined) throw new Error(`${name} does not take part`);
  return contestant;
}

/** Does the same with each contestant, in an order that changes from round to round, each after all have come to rest. */
export async function interleave(
  { settle }: Pick<Arena, "settle">,
  contestants: readonly Contestant[],
  round: number,
  work: (contestant: Contestant) => Promise<void>,
): Promise<void> {
  const first = round % contestants.length;
  for (const contestant of [...contestants.slice(first), ...contestants.slice(0, first)]) {
    await settle();
    await work(contestant);
  }
}
