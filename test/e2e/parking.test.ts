import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { blocks, text, textBlock, thinkingBlock, toolUse } from "../../src/simulator/reply.ts";
import { type Harness, startHarness } from "../support/harness.ts";
import { PLAYED_ANSWER, PLAYED_TOOL, type PlayedClaude, playClaude } from "../support/played-claude.ts";
import { canSeeProcesses } from "../support/processes.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { LOOK, said, step, TOOLS, toolResult } from "../support/steps.ts";
import { calling, forgetful, readMessage, result, user } from "../support/tools.ts";
import { until } from "../support/wait.ts";
import { readHealth } from "../support/wire.ts";

// Between a call and its result the process waits. Whatever the client does then, each request of the client is one to the model. How long it
// waits, and whether at all: test/claude/pool/worker-pool-parked.test.ts; that its end tells the model nothing: isolation.test.ts.

let app: Harness;
beforeAll(async () => {
  app = await shareHarness();
});
afterAll(() => app[Symbol.asyncDispose]());
afterEach(() => app.simulator.clearQueue());

const parked = async (harness: Harness) => (await readHealth(harness.url)).workers.parked;

describe("a loop of calls", () => {
  test("takes one request to the model per step, and each tells it exactly the conversation, with what it thought", async () => {
    const messages: object[] = [user("Go.")];
    for (let n = 1; n < 4; n++) {
      const reply = blocks([thinkingBlock(`Hm ${n}.`), textBlock(`Step ${n}.`), LOOK(`toolu_l${n}`, n)]);
      const { message, turns } = await step(app, reply, messages);
      expect(turns).toHaveLength(2 * n - 1);
      expect(await parked(app)).toBeGreaterThan(0);
      messages.push(forgetful(message), result(`toolu_l${n}`, `seen ${n}`));
    }
    const { message, finishReason, turns } = await step(app, text("Finished."), messages);
    expect(message.content).toBe("Finished.");
    expect(finishReason).toBe("stop");
    // Only the process that waited knows what was thought.
    expect(turns.slice(0, 3)).toMatchObject([
      { role: "user", content: said("Go.") },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "Hm 1." },
          ...said("Step 1."),
          { type: "tool_use", id: "toolu_l1", name: "look", input: { n: 1 } },
        ],
      },
      { role: "user", content: [toolResult("toolu_l1", said("seen 1"))] },
    ]);
    expect(turns).toHaveLength(7);
    // The conversation goes on in the process that knows it.
    const next = await step(app, text("Yes."), [...messages, message, user("Really?")]);
    expect(next.turns).toHaveLength(9);
  });

  test("opens more calls at once than anyone has cores, and takes their results in any order, as text or in parts", async () => {
    const ids = Array.from({ length: 25 }, (_, i) => `toolu_x${i}`);
    const asked = await step(app, blocks(ids.map((id, n) => LOOK(id, n))), [user("Many.")]);
    expect(asked.message.tool_calls?.map(({ id }) => id)).toEqual(ids);
    const [first = "", second = "", ...others] = ids;
    const results = [
      ...others.map((id) => result(id, `seen by ${id}`)),
      result(second, "Error: it broke"),
      result(
        first,
        ["a1", "a2"].map((part) => ({ type: "text", text: part })),
      ),
    ];
    const { turns } = await step(app, text("Ok."), [user("Many."), asked.message, ...results]);
    expect(turns[2]?.content).toEqual([
      toolResult(first, [...said("a1"), ...said("a2")]),
      toolResult(second, said("Error: it broke")),
      ...others.map((id) => toolResult(id, said(`seen by ${id}`))),
    ]);
  });
});

describe("the process that waits is known again, and goes on with its thinking,", () => {
  const think = (id: string) => blocks([thinkingBlock("Let me look."), LOOK(id)]);
  /** The first turn with a thinking block in what the model was told, which only the process itself can have. */
  const hasThinking = (turns: readonly { content: readonly { type: string }[] }[]) =>
    turns.some(({ content }) => content.some(({ type }) => type === "thinking"));

  test("where the client gives the call another id", async () => {
    const asked = await step(app, think("toolu_own"), [user("Rename it.")]);
    const renamed = calling(null, ["call_of_my_own", "look", '{"n": 0}']);
    const { turns } = await step(app, text("Ok."), [user("Rename it."), renamed, result("call_of_my_own", "seen")]);
    expect(asked.message.tool_calls?.[0]?.id).toBe("toolu_own");
    expect(hasThinking(turns)).toBe(true);
    expect(turns.at(-1)?.content).toEqual([toolResult("toolu_own", said("seen"))]);
  });

  test("in the form of old, which has no ids", async () => {
    const functions = TOOLS.map(({ function: one }) => one);
    const body = { tools: undefined, functions };
    const asked = await step(app, think("toolu_legacy"), [user("As of old.")], body);
    expect(asked.finishReason).toBe("function_call");
    const answered = { role: "function", name: "look", content: "seen" };
    const { turns } = await step(app, text("Ok."), [user("As of old."), asked.message, answered], body);
    expect(hasThinking(turns)).toBe(true);
    expect(turns.at(-1)?.content).toEqual([toolResult("toolu_legacy", said("seen"))]);
  });
});

