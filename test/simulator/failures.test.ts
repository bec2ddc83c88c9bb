import { expect, test } from "bun:test";
import {
  apiError,
  cutMidStream,
  errorMidStream,
  hang,
  hangMidStream,
  planLimit,
  text,
} from "../../src/simulator/reply.ts";
import { parseFrames, post, readUntil, refusal, streamedEvents, textOfDeltas } from "./api-client.ts";
import { simulatorPerTest } from "./simulator-fixture.ts";

const start = simulatorPerTest();

test("an API error has the status, the type, the message and the headers it was given", async () => {
  const simulator = start();
  simulator.enqueue(apiError(529, "overloaded_error", "Overloaded", { "retry-after": "7" }));
  const response = await post(simulator, { stream: true });
  expect(response.headers.get("retry-after")).toBe("7");
  expect(await refusal(response)).toEqual({ status: 529, type: "overloaded_error", message: "Overloaded" });
});

test("a plan limit is a 429 that says which limit it is and when it ends", async () => {
  const simulator = start();
  const now = Math.floor(Date.now() / 1000);
  simulator.enqueue(planLimit({ resetsInSeconds: 600 }));
  const response = await post(simulator);
  const headers = Object.fromEntries(response.headers.entries());
  expect(headers).toMatchObject({
    "anthropic-ratelimit-unified-status": "rejected",
    "anthropic-ratelimit-unified-representative-claim": "five_hour",
    "retry-after": "600",
  });
  expect(Number(headers["anthropic-ratelimit-unified-reset"]) - now).toBeWithin(600, 605);
  expect(await refusal(response)).toMatchObject({ status: 429, type: "rate_limit_error" });
});

test("an error in mid-stream is an error event after the text, with the block left open", async () => {
  const simulator = start();
  simulator.enqueue(errorMidStream("Half an ans", "api_error"));
  const events = await streamedEvents(simulator);
  expect(textOfDeltas(events)).toBe("Half an ans");
  expect(events.at(-1)).toEqual({ type: "error", error: { type: "api_error", message: "Internal server error" } });
  expect(events.some((event) => event.type === "content_block_stop" || event.type === "message_stop")).toBe(false);
});

test("without stream an error in mid-stream is the answer's status", async () => {
  const simulator = start();
  simulator.enqueue(errorMidStream("Half an ans"));
  expect(await refusal(await post(simulator))).toEqual({
    status: 529,
    type: "overloaded_error",
    message: "Overloaded",
  });
});

test("a cut stream delivers its text and ends without message_stop", async () => {
  const simulator = start();
  simulator.enqueue(cutMidStream("Half an ans"));
  const events = await streamedEvents(simulator);
  expect(textOfDeltas(events)).toBe("Half an ans");
  expect(events.at(-1)?.type).toBe("content_block_delta");
});

test("a stream cut by a reset breaks the connection", async () => {
  const simulator = start();
  simulator.enqueue(cutMidStream("Half an ans", { reset: true }));
  const answer = post(simulator, { stream: true }).then((response) => response.text());
  await expect(answer).rejects.toThrow("ECONNRESET");
});

test("without stream a cut is a connection that breaks without an answer", async () => {
  const simulator = start();
  simulator.enqueue(cutMidStream("Half an ans"));
  const answer = post(simulator).then((response) => response.text());
  await expect(answer).rejects.toThrow("ECONNRESET");
});

test("a hanging request is recorded, unanswered and told aborted when the client goes", async () => {
  const simulator = start();
  simulator.enqueue(hang());
  const client = new AbortController();
  const answer = post(simulator, { stream: true }, { signal: client.signal });
  const [request] = await simulator.waitForRequests(1);
  expect(request?.isAborted).toBe(false);
  client.abort();
  await expect(answer).rejects.toThrow("aborted");
  await request?.aborted;
  expect(request?.isAborted).toBe(true);
});

test("a stream hanging after its text is told aborted when the client goes", async () => {
  const simulator = start();
  simulator.enqueue(hangMidStream("So far"));
  const client = new AbortController();
  const response = await post(simulator, { stream: true }, { signal: client.signal });
  await readUntil(response, "content_block_delta");
  client.abort();
  await simulator.requests[0]?.aborted;
  expect(simulator.requests[0]?.isAborted).toBe(true);
});

test("a client that drops a slow answer is told aborted and the answer stops", async () => {
  const simulator = start();
  simulator.enqueue(text("a long time coming", { delayMs: 60_000 }));
  const client = new AbortController();
  const response = await post(simulator, { stream: true }, { signal: client.signal });
  await readUntil(response, "content_block_delta");
  client.abort();
  await simulator.requests[0]?.aborted;
  expect(simulator.requests[0]?.isAborted).toBe(true);
});

test("a client that leaves after message_stop, before the end of the body, has not aborted", async () => {
  const simulator = start();
  simulator.enqueue(text("Hello"));
  const client = new AbortController();
  const response = await post(simulator, { stream: true }, { signal: client.signal });
  await readUntil(response, "event: message_stop");
  client.abort();
  await (await post(simulator)).text();
  expect(simulator.requests.map((request) => request.isAborted)).toEqual([false, false]);
});

test("a client that read the whole answer has not aborted, even when the simulator closes later", async () => {
  const simulator = start();
  parseFrames(await (await post(simulator, { stream: true })).text());
  await simulator.close();
  expect(simulator.requests[0]?.isAborted).toBe(false);
});
