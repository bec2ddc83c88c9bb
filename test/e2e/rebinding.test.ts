import { afterAll, beforeAll, expect, test } from "bun:test";
import type { RecordedRequest } from "../../src/simulator/simulator.ts";
import { type Harness, startHarness } from "../support/harness.ts";
import { receivedSystem, receivedTurns } from "../support/received.ts";
import { functionTool } from "../support/tools.ts";

// A process that is given another conversation tells the model nothing else than a new one would.

let app: Harness;
beforeAll(async () => {
  app = await startHarness({ config: { maxWorkers: 1 } });
});
afterAll(() => app[Symbol.asyncDispose]());

const MARK = "__SYSTEM_PROMPT_DYNAMIC_BOUNDARY__";

async function send(system: string, ...messages: object[]): Promise<RecordedRequest> {
  const all = [{ role: "system", content: system }, ...messages, { role: "user", content: "Go on." }];
  await app.ask({ model: "claude-sonnet-4", tools: [functionTool("look")], messages: all });
  const request = app.simulator.requests.at(-1);
  if (request === undefined) throw new Error("no request arrived");
  return request;
}

test.each([`a\n  ${MARK}\t\nb`, `See ${MARK} there.`])("the system prompt %j arrives whole", async (system) => {
  await send("Another.");
  expect(receivedSystem(await send(system))?.trim()).toBe(system);
});

test("a tool that is no longer offered has its own name, whatever others in other conversations were called", async () => {
  const called = (name: string) => [
    { role: "user", content: "Call." },
    { role: "assistant", tool_calls: [{ id: "call_1", type: "function", function: { name, arguments: "{}" } }] },
    { role: "tool", tool_call_id: "call_1", content: "Done." },
    { role: "assistant", content: "So." },
  ];
  await send("One.", ...called("a b"));
  const [, call] = receivedTurns(await send("Another.", ...called("a_b")));
  expect(call?.content).toMatchObject([{ type: "tool_use", name: "a_b" }]);
});
