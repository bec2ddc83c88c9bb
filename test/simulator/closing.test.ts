import { expect, test } from "bun:test";
import { hang, hangMidStream, text } from "../../src/simulator/reply.ts";
import { startSimulator } from "../../src/simulator/simulator.ts";
import { post, readUntil } from "./api-client.ts";

const MADE_UP = { madeUpModels: "any" } as const;

test("close ends hanging requests, hanging streams and slow answers at once, none of them as the client's abort", async () => {
  const simulator = startSimulator({ madeUpModels: ["claude-test-1"] });
  simulator.enqueue(hang());
  const hanging = post(simulator, { stream: true });
  await simulator.waitForRequests(1);
  simulator.enqueue(text("never", { firstDelayMs: 60_000 }));
  const slow = post(simulator);
  await simulator.waitForRequests(2);
  simulator.enqueue(hangMidStream("So far"));
  const stream = await post(simulator, { stream: true });
  const body = readUntil(stream, "message_stop");

  await simulator.close();

  const outcomes = await Promise.allSettled([hanging, slow, body]);
  expect(outcomes.map((outcome) => outcome.status)).toEqual(["rejected", "rejected", "rejected"]);
  expect(simulator.requests.map((request) => request.isAborted)).toEqual([false, false, false]);
});

test("close frees the port", async () => {
  const first = startSimulator({ madeUpModels: ["claude-test-1"] });
  const port = Number(new URL(first.url).port);
  await first.close();
  const second = startSimulator({ port, ...MADE_UP });
  expect(second.url).toBe(first.url);
  await second.close();
});

test("close may be called twice", async () => {
  const simulator = startSimulator({ madeUpModels: ["claude-test-1"] });
  await simulator.close();
  await simulator.close();
});

test("close rejects a wait for requests that will not come", async () => {
  const simulator = startSimulator({ madeUpModels: ["claude-test-1"] });
  const wait = simulator.waitForRequests(1);
  await Promise.all([simulator.close(), expect(wait).rejects.toThrow("closed after 0 requests while 1 were awaited")]);
});

test("a process that closed its simulator ends by itself", async () => {
  const script = `
    import { startSimulator } from ${JSON.stringify(import.meta.resolve("../../src/simulator/simulator.ts"))};
    import { hang } from ${JSON.stringify(import.meta.resolve("../../src/simulator/reply.ts"))};
    const simulator = startSimulator({ madeUpModels: ["claude-test-1"] });
    simulator.enqueue(hang());
    fetch(simulator.url + "/v1/messages", {
      method: "POST",
      headers: { "x-api-key": "k" },
      body: JSON.stringify({ model: "m", max_tokens: 1, messages: [{ role: "user", content: "x" }] }),
    }).catch(() => console.log("dropped"));
    await simulator.waitForRequests(1);
    await simulator.close();`;
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe", stderr: "pipe" });
  const [exitCode, stdout, stderr] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()]);
  expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: "dropped\n", stderr: "" });
});

test("one that begins anew has forgotten what was asked and scripted, ends what it was answering, and goes by its new options", async () => {
  const simulator = startSimulator({ madeUpModels: ["claude-test-1"] });
  simulator.enqueue(hang(), text("Never asked for."));
  const hanging = post(simulator, { stream: true });
  await simulator.waitForRequests(1);
  const { url } = simulator;
  const wait = simulator.waitForRequests(2);

  simulator.beginAnew({ ...MADE_UP, responder: () => text("Anew.") });

  await expect(wait).rejects.toThrow("after 1 requests");
  await hanging.then(
    (response) => response.text(),
    () => undefined,
  );
  expect(simulator.requests).toEqual([]);
  expect(simulator.url).toBe(url);
  const answered = await post(simulator, { model: "claude-test-2" });
  expect([answered.status, await answered.text()]).toEqual([200, expect.stringContaining("Anew.")]);
  expect(simulator.requests).toHaveLength(1);
  await simulator.close();
});
