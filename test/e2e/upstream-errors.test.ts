import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { apiError, cutMidStream, errorMidStream, type Reply, text } from "../../src/simulator/reply.ts";
import type { Harness } from "../support/harness.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { sseChunks, sseData } from "../support/sse.ts";
import { readError } from "../support/wire.ts";

// Every failure of the API behind the real CLI reaches the client with its true status, in OpenAI's envelope, and never as text.

// Which of the API's failures is which error is the same code for all: the recorded ones are in test/claude/turn/decode-failures.test.ts and
// result-error.test.ts, their statuses in test/api/errors/error-status.test.ts. Those of the plan and the login: plan-guard.test.ts.

let app: Harness;
beforeAll(async () => {
  app = await shareHarness();
});
afterAll(() => app[Symbol.asyncDispose]());
afterEach(() => app.simulator.clearQueue());

const BODY = { model: "claude-sonnet-4", messages: [{ role: "user", content: "Hello" }] };

type Failure = {
  readonly stream: boolean;
  readonly reply: () => Reply;
  readonly status: number;
  readonly error: object;
};

const FAILURES: [string, Failure][] = [
  [
    "400, prompt too long",
    {
      stream: true,
      reply: () => apiError(400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"),
      status: 400,
      error: { type: "invalid_request_error", code: "context_length_exceeded" },
    },
  ],
  [
    "429, for money",
    {
      stream: false,
      reply: () => apiError(429, "rate_limit_error", "Extra usage is required for long context requests."),
      status: 402,
      error: { type: "insufficient_quota", code: "extra_usage_required" },
    },
  ],
  [
    "529",
    {
      stream: false,
      reply: () => apiError(529, "overloaded_error", "Overloaded"),
      status: 529,
      error: { type: "server_error", code: "overloaded" },
    },
  ],
];

test.each(FAILURES)("upstream %s", async (_name, { stream, reply, status, error: expected }) => {
  app.simulator.enqueue(reply(), reply(), reply(), reply());
  const response = await app.chat({ ...BODY, stream });
  const error = await readError(response);
  expect(response.status).toBe(status);
  expect(error).toMatchObject(expected);
  expect(Object.keys(error)).toEqual(expect.arrayContaining(["message", "type", "param", "code"]));
  // The CLI may ask more than once before it gives up, and may not: what is left must not answer the next request.
  app.simulator.clearQueue();
  expect(await app.ask(BODY)).toContain("Simulated");
});

describe("a failure in mid-stream", () => {
  const BROKEN: [string, () => Reply][] = [
    ["an error event of the API", () => errorMidStream("Half an ans", "overloaded_error")],
    ["a connection that is reset", () => cutMidStream("Half an ans", { reset: true })],
  ];

  test.each(BROKEN)("%s is an error event, never a clean end, and the model is asked once", async (_name, reply) => {
    const before = app.simulator.requests.length;
    app.simulator.enqueue(reply());
    const response = await app.chat({ ...BODY, stream: true });
    const body = await response.text();
    if (response.status !== 200) return expect(JSON.parse(body).error.type).toBe("server_error");
    const last = JSON.parse(sseData(body).at(-1) ?? "");
    expect(last.error).toMatchObject({ type: "server_error", message: expect.any(String) });
    expect(body).not.toContain("[DONE]");
    const finishes = sseChunks(body)
      .flatMap(({ choices }) => choices ?? [])
      .map(({ finish_reason }) => finish_reason);
    expect(finishes.every((reason) => reason === null)).toBe(true);
    // It is not paid twice.
    expect(app.simulator.requests).toHaveLength(before + 1);
  });

  test("makes an answer that is not streamed an error", async () => {
    app.simulator.enqueue(cutMidStream("Half an ans"));
    const response = await app.chat(BODY);
    expect(response.status).toBeGreaterThanOrEqual(500);
    expect((await readError(response)).type).toBe("server_error");
  });

  // Older versions do not tell what it was. The other types: test/claude/turn/result-error.test.ts.
  test.skipIf(process.env.TEST_CLAUDE_PATH?.includes("2.1.250") ?? false)(
    "that would come again is none to try again",
    async () => {
      app.simulator.enqueue(errorMidStream("Half an ans", "invalid_request_error"));
      expect((await app.chat(BODY)).status).toBe(400);
    },
  );
});

test("text that looks like one of the CLI's notices is an answer like any other", async () => {
  app.simulator.enqueue(text("You've hit your 5-hour limit · resets 4:47am"));
  expect(await app.ask(BODY)).toBe("You've hit your 5-hour limit · resets 4:47am");
});