describe("where the process that waits cannot take what the client sends, another is told the whole conversation:", () => {
  test("a result is larger than the CLI would pass on", async () => {
    const large = "line of a log\n".repeat(33_000);
    const asked = await step(app, blocks([LOOK("toolu_big")]), [user("Read it.")]);
    const { turns } = await step(app, text("Ok."), [user("Read it."), asked.message, result("toolu_big", large)]);
    expect(Bun.deepEquals(turns[2]?.content, [toolResult("toolu_big", said(large))])).toBe(true);
  });

  test("the server was started anew", async () => {
    const history = [
      user("Look."),
      calling("So.", ["call_of old:1", "look", '{"n":1}']),
      result("call_of old:1", "seen"),
    ];
    const { turns } = await step(app, text("Ok."), history);
    expect(turns).toHaveLength(3);
    const [
      ,
      {
        content: [, call],
      } = { content: [] },
      {
        content: [answer],
      } = { content: [] },
    ] = turns;
    // The API takes no such id: it is mapped, the same in both places.
    expect(call?.id).toMatch(/^[\w-]+$/);
    expect(answer?.tool_use_id).toBe(call?.id);
  });
});

describe("arguments that the CLI does not take reach the client as the model wrote them, without another request:", () => {
  // Each of these alone, as the CLI tells it: test/claude/turn/decode-calls.test.ts.
  const WRITTEN: [id: string, name: string, pieces: string[]][] = [
    ["toolu_no_json", "look", ['{"n":', " }"]],
    ["toolu_cut", "look", ['{"n":1,"te']],
    ["toolu_no_object", "look", ["[1,2]"]],
    ["toolu_of_none", "made_up", ['{"n":1}']],
  ];
  test.each([
    ["one that is no JSON", WRITTEN.slice(0, 1)],
    [
      "no JSON, cut, no object, and a tool that is none of the client's, beside a call that is right",
      [["toolu_right", "look", ['{"n":1}']] as const, ...WRITTEN],
    ],
  ])("%s", async (_, calls) => {
    const uses = calls.map(([id, name, pieces]) => toolUse(id, name, [...pieces]));
    const asked = await step(app, blocks([textBlock("So."), ...uses]), [user("Odd.")]);
    expect(asked.finishReason).toBe("tool_calls");
    expect(asked.message.tool_calls).toEqual(
      calls.map(([id, name, pieces]) => ({ id, type: "function", function: { name, arguments: pieces.join("") } })),
    );
    const results = calls.map(([id]) => result(id, `of ${id}`));
    const { turns } = await step(app, text("Ok."), [user("Odd."), asked.message, ...results]);
    expect(turns[2]?.content).toEqual(calls.map(([id]) => toolResult(id, said(`of ${id}`))));
  });
});

describe("where the process that waits cannot be asked, another is:", () => {
  let claude: PlayedClaude;
  let own: Harness;
  beforeAll(async () => {
    claude = playClaude();
    claude.put();
    own = await startHarness({ config: { claudePath: claude.path } });
  });
  afterAll(async () => {
    await own[Symbol.asyncDispose]();
    claude[Symbol.dispose]();
  });

  const ask = (messages: readonly object[], fields: object = { tools: [PLAYED_TOOL] }) =>
    readMessage(own.chat({ model: "claude-sonnet-4", messages, ...fields }));
  /** A conversation with a call that waits for its result, and the process that it waits in. */
  async function park(question: string) {
    const { message } = await ask([user(question)]);
    const id = message.tool_calls?.[0]?.id ?? expect.unreachable();
    return { messages: [user(question), message, result(id, "seen")], pid: lastAsked() };
  }
  const lastAsked = () => claude.asked().at(-1) ?? expect.unreachable();

  test.skipIf(!canSeeProcesses)("the process is gone", async () => {
    const { messages, pid } = await park("Look.");
    const before = await parked(own);
    process.kill(pid, "SIGKILL");
    await until(async () => (await parked(own)) < before, "its end is noticed");
    await ask(messages);
    expect(lastAsked()).not.toBe(pid);
  });

  test.skipIf(!canSeeProcesses)(
    "the process is stopped, or one that rests is: none takes what it would never answer",
    async () => {
      const { messages, pid: waits } = await park("Look again.");
      const told = await ask([user("Hello.")], {});
      const rests = lastAsked();
      expect(told.message.content).toBe(PLAYED_ANSWER);
      const before = claude.asked().length;
      for (const pid of [waits, rests]) process.kill(pid, "SIGSTOP");
      await Promise.all([ask(messages), ask([user("Hello."), told.message, user("How are you?")], {})]);
      const since = claude.asked().slice(before);
      expect(since).toHaveLength(2);
      expect(since).not.toContain(waits);
      expect(since).not.toContain(rests);
    },
  );
});
