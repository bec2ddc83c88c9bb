import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { apiError, cutMidStream, errorMidStream, planLimit, type Reply, text } from "../../src/simulator/reply.ts";
import { type Harness, startHarness } from "../support/harness.ts";
import { sseChunks, sseData } from "../support/sse.ts";
import { readError } from "../support/wire.ts";

// Every failure of the API behind the real CLI reaches the client with its true status, in OpenAI's envelope, and never as text.

let app: Harness;
/** By the server's clock of the plan, in seconds. It leaps, so that each request is one that tries whether what was refused before still is. */
let now = Date.now() / 1000;
beforeAll(async () => {
  app = await startHarness({
    planClock: () => {
      now += 61;
      return now;
    },
  });
});
afterAll(() => app[Symbol.asyncDispose]());
afterEach(() => app.simulator.clearQueue());

const BODY = { model: "claude-sonnet-4", messages: [{ role: "user", content: "Hello" }] };

type Expected = { status: number; type: string; code: string | null };

const FAILURES: [string, () => Reply, Expected][] = [
  [
    "400",
    () => apiError(400, "invalid_request_error", "bad thing"),
    { status: 400, type: "invalid_request_error", code: null },
  ],
  [
    "400, prompt too long",
    () => apiError(400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"),
    { status: 400, type: "invalid_request_error", code: "context_length_exceeded" },
  ],
  [
    "403",
    () => apiError(403, "permission_error", "not allowed"),
    { status: 403, type: "permission_error", code: "permission_denied" },
  ],
  [
    "404",
    () => apiError(404, "not_found_error", "model: x"),
    { status: 404, type: "invalid_request_error", code: "model_not_found" },
  ],
  [
    "413",
    () => apiError(413, "request_too_large", "too large"),
    { status: 413, type: "invalid_request_error", code: "request_too_large" },
  ],
  ...[
    [
      "extra_usage_only",
      "Third-party apps now draw from your extra usage, not your plan limits. Claim it and keep going.",
    ] as const,
    ["extra_usage_exhausted", "You're out of extra usage. Add more and keep going."] as const,
  ].map(([code, said]): [string, () => Reply, Expected] => [
    `400, ${said}`,
    () => apiError(400, "invalid_request_error", said),
    { status: 402, type: "insufficient_quota", code },
  ]),
  [
    "429, for money",
    () => apiError(429, "rate_limit_error", "Extra usage is required for long context requests."),
    { status: 402, type: "insufficient_quota", code: "extra_usage_required" },
  ],
  [
    "429",
    () => apiError(429, "rate_limit_error", "slow down"),
    { status: 429, type: "rate_limit_error", code: "rate_limit_exceeded" },
  ],
  [
    "500",
    () => apiError(500, "api_error", "Internal server error"),
    { status: 500, type: "server_error", code: "upstream_error" },
  ],
  [
    "503",
    () => apiError(503, "api_error", "unavailable"),
    { status: 503, type: "server_error", code: "upstream_error" },
  ],
  [
    "529",
    () => apiError(529, "overloaded_error", "Overloaded"),
    { status: 529, type: "server_error", code: "overloaded" },
  ],
];

describe.each(FAILURES)("upstream %s", (_name, reply, { status, type, code }) => {
  // Before a stream has begun, how it fails is the same code for every failure.
  test.each(status === 400 || status === 529 ? [false, true] : [false])("stream: %p", async (stream) => {
    app.simulator.enqueue(reply(), reply(), reply(), reply());
    const response = await app.chat({ ...BODY, stream });
    const error = await readError(response);
    expect(response.status).toBe(status);
    expect(error).toMatchObject({ type, code });
    expect(Object.keys(error)).toEqual(expect.arrayContaining(["message", "type", "param", "code"]));
    // The CLI may ask more than once before it gives up, and may not: what is left must not answer the next request.
    app.simulator.clearQueue();
    expect(await app.ask(BODY)).toContain("Simulated");
  });
});

test("upstream 401 is a 401 that says how to log in again", async () => {
  const refused = () => apiError(401, "authentication_error", "invalid bearer token");
  app.simulator.enqueue(refused(), refused(), refused());
  const response = await app.chat(BODY);
  expect(response.status).toBe(401);
  expect((await readError(response)).message).toContain("log in");
  app.simulator.clearQueue();
  expect(await app.ask(BODY)).toContain("Simulated");
});

test("a used-up plan is a 429 with the reset time and Retry-After, that SDKs do not retry at once", async () => {
  const resetsInSeconds = 7 * 86_400;
  const resetsAt = Date.now() / 1000 + resetsInSeconds;
  app.simulator.enqueue(planLimit({ resetsInSeconds }), planLimit({ resetsInSeconds }));
  // The CLI reports the limit once, and the second request meets it in the same process.
  expect((await readError(app.chat(BODY))).code).toBe("insufficient_quota");
  const before = now;
  const response = await app.chat(BODY);
  expect(response.status).toBe(429);
  const error = await readError(response);
  expect(error.code).toBe("insufficient_quota");
  expect(error.message).toContain("five-hour");
  expect(error.message).toMatch(/resets at \d{4}-\d\d-\d\dT/);
  const seconds = Number(response.headers.get("retry-after"));
  expect(seconds).toBeGreaterThanOrEqual(resetsAt - now - 1);
  expect(seconds).toBeLessThanOrEqual(resetsAt - before);
  expect(response.headers.get("x-should-retry")).toBe("false");
});

describe("a failure in mid-stream", () => {
  const BROKEN: [string, () => Reply][] = [
    ["an error event of the API", () => errorMidStream("Half an ans", "overloaded_error")],
    ["a connection that ends", () => cutMidStream("Half an ans")],
    ["a connection that is reset", () => cutMidStream("Half an ans", { reset: true })],
  ];

  test.each(BROKEN)("%s is an error event, never a clean end", async (_name, reply) => {
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
  });

  test.each(BROKEN)("%s makes an answer that is not streamed an error", async (_name, reply) => {
    app.simulator.enqueue(reply());
    const response = await app.chat(BODY);
    expect(response.status).toBeGreaterThanOrEqual(500);
    expect((await readError(response)).type).toBe("server_error");
  });

  // Older versions do not tell what it was.
  test.skipIf(process.env.TEST_CLAUDE_PATH?.includes("2.1.250") ?? false)(
    "that would come again is none to try again",
    async () => {
      for (const [type, status] of [
        ["authentication_error", 401],
        ["invalid_request_error", 400],
        ["permission_error", 403],
        ["billing_error", 402],
      ] as const) {
        app.simulator.enqueue(errorMidStream("Half an ans", type));
        expect([type, (await app.chat(BODY)).status]).toEqual([type, status]);
      }
    },
  );

  test("is not paid twice: the model is asked once", async () => {
    const before = app.simulator.requests.length;
    app.simulator.enqueue(errorMidStream("Half an ans"));
    await (await app.chat({ ...BODY, stream: true })).text();
    expect(await app.ask(BODY)).toContain("Simulated");
    expect(app.simulator.requests.length).toBe(before + 2);
  });
});

test("text that looks like one of the CLI's notices is an answer like any other", async () => {
  app.simulator.enqueue(text("You've hit your 5-hour limit · resets 4:47am"));
  expect(await app.ask(BODY)).toBe("You've hit your 5-hour limit · resets 4:47am");
});
