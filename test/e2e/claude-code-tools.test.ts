import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { blocks, text, toolUse } from "../../src/simulator/reply.ts";
import { NASTY_IDS } from "../support/call-ids.ts";
import { CLAUDE_CODE_TOOLS } from "../support/claude-code-tools.ts";
import type { Harness } from "../support/harness.ts";
import { receivedSystem, receivedTurns } from "../support/received.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { lastServed } from "../support/steps.ts";
import {
  calling,
  functionTool,
  readMessage,
  readStreamedMessage,
  result,
  type ToolCall,
  user,
} from "../support/tools.ts";

// Functions named like the CLI's own tools are the client's all the same: the CLI adds nothing for their names, and changes nothing.

let app: Harness;
beforeAll(async () => {
  app = await shareHarness();
});
afterAll(() => app[Symbol.asyncDispose]());
afterEach(() => app.simulator.clearQueue());

const MODEL = "claude-sonnet-4";
const SYSTEM = { role: "system", content: "Be brief." };

/** What the CLI cleans up, fills in or takes out in arguments of its own tools. */
const ARGS = {
  command: "cd /tmp && ls   \n",
  file_path: "~/a.txt",
  old_string: "a \n",
  new_string: "b \t\n",
  content: "x  \n",
  replace_all: "false",
  timeout: "5",
  plan: "",
  planFilePath: "/p",
  subagent_type: "Explore",
  agentId: "1",
  task_id: "2",
  todos: [],
  edits: [{ old_string: "a", new_string: "b" }],
  questions: "[]",
  to: "main",
  message: "m",
  recipient: "r",
  approve: true,
  proposals: [{ edits: [], skillMd: "s", knownTextHashes: [] }],
  nothing: null,
};
/** Typed, as the CLI reads texts as JSON where no text is asked for. */
const typed = Object.entries(ARGS).map(([name, value]) => [name, typeof value === "string" ? { type: "string" } : {}]);
const PARAMETERS = { type: "object", properties: Object.fromEntries(typed) };
const BARE = { type: "object", properties: { command: { type: "string" } } };

/** Each call is a piece of work for the CLI: all of them are called, and started from, before a release, else some. */
const isEveryOne = process.env.FIDELITY_RUNS !== undefined;

/** Those that the CLI offers, explains or changes as its own in any case, and those that it changes for these arguments. */
const RENAMED = ["StructuredOutput", "ToolSearch", "Artifact"];
const RENAMED_FOR_ARGUMENTS = [...RENAMED, "Edit", "ExitPlanMode", "SendMessage", "propose_skills"];
const toolsWith = (parameters: object) =>
  CLAUDE_CODE_TOOLS.map((name) => functionTool(name, parameters, `What ${name} does.`));
const SOME = CLAUDE_CODE_TOOLS.filter(
  (name, index) => isEveryOne || index % 4 === 0 || RENAMED_FOR_ARGUMENTS.includes(name),
);
const toApi = (name: string, renamed = RENAMED_FOR_ARGUMENTS) => (renamed.includes(name) ? `${name}_2` : name);

const last = () => {
  const request = app.simulator.requests.at(-1);
  if (request === undefined) throw new Error("no request arrived");
  return request;
};
/** All of a request but its tools, and what differs each time. */
const rest = () => {
  const { tools: _tools, metadata: _metadata, system, ...others } = JSON.parse(last().rawBody);
  return { ...others, system: system.slice(1) };
};

