import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { blocks, type Reply, text, toolUse } from "../../src/simulator/reply.ts";
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
  });
  const ignored = response.headers.get("x-claude-max-api-ignored");
  const answer = await response.text();
  simulator.clearQueue();
  if (response.status !== 200) return { failed: answer };
  const [request] = simulator.requests.slice(before);
  if (request === undefined) return { failed: "the model was not asked" };
  return { told: told(request), ignored: ignored?.split(",").sort() ?? [] };
}

/** Of each kind that reaches the CLI in another way, or that the header names, one. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  content: [
    "user: texts in a list",
    "user: null and an empty object say nothing",
    "user: an image of Gemini's",
    "user: a file of the AI SDK's",
    "user: a document that is text",
    "user: sound beside a text is left out",
    "system: an image goes to the user's turn, announced",
    "assistant: an image goes to the user's next turn, announced",
    "tool: what an MCP server answers",
    "tool: an image of Anthropic's",
    "tool: sound is left out",
  ],
  history: [
    "call: arguments as an object",
    "call: no id on either side goes by the order",
    "call: told in the old form, too",
    "call: of a custom tool, as the Responses API has it",
    "blocks of Anthropic's, with two results in one message",
    "items of the Responses API",
    "two messages with calls are answered together",
    "a result behind what was said since belongs to its call",
    "a result whose call was cut away is told as text",
    "a result given twice is told as text the second time",
    "the role observation",
  ],
  tools: [
    "tools: many forms in one list",
    "tools: a schema as a text",
    "tools: those that a provider runs are left out",
    "functions beside the same tools",
    'tool_choice: "any"',
    'tool_choice: {"type":"none"}',
    'tool_choice: {"type":"tool","name":"f"}',
    'tool_choice: {"type":"custom","name":"patch"}',
    "tool_choice: one at a time, as Anthropic has it",
    "tool_choice: one that is not offered",
  ],
  options: [
    { max_tokens: "5000" },
    { stop_sequences: ["END"] },
    { reasoning: { effort: "high" } },
    { thinking: { type: "enabled", budget_tokens: 8192 } },
    { think: false },
    { response_format: "json" },
  ].map((option) => JSON.stringify(option)),
};

describe.each(Object.entries(KINDS))("of %s", (group, titles) => {
  test("every kind of spelling reaches the API as the textbook's form does, and the header names what was left out", async () => {
    const reached: Record<string, unknown> = {};
    const expected: Record<string, unknown> = {};
    /** Many spellings are of one request: it is asked once. */
    const asked = new Map<string, ReturnType<typeof ask>>();
    for (const title of titles) {
      const spelling = CHAT_SPELLINGS[group]?.find((each) => each.title === title);
      if (spelling === undefined) throw new Error(`the table has no ${title}`);
      const { sent, textbook, ignored = [] } = spelling;
      reached[title] = await ask(sent);
      const key = JSON.stringify(textbook);
      const told = asked.get(key) ?? ask(textbook);
      asked.set(key, told);
      expected[title] = { ...(await told), ignored: [...ignored].sort() };
    }
    expect(reached).toEqual(expected);
  });
});

/** Fields that are asked both ways: what came of each, and what the model was told the second time. */
async function both(fields: object, ...[reply, streamed = reply]: [Reply, Reply?]) {
  const { simulator, chat } = harness;
  simulator.enqueue(reply, streamed);
  const body = { model: "claude-sonnet-4", ...fields };
  const { message, finishReason } = await readMessage(chat(body));
  const chunks = sseChunks(await (await chat({ ...body, stream: true })).text());
  const deltas: object[] = chunks.flatMap(({ choices }) => choices.map(({ delta }: { delta: object }) => delta));
  const request = simulator.requests.at(-1);
  if (request === undefined) throw new Error("the model was not asked");
  return { message, finishReason, deltas, turns: receivedTurns(request) };
}

describe("where the last word is the assistant's", () => {
  const begun = [
    { role: "user", content: "Tell a story." },
    { role: "assistant", content: "Once upon" },
  ];
  const said = (deltas: readonly object[]) => deltas.map((delta) => ("content" in delta ? delta.content : "")).join("");

  test("the model is asked to go on, and only what follows is told, streamed or not", async () => {
    const { message, deltas, turns } = await both({ messages: begun }, text("Once upon a time."));
    expect(turns.map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
    expect(turns[1]?.content).toEqual([{ type: "text", text: "Once upon" }]);
    expect(String(turns[2]?.content[0]?.text)).toContain("Continue it from exactly where it stops");
    expect([message.content, said(deltas)]).toEqual([" a time.", " a time."]);
  });

  test("an answer that does not repeat it is told whole, and the conversation goes on with both as one", async () => {
    const { message, deltas } = await both({ messages: begun }, text(" a time."));
    expect([message.content, said(deltas)]).toEqual([" a time.", " a time."]);
    const whole = { role: "assistant", content: "Once upon a time." };
    const { turns } = await both({ messages: [begun[0], whole, { role: "user", content: "More." }] }, text("ok"));
    expect(turns).toEqual([
      { role: "user", content: [{ type: "text", text: "Tell a story." }] },
      { role: "assistant", content: [{ type: "text", text: "Once upon a time." }] },
      { role: "user", content: [{ type: "text", text: "More." }] },
    ]);
  });

  test("also where the first word is, as in a greeting", async () => {
    const { message, turns } = await both({ messages: [{ role: "assistant", content: "Hello, I am" }] }, text(" Ann."));
    expect(turns.map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
    expect(message.content).toBe(" Ann.");
  });
});

describe("a custom tool", () => {
  const messages = [{ role: "user", content: "Patch it." }];
  const tools = [{ type: "custom", custom: { name: "patch", description: "Do not wrap the patch in JSON." } }];
  const input = '*** Begin\n"a" \\ é';
  const called = (id: string) => blocks([toolUse(id, "patch", { input })]);

  test("is called with a text, streamed or not, and its result goes back to the call", async () => {
    const { message, finishReason, deltas } = await both({ messages, tools }, called("toolu_1"), called("toolu_2"));
    expect(finishReason).toBe("tool_calls");
    const id = expect.any(String);
    expect(message.tool_calls).toMatchObject([{ id, type: "custom", custom: { name: "patch", input } }]);
    const calls = deltas.flatMap((delta) => ("tool_calls" in delta ? [delta.tool_calls] : []));
    expect(calls[0]).toMatchObject([{ index: 0, id, type: "custom", custom: { name: "patch", input: "" } }]);
    const pieces = calls.slice(1).map((call) => JSON.parse(JSON.stringify(call))[0].custom.input);
    expect(pieces.join("")).toBe(input);

    const answered = { role: "tool", tool_call_id: "call_1", content: "Done." };
    const call = { id: "call_1", type: "custom", custom: { name: "patch", input } };
    const history = [...messages, { role: "assistant", content: null, tool_calls: [call] }, answered];
    const { turns } = await both({ messages: history, tools }, text("ok"));
    expect(turns[1]?.content).toMatchObject([{ type: "tool_use", name: "patch", input: { input } }]);
    expect(turns[2]?.content).toMatchObject([{ type: "tool_result" }]);
  });
});
