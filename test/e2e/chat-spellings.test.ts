import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { blocks, text, toolUse } from "../../src/simulator/reply.ts";
import type { RecordedRequest } from "../../src/simulator/simulator.ts";
import { CHAT_SPELLINGS } from "../support/chat-spellings/all.ts";
import type { Spelling } from "../support/chat-spellings/spelling.ts";
import type { Harness } from "../support/harness.ts";
import { TAKES_FORCED_CALLS } from "../support/models.ts";
import { receivedSystem, receivedTurns } from "../support/received.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { sseChunks } from "../support/sse.ts";
import { readMessage } from "../support/tools.ts";

// Whatever programs send: what reaches the API is what the textbook's form of the same gives. The whole table, without the CLI:
// test/api/openai-chat/normalize/spellings.test.ts.

let harness: Harness;
beforeAll(async () => {
  harness = await shareHarness();
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
    model: TAKES_FORCED_CALLS,
    messages: [{ role: "user", content: "q" }],
    ...fields,
    // As for a question alone another process might be started.
    stream: true,
  });
  const ignored = response.headers.get("x-claude-max-api-ignored");
  const answer = await response.text();
  simulator.clearQueue();
  if (response.status !== 200) return { failed: answer };
  const [request] = simulator.requests.slice(before);
  if (request === undefined) return { failed: "the model was not asked" };
  return { told: told(request), ignored: ignored?.split(",").sort() ?? [] };
}

/** What a spelling becomes of each kind, by itself and beside others. What they decode to is the same to the letter, so a few show the way. */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  content: ["user: an image of Gemini's", "tool: what an MCP server answers"],
  history: ["call: no id on either side goes by the order", "a result whose call was cut away is told as text"],
  tools: ["tools: many forms in one list"],
  options: [JSON.stringify({ thinking: { type: "enabled", budget_tokens: 8192 } })],
};

test("spellings reach the API as the textbook's form does, and the header names what was left out", async () => {
  const reached: Record<string, unknown> = {};
  const expected: Record<string, unknown> = {};
  for (const [group, titles] of Object.entries(SHOWN)) {
    for (const title of titles) {
      const spelling = CHAT_SPELLINGS[group]?.find((each) => each.title === title);
      if (spelling === undefined) throw new Error(`the table has no ${title}`);
      const { sent, textbook, ignored = [] } = spelling;
      reached[title] = await ask(sent);
      expected[title] = { ...(await ask(textbook)), ignored: [...ignored].sort() };
    }
  }
  expect(reached).toEqual(expected);
});

const model = "claude-sonnet-4";
/** What the model was told the last time. */
const lastTurns = () => receivedTurns(harness.simulator.requests.at(-1) ?? expect.unreachable());

/** The pieces of a stream's answer. */
async function stream(fields: object): Promise<readonly object[]> {
  const response = await harness.chat({ model, ...fields, stream: true });
  const chunks = sseChunks(await response.text());
  return chunks.flatMap(({ choices }) => choices.map(({ delta }: { delta: object }) => delta));
}

describe("where the last word is the assistant's", () => {
  const begun = [
    { role: "user", content: "Tell a story." },
    { role: "assistant", content: "Once upon" },
  ];

  test("the model is asked to go on, and only what follows is told, streamed or not, whether or not it is repeated", async () => {
    harness.simulator.enqueue(text("Once upon a time."), text(" a time."));
    const { message } = await readMessage(harness.chat({ model, messages: begun }));
    const turns = lastTurns();
    expect(turns.map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
    expect(turns[1]?.content).toEqual([{ type: "text", text: "Once upon" }]);
    expect(String(turns[2]?.content[0]?.text)).toContain("Continue it from exactly where it stops");
    const deltas = await stream({ messages: begun });
    const streamed = deltas.map((delta) => ("content" in delta ? delta.content : "")).join("");
    expect([message.content, streamed]).toEqual([" a time.", " a time."]);
  });

  test("the conversation goes on with both as one", async () => {
    harness.simulator.enqueue(text("ok"));
    const whole = { role: "assistant", content: "Once upon a time." };
    await readMessage(harness.chat({ model, messages: [begun[0], whole, { role: "user", content: "More." }] }));
    expect(lastTurns()).toEqual([
      { role: "user", content: [{ type: "text", text: "Tell a story." }] },
      { role: "assistant", content: [{ type: "text", text: "Once upon a time." }] },
      { role: "user", content: [{ type: "text", text: "More." }] },
    ]);
  });
});

test("a custom tool is called with a text, and its result goes back to the call", async () => {
  const messages = [{ role: "user", content: "Patch it." }];
  const tools = [{ type: "custom", custom: { name: "patch", description: "Do not wrap the patch in JSON." } }];
  const input = '*** Begin\n"a" \\ é';
  harness.simulator.enqueue(blocks([toolUse("toolu_1", "patch", { input })]), text("ok"));
  const calls = (await stream({ messages, tools })).flatMap((delta) =>
    "tool_calls" in delta ? [delta.tool_calls] : [],
  );
  const id = expect.any(String);
  expect(calls[0]).toMatchObject([{ index: 0, id, type: "custom", custom: { name: "patch", input: "" } }]);
  const pieces = calls.slice(1).map((call) => JSON.parse(JSON.stringify(call))[0].custom.input);
  expect(pieces.join("")).toBe(input);

  const call = { id: "toolu_1", type: "custom", custom: { name: "patch", input } };
  const answered = { role: "tool", tool_call_id: "toolu_1", content: "Done." };
  const history = [...messages, { role: "assistant", content: null, tool_calls: [call] }, answered];
  expect((await readMessage(harness.chat({ model, messages: history, tools }))).message.content).toBe("ok");
  const turns = lastTurns();
  expect(turns[1]?.content).toMatchObject([{ type: "tool_use", name: "patch", input: { input } }]);
  expect(turns[2]?.content).toMatchObject([{ type: "tool_result" }]);
});
