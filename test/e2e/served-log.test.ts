import { expect, test } from "bun:test";
import { blocks, text, toolUse } from "../../src/simulator/reply.ts";
import { shareHarness } from "../support/shared-harness.ts";

test("the log tells how each request was served, and at level debug by which process", async () => {
  await using harness = await shareHarness();
  harness.simulator.enqueue(blocks([toolUse("toolu_1", "look", {})]), text("It rains."), text("Bye."));
  const tools = [{ type: "function", function: { name: "look", parameters: { type: "object", properties: {} } } }];
  const call = { id: "toolu_1", type: "function", function: { name: "look", arguments: "{}" } };
  const messages: object[] = [];
  for (const said of [
    [{ role: "user", content: "Look outside." }],
    [
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: "toolu_1", content: "rain" },
    ],
    [
      { role: "assistant", content: "It rains." },
      { role: "user", content: "Goodbye." },
    ],
  ]) {
    messages.push(...said);
    await (await harness.chat({ model: "claude-sonnet-4", messages, tools })).text();
  }

  const served = harness.log.flatMap((line) => / debug served (.*)\n/.exec(line)?.[1] ?? []);
  const pid = /pid=(\d+)/.exec(served[0] ?? "")?.[1];
  // In a new process, or in one of the earlier files'.
  expect(served.shift()).toMatch(/^how=(new|reuse) keep=0 of=0 results=0 pid=\d+$/);
  expect(served).toEqual([`how=resume keep=2 of=2 results=1 pid=${pid}`, `how=reuse keep=4 of=4 results=0 pid=${pid}`]);
  const requests = harness.log.flatMap((line) => / info {2}request .* served=(\w+)/.exec(line)?.[1] ?? []);
  expect(requests.shift()).toMatch(/^(new|rebind)$/);
  expect(requests).toEqual(["resume", "continue"]);

  // Another branch of the same conversation.
  harness.simulator.enqueue(text("Again."));
  const branch = [...messages.slice(0, 4), { role: "user", content: "Or?" }];
  await harness.ask({ model: "claude-sonnet-4", messages: branch, tools });
  expect(harness.log.findLast((line) => line.includes(" request "))).toContain(" served=rewind ");
});
