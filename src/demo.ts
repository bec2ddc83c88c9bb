import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LimitWindow, PlanLimits } from "./core/backend.ts";
import type { TurnRecord } from "./core/turn-record.ts";
import type { PlanState } from "./simulator/answer/rate-limit-headers.ts";
import { startSimulator } from "./simulator/simulator.ts";

/** Everything the real CLI needs to answer without a login, and without reaching the network. */
export type Demo = ReturnType<typeof startDemo>;

/** Starts the simulated Anthropic API on loopback, and sets up an empty configuration with a made-up login for the CLI. */
export function startDemo() {
  const startedAt = Date.now();
  const simulator = startSimulator({ keepRequests: 1, madeUpModels: "any", plan: livingPlan(startedAt) });
  const configDirectory = mkdtempSync(join(tmpdir(), "claude-max-api-demo-"));
  return {
    anthropicBaseUrl: simulator.url,
    // Replaces the user's login: neither it nor anything else in their configuration is touched.
    env: { CLAUDE_CONFIG_DIR: configDirectory, CLAUDE_CODE_OAUTH_TOKEN: "sk-ant-oat01-simulated" },
    // What was used in the days before, made up like all else here.
    past: madeUpPast(Date.now()),
    // The plan as the page shows it: through all that can become of one, while nothing is refused.
    shownPlan: (limits: PlanLimits, now: number) => inTurn(limits, now - startedAt, now),
    close: async () => {
      await simulator.close();
      rmSync(configDirectory, { recursive: true, force: true });
    },
  };
}

const FIVE_HOURS = 5 * 3600;
const FIRST_RESET_S = 3 * 3600;
/** After so many requests the five hours begin anew, as if they had been waited for: the demo warns, and never refuses. */
const WINDOW_REQUESTS = 66;

/** A plan of which some is used, of which each request takes a little. */
export function livingPlan(startedAt: number) {
  let [window, resetsAt] = [0, startedAt / 1000 + FIRST_RESET_S];
  return (requests: number): PlanState => {
    const now = Date.now() / 1000;
    const next = Math.floor(requests / WINDOW_REQUESTS);
    if (next !== window || now >= resetsAt) [window, resetsAt] = [next, now + FIVE_HOURS];
    const before = window === 0 ? 0.31 : 0;
    const weekly = Math.min(0.97, 0.18 + requests * 0.002);
    const week = Math.round(startedAt / 1000 + 4 * 86_400 - now);
    return {
      fiveHour: {
        used: rounded(before + (requests % WINDOW_REQUESTS) * 0.01),
        resetsInSeconds: Math.round(resetsAt - now),
      },
      sevenDay: { used: rounded(weekly), resetsInSeconds: week },
      sevenDayOfModel: { used: rounded(weekly / 2), resetsInSeconds: week },
    };
  };
}

/** So long after the start, and again from there. The first act is the longest: what is seen is mostly what programs used. */
const ACTS = [
  { name: "as it is", untilMs: 180_000 },
  { name: "nearly used up", untilMs: 210_000 },
  { name: "used up", untilMs: 240_000 },
  { name: "paid for", untilMs: 270_000 },
] as const;
const ROUND_MS = 270_000;

/** What a plan may come to, one after the other, for who only looks: the five hours of this one, so long after the start. */
export function inTurn(limits: PlanLimits, passedMs: number, now: number): PlanLimits {
  const { five_hour: told } = limits.windows;
  const passed = passedMs % ROUND_MS;
  const act = ACTS.find(({ untilMs }) => passed < untilMs);
  if (told === undefined || act === undefined || act.name === "as it is") return limits;
  const shown = (status: string, changed: Partial<LimitWindow>): PlanLimits => ({
    ...limits,
    status,
    windows: { ...limits.windows, five_hour: { ...told, status, seenAt: now / 1000, ...changed } },
  });
  if (act.name === "nearly used up") return shown("allowed_warning", { utilization: 0.94 });
  const resetsAt = Math.round((now - passed + act.untilMs) / 1000);
  const full = shown("rejected", { utilization: 1, resetsAt });
  const type = "five_hour";
  if (act.name === "used up") return { ...full, rejections: [{ type, resetsAt }] };
  return { ...full, extraUsage: { status: "allowed" }, overage: { type, since: resetsAt - 30, resetsAt } };
}

function rounded(part: number): number {
  return Math.round(part * 1000) / 1000;
}

const PROGRAMS = ["opencode", "opencode", "codex", "codex", "cline", "open-webui", "openai-python"];
const MODELS = ["claude-sonnet-5-5", "claude-sonnet-5-5", "claude-opus-5-5", "claude-haiku-5-5"];
const PAST_DAYS = 30;

/** A month of one person's work: more on working days, in loops of an agent that the prompt cache knows. The same at each start. */
export function madeUpPast(now: number): readonly TurnRecord[] {
  const random = randomNumbers(7);
  const between = (least: number, most: number) => Math.round(least + random() * (most - least));
  const pick = (words: readonly string[]) => words[Math.floor(random() * words.length)] ?? "";
  const turns: TurnRecord[] = [];
  for (let day = PAST_DAYS - 1; day >= 0; day--) {
    const morning = new Date(now);
    morning.setHours(8, 0, 0, 0);
    morning.setDate(morning.getDate() - day);
    const isWeekend = [0, 6].includes(morning.getDay());
    const [sessions, hours] = [isWeekend ? between(0, 3) : between(4, 9), isWeekend ? 14 : 11];
    for (let session = 0; session < sessions; session++) {
      const [client, answered] = [pick(PROGRAMS), pick(MODELS)];
      let at = morning.getTime() + random() * hours * 3_600_000;
      let known = between(3_000, 14_000);
      for (let turn = between(3, 12); turn > 0; turn--) {
        const [written, outputTokens, hasFailed] = [between(300, 4_000), between(120, 1_800), random() < 0.015];
        const firstTokenMs = between(550, 1_900);
        turns.push({
          at: Math.round(at),
          caller: { dialect: client === "codex" ? "responses" : "chat", client },
          model: answered,
          answered: hasFailed ? undefined : answered,
          inputTokens: hasFailed ? 0 : between(4, 40),
          cacheReadTokens: hasFailed ? 0 : known,
          cacheWriteTokens: hasFailed ? 0 : written,
          outputTokens: hasFailed ? 0 : outputTokens,
          reasoningTokens: hasFailed ? 0 : Math.round(outputTokens / 4),
          searches: 0,
          outcome: hasFailed ? "overloaded" : turn === 1 ? "stop" : "tool-calls",
          fault: hasFailed ? "upstream" : undefined,
          waitedMs: between(0, 40),
          firstTokenMs: hasFailed ? undefined : firstTokenMs,
          totalMs: firstTokenMs + outputTokens * 12,
          served: turn === 1 ? "resume" : "continue",
          costUsd: hasFailed ? undefined : (known * 0.3 + written * 6 + outputTokens * 15) / 1e6,
          isExtraUsage: hasFailed ? undefined : false,
        });
        known += written + outputTokens;
        at += between(15_000, 90_000);
      }
    }
  }
  return turns.filter(({ at }) => at < now).toSorted((one, other) => one.at - other.at);
}

/** Numbers from 0 to 1 that look like drawn ones (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
