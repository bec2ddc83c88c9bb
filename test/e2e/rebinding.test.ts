import { afterAll, beforeAll, expect, test } from "bun:test";
import { text } from "../../src/simulator/reply.ts";
import type { Harness } from "../support/harness.ts";
import { receivedSystem } from "../support/received.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { servingPid, step } from "../support/steps.ts";
import { calling, result, user } from "../support/tools.ts";

// A process that is given another conversation tells the model nothing else than a new one would.

let app: Harness;
beforeAll(async () => {
  app = await shareHarness();
});
afterAll(() => app[Symbol.asyncDispose]());

/** Begins as the others: so the same process goes on with it, and is bound anew. */
async function send(system: string, ...messages: object[]) {
  const begun = [{ role: "system", content: system }, user("To be bound anew."), { role: "assistant", content: "So." }];
  const { turns, request } = await step(app, text("Ok."), [...begun, ...messages, user("Go on.")]);
  return { turns, system: receivedSystem(request)?.trim(), pid: servingPid(app) };
}

/** A call of a tool that is no longer offered. */
const called = (name: string) => [
  user("Call."),
  calling(null, ["call_1", name]),
  result("call_1", "Done."),
  { role: "assistant", content: "So." },
];

test("a tool that is no longer offered has its own name, whatever others in other conversations were called", async () => {
  const { pid } = await send("One.", ...called("a b"));
  const another = await send("Another.", ...called("a_b"));
  expect(another.turns[3]?.content).toMatchObject([{ type: "tool_use", name: "a_b" }]);
  expect([another.system, another.pid]).toEqual(["Another.", pid]);
});
