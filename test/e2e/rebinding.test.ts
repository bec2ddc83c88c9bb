import { afterAll, beforeAll, expect, test } from "bun:test";
import type { RecordedRequest } from "../../src/simulator/simulator.ts";
import { type Harness, startHarness } from "../support/harness.ts";
import { receivedSystem, receivedTurns } from "../support/received.ts";
import { functionTool } from "../support/tools.ts";

// A process that is given another conversation tells the model nothing else than a new one would.

const MARK = "__SYSTEM_PROMPT_DYNAMIC_BOUNDARY__";

let app: Harness;
beforeAll(async () => {
  app = await startHarness({ config: { maxWorkers: 1 } });
});
afterAll(() => app[Symbol.asyncDispose]());

async function send(system: string, ...messages: object[]): Promise<RecordedRequest> {
  const all = [{ role: "system", content: system }, ...messages, { role: "user", content: "Go on." }];
  await app.ask({ model: "claude-sonnet-4", tools: [functionTool("look")], messages: all });
  const request = app.simulator.requests.at(-1);
  if (request === undefined) throw new Error("no request arrived");
  return request;
}

/** A conversation with a call of a tool that is no longer offered. */
const called = (name: string) => [
  { role: "user", content: "Call." },
  { role: "assistant", tool_calls: [{ id: "call_1", type: "function", function: { name, arguments: "{}" } }] },
  { role: "tool", tool_call_id: "call_1", content: "Done." },
  { role: "assistant", content: "So." },
];

test("a tool that is no longer offered has its own name, whatever others in other conversations were called", async () => {
  await send("One.", ...called("a b"));
  const [, call] = receivedTurns(await send("Another.", ...called("a_b")));
  expect(call?.content).toMatchObject([{ type: "tool_use", name: "a_b" }]);
});

test("a system prompt arrives whole, also with the words where the CLI takes its own apart, on a line alone and in one", async () => {
  const system = `a\n  ${MARK}\t\nb\nSee ${MARK} there.`;
  expect(receivedSystem(await send(system))?.trim()).toBe(system);
});