describe("functions named like the CLI's own tools", () => {
  test("reach the model under their names, all at once, and nothing else of the request changes for them", async () => {
    app.simulator.enqueue(text("Plain."), text("Done."));
    const body = { model: MODEL, messages: [SYSTEM, user("Hello")], stream: true };
    await readStreamedMessage(app.chat({ ...body, tools: [functionTool("f")] }));
    const plain = rest();
    await readStreamedMessage(app.chat({ ...body, tools: toolsWith(BARE) }));
    expect(rest()).toEqual(plain);
    expect(receivedSystem(last())).toBe("Be brief.");
    const expected = CLAUDE_CODE_TOOLS.map((name) => ({
      name: toApi(name, RENAMED),
      description: `What ${name} does.`,
      input_schema: BARE,
    }));
    expect(JSON.parse(last().rawBody).tools.toSorted(byName)).toEqual(expected.toSorted(byName));
  });

  test("are called as the model wrote it, and the calls stay as they were", async () => {
    const tools = toolsWith(PARAMETERS);
    const uses = SOME.map((name, i) => toolUse(`toolu_a${i}`, toApi(name), ARGS));
    app.simulator.enqueue(blocks(uses), text("Done."), text("Again."));
    const messages: object[] = [SYSTEM, user("All of them")];
    const { message } = await readStreamedMessage(app.chat({ model: MODEL, tools, messages, stream: true }));
    const calls: readonly ToolCall[] = message.tool_calls ?? [];
    expect(calls.map(({ function: { name } }) => name)).toEqual([...SOME]);
    for (const call of calls) expect(call.function.arguments).toBe(JSON.stringify(ARGS));
    messages.push(message, ...calls.map(({ id }) => result(id, `of ${id}`)));
    for (const question of [[], [{ role: "assistant", content: "Done." }, user("Once more")]]) {
      await readMessage(app.chat({ model: MODEL, tools, messages: [...messages, ...question] }));
      expect(receivedTurns(last()).slice(1)).toMatchObject([
        { content: SOME.map((name, i) => ({ id: `toolu_a${i}`, name: toApi(name), input: ARGS })) },
        { content: SOME.map((_, i) => ({ type: "tool_result", tool_use_id: `toolu_a${i}` })) },
        ...question.map(({ role }) => ({ role })),
      ]);
    }
  });

  // Of many turns, a process is started from them.
  const ROUNDS = 51;
  test.each([
    ["that is appended", 1, CLAUDE_CODE_TOOLS],
    [
      "that a process is started from",
      ROUNDS,
      isEveryOne ? CLAUDE_CODE_TOOLS : [...new Set([...SOME, ...CLAUDE_CODE_TOOLS])].slice(0, ROUNDS),
    ],
  ])("stay as they were in a history %s", async (way, rounds, all) => {
    // Whatever ids the client gives them; also the same again in another round.
    const idOf = (name: string) =>
      rounds > 1 ? (NASTY_IDS[all.indexOf(name) % NASTY_IDS.length] ?? "") : `call_${name}`;
    const inRound = Math.ceil(all.length / rounds);
    const history = Array.from({ length: Math.ceil(all.length / inRound) }, (_, round) => {
      const names = all.slice(round * inRound, (round + 1) * inRound);
      const called = names.map((name): [string, string, string] => [idOf(name), name, JSON.stringify(ARGS)]);
      return [calling(null, ...called), ...names.map((name) => result(idOf(name), `of ${name}`))];
    }).flat();
    app.simulator.enqueue(text("Done."));
    const messages = [SYSTEM, user(`Begin, ${way}`), ...history];
    await readMessage(app.chat({ model: MODEL, tools: toolsWith(PARAMETERS), messages }));
    const turns = receivedTurns(last());
    expect(turns).toHaveLength(1 + history.filter(({ role }) => role === "assistant").length * 2);
    expect(lastServed(app)?.startsWith("how=restore")).toBe(rounds > 1);
    const calls = turns.flatMap(({ content }) => content.filter(({ type }) => type === "tool_use"));
    expect(calls).toMatchObject(all.map((name) => ({ name: toApi(name), input: ARGS })));
    const results = turns.flatMap(({ content }) => content.filter(({ type }) => type === "tool_result"));
    expect(results).toMatchObject(all.map((name) => ({ content: [{ text: `of ${name}` }] })));
    expect(results.map(({ tool_use_id }) => tool_use_id)).toEqual(calls.map(({ id }) => id));
  });
});

const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
