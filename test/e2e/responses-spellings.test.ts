import { afterAll, beforeAll, expect, test } from "bun:test";
import { text } from "../../src/simulator/reply.ts";
import type { RecordedRequest } from "../../src/simulator/simulator.ts";
import type { Harness } from "../support/harness.ts";
import { receivedSystem, receivedTurns } from "../support/received.ts";
import { SPELLINGS } from "../support/responses-spellings/all.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { openSocket } from "../support/socket.ts";

// Whatever programs send to the Responses API: what reaches Anthropic's is what the textbook's form of the same gives. The whole table,
// without the CLI: test/api/openai-responses/decode/spellings.test.ts.

let harness: Harness;
beforeAll(async () => {
  harness = await shareHarness();
});
afterAll(() => harness[Symbol.asyncDispose]());

const model = "claude-sonnet-4";
const IGNORED = "x-claude-max-api-ignored";
/** An object, which is an answer in every format that is asked for. */
const ANSWER = '{"y":"b"}';

const post = (path: string, body: object) =>
  fetch(`${harness.url}/v1/responses${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model, ...body }),
  });

/** All that the client has said of its request. */
function told(request: RecordedRequest) {
  const { tools, tool_choice, max_tokens, thinking, output_config } = request.body;
  const offered = tools?.toSorted((a, b) => a.name.localeCompare(b.name));
  const settings = { tools: offered, tool_choice, max_tokens, thinking, output_config };
  return { system: receivedSystem(request), turns: receivedTurns(request), settings };
}

/** What of a request reached the API, or why nothing did. */
async function during(
  send: () => Promise<{ readonly status: number; readonly ignored: string[]; readonly body: string }>,
) {
  const { simulator } = harness;
  const before = simulator.requests.length;
  simulator.enqueue(text(ANSWER));
  const { status, ignored, body } = await send();
  simulator.clearQueue();
  const [request] = simulator.requests.slice(before);
  return status === 200 && request ? { told: told(request), ignored } : { failed: body };
}

const ask = (body: object) =>
  during(async () => {
    const response = await post("", body);
    const ignored = response.headers.get(IGNORED)?.split(",").sort() ?? [];
    return { status: response.status, ignored, body: await response.text() };
  });

async function askOnSocket(body: object) {
  const socket = await openSocket(harness.url);
  const answer = await during(async () => {
    const { status = 200, error } = await socket.create({ model, ...body });
    const ignored = socket.events[0]?.headers?.[IGNORED]?.split(",").sort() ?? [];
    return { status, ignored, body: JSON.stringify(error) };
  });
  socket.close();
  return answer;
}

/** Calls and results, one of them of a tool that only others have, and a tool. */
const SHOWN = ["calls and results as Anthropic has them", "what a computer showed", "a tool as a chat has it"];

test("spellings reach the API as the textbook's form does, by HTTP and on a WebSocket, and the header names what was left out", async () => {
  const shown = SPELLINGS.filter(({ name }) => SHOWN.includes(name));
  expect(shown.length).toBe(SHOWN.length);
  for (const [index, { spelled, textbook, named = [] }] of shown.entries()) {
    const textbooks = await ask(textbook);
    const ignored = [...named, ...(textbooks.ignored ?? [])].sort();
    expect<unknown>(await (index === 0 ? ask(spelled) : askOnSocket(spelled))).toEqual({ ...textbooks, ignored });
  }
});

test("an answer that was begun is gone on with, and not said once more", async () => {
  harness.simulator.enqueue(text("Once upon a time"));
  const input = [
    { role: "user", content: "Tell a story" },
    { role: "assistant", content: "Once upon" },
  ];
  const body = await (await post("", { input, stream: true })).text();
  const deltas = [...body.matchAll(/^data: (.*response\.output_text\.delta.*)$/gm)];
  expect(deltas.map(([, data = ""]) => JSON.parse(data).delta).join("")).toBe(" a time");
});

test("a PDF by its address reaches the API as that, in a question, in the history and in a result", async () => {
  const file = { type: "input_file", filename: "b.pdf", file_url: "https://a.example/b.pdf" };
  const document = { type: "document", source: { type: "url", url: "https://a.example/b.pdf" }, title: "b.pdf" };
  const call = { type: "function_call", call_id: "c", name: "f", arguments: "{}" };
  const input = [
    { role: "user", content: [{ type: "input_text", text: "a" }, file] },
    call,
    { type: "function_call_output", call_id: "c", output: [{ type: "input_text", text: "r" }, file] },
    { role: "user", content: [{ type: "input_text", text: "z" }, file] },
  ];
  const answer = await ask({ input });
  expect(answer).toMatchObject({
    told: {
      turns: [
        { content: [{ text: "a" }, document] },
        { content: [{ type: "tool_use" }] },
        { content: [{ type: "tool_result", content: [{ text: "r" }, document] }, { text: "z" }, document] },
      ],
    },
  });
});

test("a conversation is compacted to what users said and a summary, from which a response goes on", async () => {
  const said = (role: string, content: string) => ({ role, content });
  const conversation = [said("developer", "Rules."), said("user", "a"), said("assistant", "b"), said("user", "c")];
  const before = harness.simulator.requests.length;
  harness.simulator.enqueue(text("They said a, b and c. ä"));
  const response = await post("/compact", { input: conversation, instructions: "Be kind." });
  const { output, ...rest } = (await response.json()) as { output: { type: string }[] };
  expect(rest).toMatchObject({ object: "response.compaction", usage: { output_tokens: expect.any(Number) } });
  // A copy: Bun puts what a pattern matches with in the place of what it matched.
  expect(structuredClone(output)).toMatchObject([
    { type: "message", role: "developer", status: "completed", content: [{ type: "input_text", text: "Rules." }] },
    { type: "message", role: "user", content: [{ text: "a" }] },
    { type: "message", role: "user", content: [{ text: "c" }] },
    { type: "compaction", encrypted_content: expect.any(String) },
  ]);
  const [asked] = harness.simulator.requests.slice(before);
  expect(asked && told(asked)).toMatchObject({
    system: "Be kind.\n\nRules.",
    turns: [
      { content: [{ text: "a" }] },
      { content: [{ text: "b" }] },
      { content: [{ text: "c" }, { text: expect.stringContaining("summary") }] },
    ],
  });
  const next = await askOnSocket({ input: [...output, said("user", "d")], store: false });
  expect(next).toMatchObject({
    told: {
      system: "Rules.",
      turns: [
        {
          role: "user",
          content: [
            { text: "a" },
            { text: "c" },
            { text: expect.stringMatching(/summary of it:\]\n\nThey said a, b and c\. ä$/) },
            { text: "d" },
          ],
        },
      ],
    },
  });
});
