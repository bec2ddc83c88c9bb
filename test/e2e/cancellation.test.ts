import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { hang, hangMidStream, text } from "../../src/simulator/reply.ts";
import type { Harness } from "../support/harness.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { until } from "../support/wait.ts";
import { readHealth } from "../support/wire.ts";

// One that leaves the queue: fair-queue.test.ts, and test/claude/queue/turn-queue.test.ts.

let app: Harness;
beforeAll(async () => {
  app = await shareHarness();
});
afterAll(() => app[Symbol.asyncDispose]());

// A conversation: for a question alone another process might be started.
const messages = ["Hello", "Hi.", "Go on."].map((content, n) => ({ role: n % 2 ? "assistant" : "user", content }));
const BODY = { model: "claude-sonnet-4", messages };

async function newestRequest(count: number) {
  await app.simulator.waitForRequests(count);
  const request = app.simulator.requests[count - 1];
  if (!request) throw new Error("no request arrived");
  return request;
}

describe("a client that goes away ends the model's turn", () => {
  test.each([
    ["streaming, in mid-answer", true, () => hangMidStream("Once upon a time")],
    ["not streaming, before the first token", false, hang],
  ])("%s", async (_name, stream, reply) => {
    const count = app.simulator.requests.length + 1;
    app.simulator.enqueue(reply());
    const client = new AbortController();
    const response = app.chat({ ...BODY, stream }, { signal: client.signal }).catch(() => undefined);
    const request = await newestRequest(count);
    const reader = stream ? (await response)?.body?.getReader() : undefined;
    if (reader) expect(new TextDecoder().decode((await reader.read()).value)).toStartWith("data: ");
    client.abort();
    await request.aborted;
    await response;
    // Another process would be asked meanwhile.
    await until(async () => (await readHealth(app.url)).workers.busy === 0, "the turn has ended");
    app.simulator.enqueue(text("Still here."));
    expect(await app.ask(BODY)).toBe("Still here.");
  });
});
