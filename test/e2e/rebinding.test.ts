import { afterAll, beforeAll, expect, test } from "bun:test";
import { rebinding } from "../../src/claude/cli/version.ts";
import type { RecordedRequest } from "../../src/simulator/simulator.ts";
import { claudeVersion } from "../support/claude-version.ts";
import type { Harness } from "../support/harness.ts";
import { receivedSystem, receivedTurns } from "../support/received.ts";
import { SHARED_PROCESSES, shareHarness } from "../support/shared-harness.ts";
import { servingPid } from "../support/steps.ts";
import { functionTool } from "../support/tools.ts";

// A process that is given another conversation tells the model nothing else than a new one would.

const MARK = "__SYSTEM_PROMPT_DYNAMIC_BOUNDARY__";
/** Older versions cannot be given another system prompt: a new process has each. */
const REBINDS = rebinding(await claudeVersion()) ?? true;

let app: Harness;
beforeAll(async () => {
  app = await shareHarness();
});
afterAll(() => app[Symbol.asyncDispose]());

/** Streamed: such a question takes any process that rests, whatever that remembers, before one is started. */
async function send(system: string, ...messages: object[]): Promise<RecordedRequest> {
  const all = [{ role: "system", content: system }, ...messages, { role: "user", content: "Go on." }];
  const body = { model: "claude-sonnet-4", stream: true, tools: [functionTool("look")], messages: all };
  expect(await (await app.chat(body)).text()).toContain("[DONE]");
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
  // In each process that may serve the next.
  const asked = new Set<number>();
  for (let n = 0; n < SHARED_PROCESSES; n++) {
    await send(`One ${n}.`, ...called("a b"));
    asked.add(servingPid(app));
  }
  const [, call] = receivedTurns(await send("Another.", ...called("a_b")));
  if (REBINDS) expect(asked).toContain(servingPid(app));
  expect(call?.content).toMatchObject([{ type: "tool_use", name: "a_b" }]);
});

test("a system prompt arrives whole, also with the words where the CLI takes its own apart, on a line alone and in one", async () => {
  const system = `a\n  ${MARK}\t\nb\nSee ${MARK} there.`;
  expect(receivedSystem(await send(system))?.trim()).toBe(system);
});
