import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import parsePrometheusTextFormat from "parse-prometheus-text-format";
import { tellsCost } from "../../src/claude/cli/version.ts";
import { apiError, blocks, text, toolUse } from "../../src/simulator/reply.ts";
import { claudeVersion } from "../support/claude-version.ts";
import { type Harness, startHarness } from "../support/harness.ts";
import { runCli } from "../support/run-cli.ts";
import { until } from "../support/wait.ts";

// What was used, as every view tells it: real CLI, simulated API.

const SENTINEL = "xylophone-sentinel";
const KEY = "key-of-the-work";
const SENT = { input: 0, output: 0, cached: 0 };

let app: Harness;
const post = (path: string, body: object, program: string, key = KEY) =>
  fetch(`${app.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", "user-agent": program, authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: "claude-sonnet-4", ...body }),
  }).then((response) => response.text());

const usage = async (query: string) =>
  JSON.parse(
    await (await fetch(`${app.url}/v1/usage?${query}`, { headers: { authorization: `Bearer ${KEY}` } })).text(),
  );

beforeAll(async () => {
  app = await startHarness({ config: { apiKeys: [KEY], warm: 0 } });
  const messages = [{ role: "user", content: `Say ${SENTINEL} one.` }];
  const counted = { input_tokens: 7, cache_read_input_tokens: 3, output_tokens: 11 };
  for (const _ of [1, 2, 3, 4]) app.simulator.enqueue(text(`It is ${SENTINEL}.`, { usage: counted }));
  await post("/v1/chat/completions", { messages }, "curl/8.0");
  await post("/v1/chat/completions", { messages, stream: true }, "OpenAI/Python 2.0");
  await post("/v1/responses", { input: `Say ${SENTINEL}.`, store: false }, "codex_cli_rs/0.1 (x)");
  await post("/v1/messages", { messages, max_tokens: 99, stream: true }, "claude-cli/2.1 (x)");
  app.simulator.enqueue(apiError(529, "overloaded_error", `no ${SENTINEL}`));
  await post("/v1/chat/completions", { messages }, "curl/8.0");
  Object.assign(SENT, { input: 4 * 7, output: 4 * 11, cached: 4 * 3 });
});
afterAll(() => app[Symbol.asyncDispose]());

test("GET /v1/usage tells what the API counted, by program and by model", async () => {
  const all = await usage("");
  expect(all).toMatchObject({ object: "usage", schemaVersion: 1, by: null, running: [] });
  expect(all.limits).toContainEqual(expect.objectContaining({ window: "five_hour", utilization: expect.any(Number) }));
  expect(all.totals).toEqual([
    expect.objectContaining({
      name: "all",
      requests: 5,
      failed: { client: 0, plan: 0, upstream: 1, server: 0 },
      inputTokens: SENT.input,
      cacheReadTokens: SENT.cached,
      outputTokens: SENT.output,
      firstTokenMs: expect.any(Number),
      unpriced: 0,
      extraUsage: 0,
    }),
  ]);
  expect(all.extraUsage).toEqual({
    ...{ inUse: false, since: null, until: null, status: "rejected", disabledReason: "org_level_disabled" },
  });
  const byClient = await usage("by=client");
  const requests = byClient.totals.map(({ name, requests }: { name: string; requests: number }) => [name, requests]);
  expect(Object.fromEntries(requests)).toEqual({ curl: 2, "openai-python": 1, codex: 1, "claude-code": 1 });
  expect((await usage("by=day")).totals).toHaveLength(1);
  expect((await usage("from=2001-01-01&to=2001-02-01")).totals).toEqual([]);
});

test("what the turns would have cost is the CLI's own figure, the same for the same answer, in all views", async () => {
  const byClient = (await usage("by=client")).totals;
  const [one, ...others] = byClient.map(({ costUsd }: { costUsd: number }) => costUsd);
  expect(one).toBeGreaterThan(0);
  expect(others).toEqual([one, one, one]);
  const { totals } = await usage("");
  expect(totals[0].costUsd).toBeCloseTo(4 * one, 9);
  const told = Object.values((await scraped()).valuesOf("claude_max_api_cost_usd_total", "client"));
  expect(told).toHaveLength(4);
  for (const cost of told) expect(cost).toBeCloseTo(one, 9);
  const stats = await fetch(`${app.url}/v1/quota-stats`, { headers: { authorization: `Bearer ${KEY}` } });
  expect(await stats.json()).toMatchObject({
    providers: {
      anthropic: {
        credential_count: 1,
        exhausted_count: 0,
        quota_groups: expect.arrayContaining([
          { name: "five_hour", remaining_percent: 100, reset_time: expect.stringMatching(/^20.*Z$/) },
        ]),
      },
    },
    summary: {
      total_requests: 5,
      total_tokens: SENT.input + SENT.cached + SENT.output,
      approx_cost: totals[0].costUsd,
    },
  });
});

test.each([
  ["by=colour", "by", "model, client, day"],
  ["from=yesterday", "from", "2030-01-31"],
  ["from=2030-02-01&to=2030-01-01", "from", "before 'to'"],
  ["since=2030-01-01", "since", "from, to, by"],
])("GET /v1/usage?%s is refused, and the parameter named", async (query, param, expected) => {
  expect((await usage(query)).error).toMatchObject({ param, message: expect.stringContaining(expected) });
});

test("the commands tell the same, with a server and by what it has written down", async () => {
  const run = (argv: string[], port: string) =>
    runCli([...argv, "--port", port], { env: { CLAUDE_MAX_API_KEY: KEY }, home: app.home });
  for (const port of [new URL(app.url).port, "0"]) {
    const { code, stdout } = await run(["usage", "--by", "client", "--csv"], port);
    expect([port, code]).toEqual([port, 0]);
    expect(stdout).toContain(`client,requests,inputTokens,`);
    expect(stdout).toMatch(/^codex,1,7,3,0,11,/m);
    const table = (await run(["usage", "--days", "1"], port)).stdout;
    expect(table).toMatch(/claude-sonnet/);
    expect(Math.max(...table.split("\n").map((line) => Bun.stringWidth(line)))).toBeLessThanOrEqual(80);
  }
  const status = await run(["status"], new URL(app.url).port);
  expect(status.code).toBe(0);
  expect(status.stdout).toMatch(/Today\s+5 requests, 40 tokens in \(30% cached\), 44 out, \$\d\.\d\d at list price/);
  const none = await run(["status"], "0");
  expect([none.code, none.stdout]).toEqual([1, expect.stringContaining("No server")]);
});

/** The values of a metric by one of its labels, summed. */
async function scraped(accept = "") {
  const response = await fetch(`${app.url}/metrics`, { headers: { authorization: `Bearer ${KEY}`, accept } });
  const page = await response.text();
  const families = parsePrometheusTextFormat(page);
  const valuesOf = (name: string, label: string) => {
    const sums: Record<string, number> = {};
    for (const { labels = {}, value } of families.find((family) => family.name === name)?.metrics ?? []) {
      const key = labels[label] ?? "";
      sums[key] = (sums[key] ?? 0) + Number(value);
    }
    return sums;
  };
  return { type: response.headers.get("content-type"), page, valuesOf, names: families.map(({ name }) => name) };
}

test("GET /metrics tells the same to a parser of Prometheus' text", async () => {
  const { type, page, valuesOf } = await scraped();
  expect(type).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(valuesOf("claude_max_api_tokens_total", "kind")).toEqual({
    ...{ input: SENT.input, cache_read: SENT.cached, cache_write: 0, output: SENT.output, reasoning: 0 },
  });
  expect(valuesOf("claude_max_api_turns_total", "client")).toEqual({
    ...{ curl: 2, "openai-python": 1, codex: 1, "claude-code": 1 },
  });
  expect(valuesOf("claude_max_api_failures_total", "fault")).toEqual({ upstream: 1 });
  expect(page).toMatch(/^gen_ai_server_request_duration_seconds_count\{[^}]*error_type="overloaded"[^}]*\} 1$/m);
  expect(valuesOf("claude_max_api_up", "")).toEqual({ "": 1 });
});

test("GET /metrics is OpenMetrics for who asks for that, and nothing for who has no key", async () => {
  const { type, page } = await scraped("application/openmetrics-text; version=1.0.0");
  expect(type).toStartWith("application/openmetrics-text");
  expect(page).toEndWith("# EOF\n");
  expect(page).toContain("# TYPE claude_max_api_turns counter");
  expect((await fetch(`${app.url}/metrics`)).status).toBe(401);
});

test("the dashboard and the alerts ask for metrics that there are, and docs/monitoring names each", async () => {
  const { names } = await scraped();
  const read = (file: string) => readFileSync(join(import.meta.dir, "../../docs/monitoring", file), "utf8");
  for (const file of ["grafana.json", "alerts.yaml"]) {
    const asked = read(file).match(/\b(claude_max_api|gen_ai_server)_\w+/g) ?? [];
    expect(asked.length).toBeGreaterThan(4);
    expect(names).toEqual(expect.arrayContaining(asked.map((name) => name.replace(/_bucket$/, ""))));
  }
  JSON.parse(read("grafana.json"));
  for (const name of names) expect(read("README.md")).toContain(`\`${name}\``);
});

