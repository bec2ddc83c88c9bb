import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { text } from "../../src/simulator/reply.ts";
import type { RecordedRequest } from "../../src/simulator/simulator.ts";
import { CHAT_SPELLINGS } from "../support/chat-spellings/all.ts";
import type { Spelling } from "../support/chat-spellings/spelling.ts";
import { type Harness, startHarness } from "../support/harness.ts";
import { receivedSystem, receivedTurns } from "../support/received.ts";

// Whatever programs send: what reaches the API is what the textbook's form of the same gives.

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness[Symbol.asyncDispose]());

/** All that the client has said of its request. */
function told(request: RecordedRequest) {
  const { tools, tool_choice, max_tokens, stop_sequences, thinking, output_config } = request.body;
  const offered = tools?.toSorted((a, b) => a.name.localeCompare(b.name));
  return {
    system: receivedSystem(request),
    turns: receivedTurns(request),
    asked: { tools: offered, tool_choice, max_tokens, stop_sequences, thinking, output_config },
  };
}

async function ask(fields: Spelling["sent"]) {
  const { simulator } = harness;
  const before = simulator.requests.length;
  // An object, which is an answer in every format that is asked for.
  simulator.enqueue(text('{"a":"b"}'));
  const response = await harness.chat({
    model: "claude-sonnet-4",
    messages: [{ role: "user", content: "q" }],
    ...fields,
  });
  const ignored = response.headers.get("x-claude-max-api-ignored");
  const answer = await response.text();
  simulator.clearQueue();
  if (response.status !== 200) return { failed: answer };
  const [request] = simulator.requests.slice(before);
  if (request === undefined) return { failed: "the model was not asked" };
  return { told: told(request), ignored: ignored?.split(",").sort() ?? [] };
}

describe.each(Object.entries(CHAT_SPELLINGS))("of %s", (_, spellings) => {
  test("every spelling reaches the API as the textbook's form does, and the header names what was left out", async () => {
    const reached: Record<string, unknown> = {};
    const expected: Record<string, unknown> = {};
    /** Many spellings are of one request: it is asked once. */
    const asked = new Map<string, ReturnType<typeof ask>>();
    for (const { title, sent, textbook, ignored = [] } of spellings) {
      reached[title] = await ask(sent);
      const key = JSON.stringify(textbook);
      const told = asked.get(key) ?? ask(textbook);
      asked.set(key, told);
      expected[title] = { ...(await told), ignored: [...ignored].sort() };
    }
    expect(reached).toEqual(expected);
  }, 60_000);
});
