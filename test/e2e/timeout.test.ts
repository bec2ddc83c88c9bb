import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ClaudeBackend } from "../../src/claude/backend.ts";
import { createClaudeBackend } from "../../src/claude/create-backend.ts";
import type { ChatEvent } from "../../src/core/event.ts";
import type { ChatRequest } from "../../src/core/request.ts";
import { Logger } from "../../src/observability/logger.ts";
import { hang, hangMidStream, type Reply, text } from "../../src/simulator/reply.ts";
import { type Simulator, startSimulator } from "../../src/simulator/simulator.ts";
import { EventOrder } from "../support/event-order.ts";
import { CLAUDE, inspectOnce, TEST_TOKEN } from "../support/harness.ts";
import { until } from "../support/wait.ts";

/** Far longer than the simulated API needs for an answer, and short enough to wait for. */
const SILENCE_MS = 2_000;

let home: string;
let simulator: Simulator;
let backend: ClaudeBackend;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "claude-max-api-test-"));
  simulator = startSimulator();
  ({ backend } = createClaudeBackend({
    claudePath: CLAUDE,
    anthropicBaseUrl: simulator.url,
    allowApiKey: false,
    warm: 0,
    inspect: inspectOnce,
    maxConcurrency: 1,
    maxWorkers: 4,
    idleTimeoutSeconds: 600,
    maxParked: 0,
    parkTimeoutSeconds: 60,
    allowExtraUsage: false,
    holdMinutes: 0,
    budget: {},
    modelAliases: {},
    env: { PATH: process.env.PATH, HOME: home, CLAUDE_CODE_OAUTH_TOKEN: TEST_TOKEN },
    home,
    platform: process.platform,
    workingDirectory: join(home, "empty"),
    logger: new Logger("silent"),
    silenceTimeoutMs: SILENCE_MS,
  }));
  await backend.start();
});
afterAll(async () => {
  await backend.close();
  await simulator.close();
  rmSync(home, { recursive: true, force: true });
});

const REQUEST: ChatRequest = {
  model: "claude-sonnet-4",
  system: "",
  turns: [{ role: "user", content: [{ type: "text", text: "Hello" }] }],
  stop: [],
  tools: [],
  toolChoice: { type: "auto" },
  parallelToolCalls: true,
};

/** All events of one request, which are a legal stream. */
async function run(): Promise<ChatEvent[]> {
  const order = new EventOrder();
  const events: ChatEvent[] = [];
  for await (const event of backend.run(REQUEST, new AbortController().signal)) {
    order.check(event);
    events.push(event);
  }
  order.end();
  return events;
}

const textOf = (events: readonly ChatEvent[]) =>
  events.map((event) => (event.type === "text-delta" ? event.text : "")).join("");

describe("a model that gives no sign of life is given up:", () => {
  test.each<[string, () => Reply, string]>([
    ["before the first token", hang, ""],
    ["in the middle of its answer", () => hangMidStream("Once upon a time"), "Once upon a time"],
  ])("%s", async (_, reply, begun) => {
    const count = simulator.requests.length + 1;
    simulator.enqueue(reply(), text("Still here."));
    const events = await run();
    expect(textOf(events)).toBe(begun);
    expect(events.at(-1)).toMatchObject({
      type: "error",
      error: { code: "request_timeout", message: expect.stringContaining("no sign of life for 2 seconds") },
    });
    // The connection to the API is dropped, so that nothing goes on being written, and paid.
    await simulator.requests[count - 1]?.aborted;
    expect(simulator.requests).toHaveLength(count);
    // With room for one request at a time, this one shows that the place and the process are free again.
    const next = await run();
    expect(textOf(next)).toBe("Still here.");
    expect(next.at(-1)).toMatchObject({ type: "finish", reason: { unified: "stop" } });
    expect(simulator.requests).toHaveLength(count + 1);
    await until(() => backend.health().workers.busy === 0, "nothing is left running");
  });
});

test("a model that writes slowly is not given up, however long its answer takes in all", async () => {
  const chunks = Array.from({ length: 13 }, (_, index) => `${index} `);
  simulator.enqueue(text(chunks.join(""), { chunks, delayMs: 200 }));
  const events = await run();
  expect(textOf(events)).toBe(chunks.join(""));
  expect(events.at(-1)).toMatchObject({ type: "finish" });
});