test("the log has a line for each request, with what it took and how it was served", () => {
  const lines = app.log.flatMap((line) => / info\s+request (.*)\n/.exec(line)?.[1] ?? []);
  const codex = lines.find((line) => line.includes("/v1/responses"));
  expect(codex).toMatch(/model=claude-sonnet\S* in=10 cached=3 out=11 waited=\d+ first=\d+ served=\w+ client=codex/);
});

test("the log's line for a client that leaves in the middle has the tokens that were told until then", async () => {
  app.simulator.enqueue(text("It goes on, and on, and on.", { delayMs: 200, usage: { input_tokens: 7 } }));
  const leaving = new AbortController();
  const response = await fetch(`${app.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", "user-agent": "leaver/1", authorization: `Bearer ${KEY}` },
    body: JSON.stringify({ model: "claude-sonnet-4", stream: true, messages: [{ role: "user", content: "Go on." }] }),
    signal: leaving.signal,
  });
  await response.body?.getReader().read();
  leaving.abort();
  const line = () => app.log.find((line) => line.includes("client=leaver"));
  await until(() => line() !== undefined, "the line is there");
  expect(line()).toMatch(/ in=\d+ .*fault=client client=leaver end=client-left/);
});

test("a turn that waits for results is told its own cost, and so is the one that goes on with them", async () => {
  const tools = [{ name: "f", input_schema: { type: "object" } }];
  const counted = { usage: { input_tokens: 7, cache_read_input_tokens: 3, output_tokens: 11 } };
  app.simulator.enqueue(blocks([toolUse("toolu_1", "f", {})], counted), text("Done.", counted));
  const question = { role: "user", content: "Call f." };
  const ask = async (messages: object[]) =>
    JSON.parse(await post("/v1/messages", { messages, tools, max_tokens: 99 }, "looper/1"));
  const { content } = await ask([question]);
  const of = async (program: string) =>
    (await usage("by=client")).totals.find(({ name }: { name: string }) => name === program);
  const each = (await of("codex")).costUsd;
  const tellsParked = tellsCost(await claudeVersion());
  if (tellsParked) await until(async () => (await of("looper")).costUsd === each, "the cost is told");
  const result = { type: "tool_result", tool_use_id: "toolu_1", content: "ok" };
  await ask([question, { role: "assistant", content }, { role: "user", content: [result] }]);
  expect(await of("looper")).toMatchObject({ requests: 2, unpriced: tellsParked ? 0 : 1, costUsd: 2 * each });
});

test("what was said is in no file and no line of the log", async () => {
  // Asking has it written.
  expect((await usage("")).totals).toMatchObject([{ requests: 8 }]);
  const files = readdirSync(app.home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const told = files.filter(({ parentPath, name }) => readFileSync(join(parentPath, name)).includes(SENTINEL));
  expect(files.map(({ name }) => name)).toContain("usage.sqlite");
  expect(told.map(({ name }) => name)).toEqual([]);
  expect(app.log.filter((line) => line.includes(SENTINEL))).toEqual([]);
});
