import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { hang, hangMidStream, text } from "../../src/simulator/reply.ts";
import { type Harness, startHarness } from "../support/harness.ts";
import { until } from "../support/wait.ts";
import { readHealth } from "../support/wire.ts";

let app: Harness;
beforeAll(async () => {
  app = await startHarness({ config: { maxConcurrency: 2 } });
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

test("a client that goes away while its request waits in the queue leaves the queue", async () => {
  const count = app.simulator.requests.length;
  app.simulator.enqueue(hang(), hang());
  const clients = [new AbortController(), new AbortController(), new AbortController()];
  const send = (client: AbortController | undefined) =>
    app.chat(BODY, { signal: client?.signal }).catch(() => undefined);
  const running = [send(clients[0]), send(clients[1])];
  await app.simulator.waitForRequests(count + 2);
  const waiting = send(clients[2]);
  const queued = async () => (await readHealth(app.url)).workers.queued;
  await until(async () => (await queued()) === 1, "the third request waits");
  clients[2]?.abort();
  await until(async () => (await queued()) === 0, "the third request left");
  for (const client of clients) client.abort();
  await Promise.all([...running, waiting]);
  await until(async () => (await readHealth(app.url)).workers.busy === 0, "all processes are free");
  expect(app.simulator.requests.length).toBe(count + 2);
});

test("more requests than places: the further ones wait for their turn and are all answered", async () => {
  app.simulator.enqueue(...Array.from({ length: 6 }, (_, i) => text(`answer ${i}`, { delayMs: 5 })));
  const answers = await Promise.all(Array.from({ length: 6 }, () => app.ask(BODY)));
  expect(answers.sort()).toEqual(Array.from({ length: 6 }, (_, i) => `answer ${i}`));
});
