import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { blocks, text, toolUse } from "../../src/simulator/reply.ts";
import { NASTY_IDS } from "../support/call-ids.ts";
import type { Harness } from "../support/harness.ts";
import { receivedTurns } from "../support/received.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { calling, functionTool, readMessage, result, user } from "../support/tools.ts";

// Each result reaches the model with its call, whatever ids the client gives them. Ids that are safe stay the client's own.

let app: Harness;
beforeAll(async () => {
  app = await shareHarness();
});
afterAll(() => app[Symbol.asyncDispose]());
afterEach(() => app.simulator.clearQueue());

const MODEL = "claude-sonnet-4";
const tools = [functionTool("f", { type: "object", properties: { n: { type: "integer" } } })];

/** Rounds of calls by their ids, each with its number as argument and result. */
type Rounds = readonly (readonly string[])[];

function historyOf(rounds: Rounds): object[] {
  let number = 0;
  return rounds.flatMap((ids) => {
    const numbered = ids.map((id) => ({ id, n: number++ }));
    const calls = numbered.map(({ id, n }): [string, string, string] => [id, "f", JSON.stringify({ n })]);
    return [calling(null, ...calls), ...numbered.map(({ id, n }) => result(id, `result ${n}`))];
  });
}

/** The ids by which calls and results reached the API, which must fit together. */
async function idsReceived(rounds: Rounds, question: string) {
  app.simulator.enqueue(text("Done."));
  await readMessage(app.chat({ model: MODEL, tools, messages: [user(question), ...historyOf(rounds)] }));
  const request = app.simulator.requests.at(-1);
  if (request === undefined) throw new Error("no request arrived");
  const contents = receivedTurns(request).map(({ content }) => content);
  const calls = contents.flatMap((content) => content.filter(({ type }) => type === "tool_use"));
  const results = contents.flatMap((content) => content.filter(({ type }) => type === "tool_result"));
  const told = (n: number) => [{ type: "text", text: `result ${n}` }];
  expect(calls.map(({ input }) => input)).toEqual(rounds.flat().map((_, n) => ({ n })));
  expect(results.map(({ content }) => content)).toEqual(rounds.flat().map((_, n) => told(n)));
  expect(results.map(({ tool_use_id }) => tool_use_id)).toEqual(calls.map(({ id }) => id));
  return calls.map(({ id }) => String(id));
}

const anyRounds = (least: number, most: number) =>
  fc.array(fc.array(fc.constantFrom(...NASTY_IDS), { minLength: 1, maxLength: 3 }), {
    minLength: least,
    maxLength: most,
  });
const RUNS = Number(process.env.FIDELITY_RUNS ?? 2);

describe("each result stays with its call", () => {
  // In one that a process is started from: test/e2e/claude-code-tools.test.ts.
  test("in a history that is appended, for any ids", async () => {
    const run = async (rounds: string[][], nonce: string) => void (await idsReceived(rounds, `Any ${nonce}`));
    await fc.assert(fc.asyncProperty(anyRounds(8, 20), fc.uuid(), run), { numRuns: RUNS });
  });

  test("with ids of the client's own where they are safe, and the same again when the conversation went on", async () => {
    const safe = [["call_1", "call_2"], ["toolu_01AbC"], ["a_1", "a_2_1", "b_1"], ["c-2"], ["x".repeat(128)]];
    expect(await idsReceived(safe, "Safe?")).toEqual(safe.flat());
    const before = await idsReceived([["a", "a_1"], ["a"], ["b_1"]], "On?");
    expect(before).toEqual(["a", "a_1-2", "a-2", "b_1"]);
    expect((await idsReceived([["a", "a_1"], ["a"], ["b_1"], ["b", "a_1"]], "On?")).slice(0, 4)).toEqual(before);
  });

  test("for calls that wait in a process while the history has ids of their kind", async () => {
    const messages: object[] = [user("Wait"), ...historyOf([["call", "call_1"], ["call"]]), user("Go on")];
    app.simulator.enqueue(
      blocks([toolUse("toolu_w", "f", { n: 3 }), toolUse("toolu_v", "f", { n: 4 })]),
      text("Done."),
    );
    const { message } = await readMessage(app.chat({ model: MODEL, tools, messages }));
    // A client that counts its calls anew.
    const [first, second] = (message.tool_calls ?? []).map((call, index) => ({ ...call, id: `call_${index}` }));
    messages.push({ ...message, tool_calls: [first, second] }, result("call_0", "three"), result("call_1", "four"));
    await readMessage(app.chat({ model: MODEL, tools, messages }));
    const [asked, answered] = receivedTurns(app.simulator.requests.at(-1) ?? fail()).slice(-2);
    expect(asked?.content).toMatchObject([{ input: { n: 3 } }, { input: { n: 4 } }]);
    const ids = asked?.content.map(({ id }) => id);
    expect(answered?.content).toMatchObject([
      { tool_use_id: ids?.[0], content: [{ text: "three" }] },
      { tool_use_id: ids?.[1], content: [{ text: "four" }] },
    ]);
  });
});

function fail(): never {
  throw new Error("no request arrived");
}
