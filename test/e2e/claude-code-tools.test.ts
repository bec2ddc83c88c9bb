import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { blocks, text, toolUse } from "../../src/simulator/reply.ts";
import { CLAUDE_CODE_TOOLS } from "../support/claude-code-tools.ts";
import { type Harness, startHarness } from "../support/harness.ts";
import { receivedSystem, receivedTurns } from "../support/received.ts";
import { calling, functionTool, readMessage, result, type ToolCall, user } from "../support/tools.ts";

// Functions named like the CLI's own tools are the client's all the same: the CLI adds nothing for their names, and changes nothing.

let app: Harness;
beforeAll(async () => {
  app = await startHarness();
});
afterAll(() => app[Symbol.asyncDispose]());
afterEach(() => app.simulator.clearQueue());

const MODEL = "claude-sonnet-4";
const SYSTEM = { role: "system", content: "Be brief." };
const PARAMETERS = { type: "object", properties: { command: { type: "string" } } };
/** In the history a call keeps the name that its function is offered by. */
const RENAMED = ["StructuredOutput", "ToolSearch", "Artifact"];
const tools = CLAUDE_CODE_TOOLS.map((name) => functionTool(name, PARAMETERS, `What ${name} does.`));

/** What the CLI cleans up, fills in or takes out in arguments of its own tools. */
const ARGS = {
  command: "cd /tmp && ls   \n",
  file_path: "~/a.txt",
  path: "./b",
  old_string: "a \n",
  new_string: "b \t\n",
  content: "x  \n",
  replace_all: "false",
  timeout: "5",
  plan: "",
  planFilePath: "/p",
  prompt: "<a>",
  subagent_type: "Explore",
  agentId: "1",
  task_id: "2",
  todos: [],
  edits: [{ old_string: "a", new_string: "b" }],
  questions: "[]",
  answers: {},
  url: "http://a",
  script: "1",
  nothing: null,
};

const last = () => {
  const request = app.simulator.requests.at(-1);
  if (request === undefined) throw new Error("no request arrived");
  return request;
};
/** All of a request but what is to be compared by itself, and the marks that differ each time. */
const rest = () => {
  const { tools: _tools, metadata: _metadata, system, ...others } = JSON.parse(last().rawBody);
  return { ...others, system: system.slice(1) };
};

describe("functions named like the CLI's own tools", () => {
  test("reach the model under their names, all at once, and nothing else of the request changes for them", async () => {
    app.simulator.enqueue(text("Plain."), text("Done."));
    await readMessage(app.chat({ model: MODEL, tools: [functionTool("f")], messages: [SYSTEM, user("Hello")] }));
    const plain = rest();
    await readMessage(app.chat({ model: MODEL, tools, messages: [SYSTEM, user("Hello")] }));
    expect(rest()).toEqual(plain);
    expect(receivedSystem(last())).toBe("Be brief.");
    const offered = JSON.parse(last().rawBody).tools;
    const expected = CLAUDE_CODE_TOOLS.map((name) => ({
      name: RENAMED.includes(name) ? `${name}_2` : name,
      description: `What ${name} does.`,
      input_schema: PARAMETERS,
    }));
    expect(offered.toSorted(byName)).toEqual(expected.toSorted(byName));
  });

  test("are called as the model wrote it, and the calls stay as they were in the same process", async () => {
    const offered: string[] = CLAUDE_CODE_TOOLS.map((name) => (RENAMED.includes(name) ? `${name}_2` : name));
    app.simulator.enqueue(blocks(offered.map((name, i) => toolUse(`toolu_a${i}`, name, ARGS))), text("Done."));
    const messages: object[] = [SYSTEM, user("All of them")];
    const { message } = await readMessage(app.chat({ model: MODEL, tools, messages }));
    const calls: readonly ToolCall[] = message.tool_calls ?? [];
    expect(calls.map(({ function: { name } }) => name)).toEqual([...CLAUDE_CODE_TOOLS]);
    for (const call of calls) expect(call.function.arguments).toBe(JSON.stringify(ARGS));
    messages.push(message, ...calls.map(({ id }) => result(id, `of ${id}`)));
    await readMessage(app.chat({ model: MODEL, tools, messages }));
    expect(receivedTurns(last()).slice(1)).toMatchObject([
      { content: offered.map((name, i) => ({ type: "tool_use", id: `toolu_a${i}`, name, input: ARGS })) },
      { content: offered.map((_, i) => ({ type: "tool_result", tool_use_id: `toolu_a${i}` })) },
    ]);
  });

  test.each([
    ["appended", 1],
    ["in a transcript", 50],
  ])("stay as they were in a history that is %s", async (_, rounds) => {
    const names = CLAUDE_CODE_TOOLS.filter((name) => !RENAMED.includes(name));
    const size = Math.ceil(names.length / rounds);
    const inRound = (round: number) => names.slice(round * size, (round + 1) * size);
    const id = (name: string, round: number) => `call_${round}${name}`;
    const history = Array.from({ length: rounds }, (_, round) => {
      const called = inRound(round);
      return [
        calling(null, ...called.map((name): [string, string, string] => [id(name, round), name, JSON.stringify(ARGS)])),
        ...called.map((name) => result(id(name, round), `result of ${name}`)),
      ];
    }).flat();
    app.simulator.enqueue(text("Done."));
    await readMessage(app.chat({ model: MODEL, tools, messages: [SYSTEM, user(`Begin ${rounds}`), ...history] }));
    const turns = receivedTurns(last());
    expect(turns).toHaveLength(1 + 2 * rounds);
    const calls = turns.flatMap(({ content }) => content.filter(({ type }) => type === "tool_use"));
    expect(calls.filter(({ input }) => !Bun.deepEquals(input, ARGS))).toEqual([]);
    expect(calls.map(({ name }) => name)).toEqual(Array.from({ length: rounds }, (_, round) => inRound(round)).flat());
  });
});

const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
