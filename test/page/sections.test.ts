import { describe, expect, test } from "bun:test";
import type { BackendHealth, PlanLimits } from "../../src/core/backend.ts";
import type { RunningTurn, UsageTotal } from "../../src/core/usage.ts";
import { html, withCommands } from "../../src/page/html.ts";
import { renderPlan } from "../../src/page/sections/plan.ts";
import { renderProcesses } from "../../src/page/sections/processes.ts";
import { renderRecent, renderRunning } from "../../src/page/sections/requests.ts";
import { renderStatus, stateOf } from "../../src/page/sections/status.ts";
import { renderUsage, roundUp } from "../../src/page/sections/usage.ts";
import type { Period, Present } from "../../src/page/snapshot.ts";
import { turnRecord } from "../support/turn-records.ts";

const NOW = Date.UTC(2030, 0, 31, 12);
const SECONDS = NOW / 1000;
const HEALTH: BackendHealth = {
  status: "ok",
  cli: { path: "/usr/bin/claude", version: "2.1.330" },
  workers: { starting: 0, ready: 1, busy: 0, parked: 0, queued: 0 },
};
const NO_LIMITS: PlanLimits = { windows: {}, rejections: [] };
const window = (utilization: number) => ({ utilization, resetsAt: SECONDS + 3600, seenAt: SECONDS - 125 });
const turn = (fields: Partial<RunningTurn> = {}): RunningTurn => ({
  id: "1",
  caller: { dialect: "chat", client: "curl" },
  model: "claude-sonnet-4",
  at: NOW - 5_000,
  state: "answering",
  characters: 0,
  ...fields,
});
const present = (fields: Partial<Present> = {}): Present => ({
  login: undefined,
  now: NOW,
  startedAt: NOW,
  health: HEALTH,
  limits: NO_LIMITS,
  usedUpAt: {},
  running: [],
  processes: [],
  isDemo: false,
  origin: "http://localhost:3456",
  ...fields,
});
const wordsOf = (text: string) =>
  text
    .replace(/<[^>]*>/g, " ")
    .replaceAll("&#39;", "'")
    .replace(/\s+/g, " ")
    .trim();

test("what is put into HTML is escaped, in texts and in attributes; what is HTML is not", () => {
  const evil = `<img src=x onerror="alert('1')">&`;
  expect(html`<b title="${evil}">${evil}${html`<i>${1}</i>`}${undefined}${false}</b>`.text).toBe(
    `<b title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;">&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;<i>1</i></b>`,
  );
  expect(html`${withCommands("Run `a <b>`.")}`.text).toBe("Run <code>a &lt;b&gt;</code>.");
});

describe("one sentence tells the state", () => {
  const problem = { code: "cli_logged_out", message: "It is not logged in. Run `claude auth login` and log in." };
  test.each<[string, Partial<Present>, string, string]>([
    ["at rest", {}, "good", "Ready. Nothing runs."],
    ["at work", { running: [turn(), turn({ state: "asked" })] }, "busy", "2 requests are being answered."],
    [
      "with a queue",
      { running: [turn(), turn({ state: "waiting" })] },
      "busy",
      "1 request is being answered, 1 waits.",
    ],
    ["at its start", { health: { ...HEALTH, status: "starting" } }, "busy", "Starting: looking for Claude Code."],
    [
      "with a problem",
      { health: { ...HEALTH, status: "unavailable", problem } },
      "bad",
      "Claude Code is not logged in.",
    ],
    [
      "near a limit",
      { limits: { ...NO_LIMITS, windows: { five_hour: window(0.93) } } },
      "warning",
      "Ready. Nothing runs. 93% of the plan's limit (five hours) is used.",
    ],
    [
      "at a limit",
      { limits: { ...NO_LIMITS, rejections: [{ type: "seven_day", resetsAt: SECONDS + 3600 }] } },
      "warning",
      "A limit of your plan is reached (week). It resets 13:00 .",
    ],
    [
      "with extra usage",
      { limits: { ...NO_LIMITS, overage: { since: SECONDS, resetsAt: SECONDS + 3600 } } },
      "warning",
      "Answers are paid for as extra usage, beside your plan, until 13:00 .",
    ],
  ])("%s", (_, fields, tone, sentence) => {
    const state = stateOf(present(fields));
    expect([state.tone, wordsOf(html`${state.sentence}`.text)]).toEqual([tone as typeof state.tone, sentence]);
  });

  test("with the command that mends a problem, to be copied", () => {
    const { text } = renderStatus(present({ health: { ...HEALTH, status: "unavailable", problem } }));
    expect(text).toContain('<pre id="mend" tabindex="0"><code>claude auth login</code></pre>');
    expect(text).toContain('data-copy="mend"');
  });
});

