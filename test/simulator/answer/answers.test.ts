import { expect, test } from "bun:test";
import { apiError, planLimit, text } from "../../../src/simulator/reply.ts";
import { message, post, streamedEvents } from "../api-client.ts";
import { simulatorPerTest } from "../simulator-fixture.ts";

const start = simulatorPerTest();
const BEARER = { authorization: "Bearer sk-ant-oat01-test", "content-type": "application/json" };
const KEY = { "x-api-key": "sk-ant-test", "content-type": "application/json" };

const planHeaders = ({ headers }: Response) =>
  Object.fromEntries(
    [...headers].flatMap(([name, value]) => {
      const short = /^anthropic-ratelimit-unified-(.+)$/.exec(name)?.[1];
      return short === undefined ? [] : [[short, value]];
    }),
  );

test("every answer to a subscription's login tells of its limits, and none to a key", async () => {
  const simulator = start();
  const answered = planHeaders(await post(simulator, {}, { headers: BEARER }));
  expect(Object.keys(answered)).toHaveLength(12);
  expect(answered).toMatchObject({ status: "allowed", "5h-status": "allowed", "7d-utilization": "0.0" });
  expect(planHeaders(await post(simulator, { stream: true }, { headers: BEARER }))).toMatchObject({
    status: "allowed",
  });
  expect(planHeaders(await post(simulator, { messages: [] }, { headers: BEARER }))).toMatchObject({
    status: "allowed",
  });
  expect(planHeaders(await post(simulator, {}, { headers: KEY }))).toEqual({});
});

test("a 429 tells the limits that its reply names", async () => {
  const simulator = start();
  simulator.enqueue(
    apiError(429, "rate_limit_error", "slow down"),
    planLimit({ resetsInSeconds: 60, claim: "seven_day" }),
  );
  expect(planHeaders(await post(simulator))).toEqual({});
  expect(planHeaders(await post(simulator))).toMatchObject({
    status: "rejected",
    "representative-claim": "seven_day",
    "7d-status": "rejected",
    "7d-utilization": "1.0",
  });
});

test("a model that there is not is refused with 404, and a made-up one is there by name", async () => {
  const simulator = start({ madeUpModels: ["claude-test-1"] });
  expect((await post(simulator)).status).toBe(200);
  expect((await post(simulator, { model: "claude-opus-5-5" })).status).toBe(200);
  const response = await post(simulator, { model: "claude-opus-9" });
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ error: { type: "not_found_error", message: "model: claude-opus-9" } });
});

test("a refusal says what it is about, as far as it says", async () => {
  const simulator = start();
  const reply = text("I can't", { stopReason: "refusal" });
  const named = { category: "cyber", explanation: "It could be an attack." };
  simulator.enqueue(text("No.", { stopReason: "refusal", stopDetails: named }), reply, reply);
  expect(await message(simulator)).toMatchObject({ stop_details: { type: "refusal", ...named } });
  const details = { type: "refusal", category: null, explanation: null };
  expect(await message(simulator)).toMatchObject({ stop_reason: "refusal", stop_details: details });
  const events = await streamedEvents(simulator);
  expect(events.find(({ type }) => type === "message_delta")?.delta).toMatchObject({ stop_details: details });
});

test("who says which edits of the context to make is told which were made", async () => {
  const headers = { ...BEARER, "anthropic-beta": "context-management-2025-06-27" };
  const response = await post(start(), { context_management: { edits: [] } }, { headers });
  expect(await response.json()).toMatchObject({ context_management: { applied_edits: [] } });
});
