import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { hang, hangMidStream, text } from "../../src/simulator/reply.ts";
import { type Harness, startHarness } from "../support/harness.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { until } from "../support/wait.ts";
import { readHealth } from "../support/wire.ts";

let app: Harness;
beforeAll(async () => {
  app = await shareHarness();
});
afterAll(() => app[Symbol.asyncDispose]());

const BODY = { model: "claude-sonnet-4", messages: [{ role: "user", content: "Hello" }] };

async function newestRequest(count: number) {
  await app.simulator.waitForRequests(count);
  const request = app.simulator.requests[count - 1];
  if (!request) throw new Error("no request arrived");
  return request;
}

describe("a client that goes away ends the model's turn", () => {
  test.each([
    ["streaming, before the first token", true, hang],
    ["streaming, in mid-answer", true, () => hangMidStream("Once upon a time")],
    ["not streaming, before the first token", false, hang],
    ["not streaming, in mid-answer", false, () => hangMidStream("Once upon a time")],
  ])("%s", async (_name, stream, reply) => {
    const count = app.simulator.requests.length + 1;
    app.simulator.enqueue(reply());
    const client = new AbortController();
    const response = app.chat({ ...BODY, stream }, { signal: client.signal }).then(
      (answer) => answer.text(),
      () => undefined,
    );
    const request = await newestRequest(count);
    client.abort();
    await request.aborted;
    await response.catch(() => {});
    app.simulator.enqueue(text("Still here."));
    expect(await app.ask(BODY)).toBe("Still here.");
  });
});

describe("with a single place,", () => {
  let narrow: Harness;
  beforeAll(async () => {
    narrow = await startHarness({ config: { maxConcurrency: 1 } });
  });
  afterAll(() => narrow[Symbol.asyncDispose]());

  test("a client that goes away while its request waits in the queue leaves the queue", async () => {
    narrow.simulator.enqueue(hang());
    const [first, second] = [new AbortController(), new AbortController()];
    const send = ({ signal }: AbortController) => narrow.chat(BODY, { signal }).catch(() => undefined);
    const running = send(first);
    await narrow.simulator.waitForRequests(1);
    const waiting = send(second);
    const queued = async () => (await readHealth(narrow.url)).workers.queued;
    await until(async () => (await queued()) === 1, "the second request waits");
    second.abort();
    await until(async () => (await queued()) === 0, "the second request left");
    first.abort();
    await Promise.all([running, waiting]);
    await until(async () => (await readHealth(narrow.url)).workers.busy === 0, "the process is free");
    expect(narrow.simulator.requests.length).toBe(1);
  });

  test("more requests than that wait for their turn and are all answered", async () => {
    narrow.simulator.enqueue(...Array.from({ length: 4 }, (_, i) => text(`answer ${i}`, { delayMs: 5 })));
    const answers = await Promise.all(Array.from({ length: 4 }, () => narrow.ask(BODY)));
    expect(answers.sort()).toEqual(Array.from({ length: 4 }, (_, i) => `answer ${i}`));
  });
});