describe("the plan", () => {
  test("has a bar for each window, with its reset, its age, and a forecast where there is one", () => {
    const limits = { ...NO_LIMITS, windows: { five_hour: window(0.42), seven_day: window(1.02) } };
    const { text } = renderPlan(present({ limits, usedUpAt: { five_hour: NOW + 1_800_000 } }));
    expect(text).toContain('aria-label="Five hours: 42% used"');
    expect(text).toContain('<rect class="fill" width="100%"');
    expect(wordsOf(text)).toContain("Five hours 42% used resets 13:00 , in 1 h 0 min told 2 min ago");
    expect(wordsOf(text)).toContain("At the pace of the last half hour it is used up 12:30 , 30 min before it resets.");
    expect(text).toContain('class="window bad"');
  });

  test.each<[string, Partial<PlanLimits>, string]>([
    ["off", { extraUsage: { status: "rejected", disabledReason: "org_level_disabled" } }, "Extra usage is off"],
    ["on", { extraUsage: { status: "allowed" } }, "Extra usage is on, and not in use."],
    ["in use", { overage: { since: SECONDS, resetsAt: SECONDS + 60 } }, "Extra usage is being paid for"],
  ])("says whether extra usage is %s", (_, fields, words) => {
    const limits = { ...NO_LIMITS, windows: { five_hour: window(0.1) }, ...fields };
    expect(wordsOf(renderPlan(present({ limits })).text)).toContain(words);
  });

  test("of a demo is said to be made up, and so is a limit that it reaches", () => {
    const rejections = [{ type: "five_hour", resetsAt: SECONDS + 30 }];
    const reached = { limits: { windows: { five_hour: window(1) }, rejections }, isDemo: true };
    expect(wordsOf(renderPlan(present(reached)).text)).toContain("this plan is made up");
    expect(wordsOf(renderStatus(present(reached)).text)).toContain("This is made up, and nothing is refused.");
    expect(renderPlan(present({ ...reached, isDemo: false })).text).not.toContain("made up");
  });

  test("says what to do where nothing is known of it", () => {
    expect(renderPlan(present()).text).toContain('<a href="#playground">below</a>');
  });
});

test("names that programs give themselves are text", () => {
  const caller = { dialect: "chat", client: "<script>" } as const;
  const texts = [renderRunning(present({ running: [turn({ caller })] })), renderRecent([turnRecord({ caller })], NOW)];
  for (const { text } of texts) expect(text).not.toContain("<script>");
});

test("a running request shows who asks what, and how much has come, as an estimate that says so", () => {
  const { text } = renderRunning(present({ running: [turn({ promptTokens: 12_345, characters: 400 })] }));
  expect(wordsOf(text)).toContain("curl claude-sonnet-4 answers 5 s · 12k tokens in · about 100 out Cancel");
  expect(text).toContain('title="Estimated from 400 characters; Anthropic tells the tokens at the end"');
  expect(text).toContain('action="/page/turns/1/cancel"');
});

test("a request that failed says by whose doing, and one that cost money that it did", () => {
  const { text } = renderRecent([turnRecord({ outcome: "overloaded", fault: "upstream" })], NOW);
  expect(text).toContain('<span class="failed" title="Whose doing: Anthropic">overloaded</span>');
  expect(renderRecent([turnRecord({ isExtraUsage: true })], NOW).text).toContain(
    "answered, <strong>extra usage</strong>",
  );
});

describe("the processes", () => {
  const ready = { state: "ready", model: "claude-haiku-4", at: NOW - 720_000, turns: 0 } as const;

  test("are listed, those that do something first, with what they remember, and none of what was said", () => {
    const busy = { state: "busy", model: "claude-opus-4", at: NOW - 5_000, turns: 7 } as const;
    const { text } = renderProcesses(present({ processes: [ready, { ...ready, model: undefined, turns: 1 }, busy] }));
    expect(wordsOf(text)).toContain(
      "claude-opus-4 7 turns · 5 s answers claude-haiku-4 no turns · 12 min ready any model 1 turn · 12 min ready",
    );
  });

  test("are told by their number where they are many, and said to be none where there are none", () => {
    expect(wordsOf(renderProcesses(present({ processes: Array(11).fill(ready) })).text)).toContain("and 5 more");
    expect(wordsOf(renderProcesses(present()).text)).toContain("None runs.");
  });
});

test("usage is figures, bars by kind, and tables", () => {
  const total: UsageTotal = {
    name: "all",
    requests: 3,
    failed: { client: 1, plan: 0, upstream: 1, server: 0 },
    ...{
      inputTokens: 100,
      cacheReadTokens: 850,
      cacheWriteTokens: 0,
      outputTokens: 50,
      reasoningTokens: 0,
      searches: 0,
    },
    ...{ firstTokenMs: 1234, costUsd: 0.456, unpriced: 1, extraUsage: 0 },
  };
  const slots = [
    { label: "00", title: "00:00 to 00:59", total: undefined },
    { label: "01", title: "01:00 to 01:59", total },
  ];
  const period: Period = { id: "today", title: "Today", total, byModel: [total], byClient: [total], slots };
  const { text } = renderUsage([period], false);
  expect(wordsOf(text)).toContain("Requests 3 Tokens in 950 89% cached Tokens out 50 First token 1.23 s median");
  expect(wordsOf(text)).toContain("At list price $0.46 your plan paid it; 1 not told Errors 2");
  expect(wordsOf(text)).toContain("1 by the program, 1 by Anthropic");
  expect(text).toContain('aria-label="Tokens, today: most of them 01:00 to 01:59, 1,000"');
  expect(text).toContain('<rect class="out" x="11.5" width="7" y="95" height="5"/>');
  expect(text).toContain('<rect class="in" x="11.5" width="7" y="85" height="10"/>');
  expect(text).toContain('<rect class="cached" x="11.5" width="7" y="0" height="85"/>');
  expect(renderUsage([{ ...period, total: undefined }], false).text).toContain("Nothing was asked today.");
  expect([0, 11, 100, 101, 480_000].map(roundUp)).toEqual([10, 20, 100, 200, 500_000]);
});
