import type { Counted } from "../../../src/claude/count/counting-process.ts";
import type { Counts } from "../../../src/claude/count/counting-processes.ts";
import { TokenCounter, type TokenCounterOptions } from "../../../src/claude/count/token-counter.ts";
import { countsTokens } from "../../../src/claude/probe/counting.ts";
import { Probe } from "../../../src/claude/probe/probe.ts";
import type { Tool, Turn } from "../../../src/core/request.ts";
import { Logger } from "../../../src/observability/logger.ts";

export const user = (text: string): Turn => ({ role: "user", content: [{ type: "text", text }] });
export const tool = (name: string, description = ""): Tool => ({ name, description, parameters: {} });
const INSTALLED = { path: "/claude", version: "2.1.330" };

type Options = Partial<TokenCounterOptions> & {
  /** What comes of trying how the CLI counts. */
  readonly tryOut?: () => Promise<number | undefined>;
  /** What is told of tools, by their names; a conversation amounts to 10. */
  readonly tools?: Readonly<Record<string, number>>;
  /** Counts wait for it. */
  readonly gate?: Promise<unknown>;
  readonly counted?: () => Partial<Counted>;
};

/** A counter whose processes are made up, and what became of them. */
export function fakeCounter({ tools = {}, gate, counted, tryOut, ...options }: Options = {}) {
  const seen = { started: 0, alive: 0, most: 0, counts: 0, places: 0, mostPlaces: 0 };
  const start = (): Counts => {
    seen.started++;
    seen.most = Math.max(seen.most, ++seen.alive);
    let isUsable = true;
    const ended = Promise.withResolvers<never>();
    // Nobody may be waiting.
    ended.promise.catch(() => {});
    const end = async () => {
      if (isUsable) seen.alive--;
      isUsable = false;
      ended.reject(new Error("it was ended"));
    };
    return {
      get isUsable() {
        return isUsable;
      },
      canCount: (asked) => isUsable && !asked.some(({ description }) => description === "unlike"),
      count: async (asked) => {
        seen.counts++;
        await Promise.race([gate, ended.promise]);
        const ofTools = asked.tools.map(({ name }) => tools[name] ?? 0).reduce((sum, each) => sum + each, 0);
        return { parts: { conversation: 10, tools: ofTools }, estimated: undefined, ...counted?.() };
      },
      close: end,
      terminate: end,
    };
  };
  const takePlace = () => {
    seen.mostPlaces = Math.max(seen.mostPlaces, ++seen.places);
    return Promise.resolve(() => void seen.places--);
  };
  const probe = new Probe<number | undefined>(countsTokens, {
    cwd: "/",
    env: {},
    logger: new Logger("silent"),
    admit: takePlace,
    run: tryOut ?? (() => Promise.resolve(100)),
  });
  const counter = new TokenCounter({
    start,
    takenOff: (installed, signal) => probe.find(installed, signal),
    closeProbe: () => probe.close(),
    takePlace,
    keepRoom: () => () => {},
    ...options,
  });
  const count = (turns: readonly Turn[], asked: readonly Tool[] = [], signal = new AbortController().signal) =>
    counter
      .count(
        {
          request: { model: "sonnet", system: "", turns, tools: asked },
          model: "sonnet",
          installed: INSTALLED,
          client: "",
        },
        signal,
      )
      .catch((error: unknown) => error);
  return { counter, count, seen };
}
