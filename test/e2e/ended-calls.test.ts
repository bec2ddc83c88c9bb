import { expect, test } from "bun:test";
import { blocks, toolUse } from "../../src/simulator/reply.ts";
import { type Harness, startHarness } from "../support/harness.ts";
import { canSeeProcesses, claudeProcessesOf } from "../support/processes.ts";
import { until } from "../support/wait.ts";
import { readHealth } from "../support/wire.ts";

// A process that waits for the result of a call may have to end without it. Left to itself it would tell the model that the call
// was interrupted: a request that no client asked for, and that the plan pays.

const CALLS = 2;
const QUESTION = { role: "user", content: "Hello" };

/** Asks questions that are each answered with a call, whose result never comes. */
async function leaveCallsOpen(app: Harness): Promise<void> {
  for (let index = 0; index < CALLS; index++) {
    app.simulator.enqueue(blocks([toolUse(`toolu_${index}`, "look", { at: index })]));
    const system = { role: "system", content: `Conversation ${index}` };
    const tools = [{ type: "function", function: { name: "look" } }];
    const response = await app.chat({ model: "claude-sonnet-4", messages: [system, QUESTION], tools });
    expect(await response.text()).toContain(`toolu_${index}`);
  }
}

test("shutting down while calls are open asks the model nothing more", async () => {
  await using app = await startHarness({ config: { warm: 0 } });
  await leaveCallsOpen(app);
  await until(async () => (await readHealth(app.url)).workers.parked === CALLS, "all wait for a result");
  await app.app.stop(0);
  if (canSeeProcesses) expect(claudeProcessesOf(app.home)).toEqual([]);
  expect(app.simulator.requests.length).toBe(CALLS);
});
