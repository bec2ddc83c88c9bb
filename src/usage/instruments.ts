import { Counter, Gauge, Histogram, Registry, type RegistryContentType } from "prom-client";
import type { BackendHealth } from "../core/backend.ts";
import type { Spending, TurnRecord } from "../core/turn-record.ts";
import type { PlanLimit } from "../core/usage.ts";

/** What is told as it is when somebody looks. */
export type MetricsState = {
  readonly health: () => BackendHealth;
  readonly running: () => number;
  readonly limits: () => readonly PlanLimit[];
  readonly version: string;
  /** Names that a client may have here, keys' names among them; others are one, so that labels are a closed set. */
  readonly clients: readonly string[];
};

export type Scraped = { readonly contentType: string; readonly text: string };

// The buckets that OpenTelemetry's conventions for generative AI advise, in seconds.
const DURATIONS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const FIRST_TOKENS = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const PER_TOKEN = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5];

/** OpenTelemetry's attributes, which are the same for every turn but for the model and the error. */
const COMMON = { gen_ai_operation_name: "chat", gen_ai_provider_name: "anthropic" };
const LABELS = ["gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_response_model"] as const;

/** Models that answered and are told apart: an account has fewer. */
const MOST_MODELS = 30;
const OTHER = "other";

/** The metrics themselves, in a registry of their own. */
export class Instruments {
  readonly #registry = new Registry<RegistryContentType>();
  readonly #clients: ReadonlySet<string>;
  readonly #models = new Set<string>();
  readonly #duration = this.#histogram(
    "gen_ai_server_request_duration_seconds",
    "How long a turn of the model took, its waiting included",
    [...LABELS, "error_type"],
    DURATIONS,
  );
  readonly #firstToken = this.#histogram(
    "gen_ai_server_time_to_first_token_seconds",
    "How long it took to the first token",
    LABELS,
    FIRST_TOKENS,
  );
  readonly #perToken = this.#histogram(
    "gen_ai_server_time_per_output_token_seconds",
    "How long each token after the first took",
    LABELS,
    PER_TOKEN,
  );
  readonly #waited = this.#histogram(
    "claude_max_api_wait_seconds",
    "How long a turn waited for a place and a process",
    [],
    DURATIONS,
  );
  readonly #turns = this.#counter("turns_total", "Turns that were asked", ["model", "client", "dialect", "served"]);
  readonly #tokens = this.#counter(
    "tokens_total",
    "Tokens by kind; input, cache_read and cache_write together are the prompts, reasoning is a part of output",
    ["model", "client", "kind"],
  );
  readonly #failures = this.#counter("failures_total", "Turns that failed, by whose doing it was", ["code", "fault"]);
  readonly #cost = this.#counter(
    "cost_usd_total",
    "What turns would have cost at list price, in US dollars, as far as the CLI tells it",
    ["model", "client"],
  );
  readonly #extraUsage = this.#counter("extra_usage_turns_total", "Turns that were paid for beside the plan", []);
  readonly #searches = this.#counter("searches_total", "Web searches of the model", []);

  constructor({ health, running, limits, version, clients }: MetricsState) {
    this.#clients = new Set(clients);
    const info = this.#gauge("info", "The version of the server", ["version"]);
    info.set({ version }, 1);
    this.#gauge("up", "Whether the server can answer: 1, or 0", [], (gauge) => {
      gauge.set(health().status === "unavailable" ? 0 : 1);
    });
    this.#gauge("processes", "Processes of the Claude CLI, by what they do", ["state"], (gauge) => {
      const { queued: _, ...states } = health().workers;
      for (const [state, count] of Object.entries(states)) gauge.set({ state }, count);
    });
    this.#gauge("queued", "Turns that wait for a place", [], (gauge) => gauge.set(health().workers.queued));
    this.#gauge("running", "Turns that are asked or wait", [], (gauge) => gauge.set(running()));
    this.#gauge("plan_utilization", "How much of a window of the plan is used, from 0 to 1", ["window"], (gauge) => {
      gauge.reset();
      for (const { window, utilization } of limits()) {
        if (utilization !== undefined) gauge.set({ window }, utilization);
      }
    });
    this.#gauge("plan_reset_timestamp_seconds", "When a window of the plan begins anew", ["window"], (gauge) => {
      gauge.reset();
      for (const { window, resetsAt } of limits()) if (resetsAt !== undefined) gauge.set({ window }, resetsAt / 1000);
    });
  }

  observe(turn: TurnRecord): void {
    const model = this.#modelOf(turn);
    const client = this.#clientOf(turn);
    const labels = { ...COMMON, gen_ai_response_model: model };
    this.#turns.inc({ model, client, dialect: turn.caller.dialect, served: turn.served ?? "none" });
    const kinds = {
      input: turn.inputTokens,
      cache_read: turn.cacheReadTokens,
      cache_write: turn.cacheWriteTokens,
      output: turn.outputTokens,
      reasoning: turn.reasoningTokens,
    };
    for (const [kind, count] of Object.entries(kinds)) this.#tokens.inc({ model, client, kind }, count);
    this.#searches.inc(turn.searches);
    this.observeSpending(turn, turn);
    if (turn.fault) this.#failures.inc({ code: turn.outcome, fault: turn.fault });
    this.#duration.observe({ ...labels, error_type: turn.fault ? turn.outcome : "" }, turn.totalMs / 1000);
    if (turn.waitedMs !== undefined) this.#waited.observe(turn.waitedMs / 1000);
    const { firstTokenMs } = turn;
    if (firstTokenMs === undefined) return;
    this.#firstToken.observe(labels, firstTokenMs / 1000);
    const later = turn.outputTokens - 1;
    if (later > 0 && !turn.fault) this.#perToken.observe(labels, (turn.totalMs - firstTokenMs) / 1000 / later);
  }

  /** What it took, or took beside what was observed before. */
  observeSpending(turn: TurnRecord, { costUsd, isExtraUsage }: Spending): void {
    if (costUsd !== undefined) this.#cost.inc({ model: this.#modelOf(turn), client: this.#clientOf(turn) }, costUsd);
    if (isExtraUsage) this.#extraUsage.inc();
  }

  async scrape(isOpenMetrics: boolean): Promise<Scraped> {
    const { OPENMETRICS_CONTENT_TYPE, PROMETHEUS_CONTENT_TYPE } = Registry;
    this.#registry.setContentType(isOpenMetrics ? OPENMETRICS_CONTENT_TYPE : PROMETHEUS_CONTENT_TYPE);
    const metrics = this.#registry.getMetricsAsArray();
    const names = metrics.map(({ name }) => name);
    const text = await this.#registry.metrics();
    // For OpenMetrics the library cuts the names of counters, and leaves them so.
    for (const [index, metric] of metrics.entries()) metric.name = names[index] ?? metric.name;
    return { contentType: this.#registry.contentType, text };
  }

  #modelOf({ answered }: TurnRecord): string {
    if (answered === undefined) return "none";
    if (this.#models.size < MOST_MODELS) this.#models.add(answered);
    return this.#models.has(answered) ? answered : OTHER;
  }

  #clientOf({ caller: { key, client } }: TurnRecord): string {
    return [key, client].find((name) => name !== undefined && this.#clients.has(name)) ?? OTHER;
  }

  #counter<const Label extends string>(name: string, help: string, labelNames: readonly Label[]) {
    return new Counter({ name: `claude_max_api_${name}`, help, labelNames, registers: [this.#registry] });
  }

  #histogram<const Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    buckets: readonly number[],
  ) {
    return new Histogram({ name, help, labelNames, buckets: [...buckets], registers: [this.#registry] });
  }

  /** `look` sets what is so when somebody looks. */
  #gauge<const Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    look: (gauge: Gauge<Label>) => void = () => {},
  ): Gauge<Label> {
    return new Gauge({
      name: `claude_max_api_${name}`,
      help,
      labelNames,
      registers: [this.#registry],
      collect() {
        look(this);
      },
    });
  }
}
