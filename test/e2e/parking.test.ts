import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { settlesCalls } from "../../src/claude/cli/version.ts";
import { blocks, type Reply, text, textBlock, thinkingBlock, toolUse } from "../../src/simulator/reply.ts";
import { claudeVersion } from "../support/claude-version.ts";
import { type Harness, startHarness } from "../support/harness.ts";
import { canSeeProcesses, claudeProcessesOf } from "../support/processes.ts";
import { receivedTurns } from "../support/received.ts";
import { calling, functionTool, readMessage, result, type ToolMessage, user } from "../support/tools.ts";
import { until } from "../support/wait.ts";
import { readHealth } from "../support/wire.ts";

// Between a call and its result the process waits. Whatever the client does then, each request of the client is one to the model.

const MODEL = "claude-sonnet-4";
const TOOLS = [functionTool("look", { type: "object", properties: { n: { type: "number" } } })];
const LOOK = (id: string, n = 0) => toolUse(id, "look", { n });

let app: Harness;
beforeAll(async () => {
  app = await startHarness();
});
afterAll(() => app[Symbol.asyncDispose]());
afterEach(() => app.simulator.clearQueue());

/** Sends one request, which must reach the model as exactly one; gives its answer and what the model was told. */
async function step(harness: Harness, reply: Reply, messages: readonly object[], extra: object = {}) {
  const before = harness.simulator.requests.length;
  harness.simulator.enqueue(reply);
  const { message, finishReason } = await readMessage(harness.chat({ model: MODEL, tools: TOOLS, messages, ...extra }));
  expect(harness.simulator.requests).toHaveLength(before + 1);
  const request = harness.simulator.requests.at(-1);
  if (!request) throw new Error("no request arrived");
  return { message, finishReason, turns: receivedTurns(request), request };
}

const parked = async (harness: Harness) => (await readHealth(harness.url)).workers.parked;

/** How the last request was served. */
const lastServed = (harness: Harness) =>
  harness.log.flatMap((line) => / debug served (.*)\n/.exec(line)?.[1] ?? []).at(-1);

const toolResult = (id: string, content: unknown) => ({ type: "tool_result", tool_use_id: id, content });
const said = (content: string) => [{ type: "text", text: content }];

describe("a loop of calls", () => {
  test("takes one request to the model per step, and each tells it exactly the conversation", async () => {
    const messages: object[] = [user("Go.")];
    for (let n = 1; n < 5; n++) {
      const { message, turns } = await step(app, blocks([textBlock(`Step ${n}.`), LOOK(`toolu_l${n}`, n)]), messages);
      expect(turns).toHaveLength(2 * n - 1);
      expect(await parked(app)).toBeGreaterThan(0);
      messages.push(message, result(`toolu_l${n}`, `seen ${n}`));
    }
    const { message, finishReason, turns } = await step(app, text("Finished."), messages);
    expect(message.content).toBe("Finished.");
    expect(finishReason).toBe("stop");
    expect(turns.slice(0, 3)).toEqual([
      { role: "user", content: said("Go.") },
      {
        role: "assistant",
        content: [...said("Step 1."), { type: "tool_use", id: "toolu_l1", name: "look", input: { n: 1 } }],
      },
      { role: "user", content: [toolResult("toolu_l1", said("seen 1"))] },
    ]);
    expect(turns).toHaveLength(9);
    // The conversation goes on in the process that knows it.
    const next = await step(app, text("Yes."), [...messages, message, user("Really?")]);
    expect(next.turns).toHaveLength(11);
  });

  test("keeps the model's thinking between a call and its result, which only the process that waited can", async () => {
    const asked = await step(app, blocks([thinkingBlock("I should look."), LOOK("toolu_t1")]), [user("Think.")]);
    const { turns } = await step(app, text("Ok."), [user("Think."), asked.message, result("toolu_t1", "seen")]);
    expect(turns[1]?.content.map(({ type }) => type)).toEqual(["thinking", "tool_use"]);
  });

  test("takes the results of several calls in any order, as text or in parts", async () => {
    const calls = [LOOK("toolu_m1", 1), LOOK("toolu_m2", 2), LOOK("toolu_m3", 3)];
    const asked = await step(app, blocks(calls), [user("All three.")]);
    const { turns } = await step(app, text("Ok."), [
      user("All three."),
      asked.message,
      result("toolu_m3", "c"),
      result("toolu_m1", [
        { type: "text", text: "a1" },
        { type: "text", text: "a2" },
      ]),
      result("toolu_m2", "Error: it broke"),
    ]);
    expect(turns[2]?.content).toEqual([
      toolResult("toolu_m1", [...said("a1"), ...said("a2")]),
      toolResult("toolu_m2", said("Error: it broke")),
      toolResult("toolu_m3", said("c")),
    ]);
  });

  test("opens more calls at once than anyone has cores", async () => {
    const ids = Array.from({ length: 25 }, (_, i) => `toolu_x${i}`);
    const asked = await step(app, blocks(ids.map((id, n) => LOOK(id, n))), [user("Many.")]);
    expect(asked.message.tool_calls?.map(({ id }) => id)).toEqual(ids);
    const results = ids.map((id) => result(id, `seen by ${id}`));
    const { turns } = await step(app, text("Ok."), [user("Many."), asked.message, ...results]);
    expect(turns[2]?.content).toEqual(ids.map((id) => toolResult(id, said(`seen by ${id}`))));
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

/** From this version on a turn that waits can end with its results: see version.ts. */
const SETTLES = settlesCalls(await claudeVersion());

describe("what a client sends with the results reaches the model", () => {
  const call = (id: string) => ({ type: "tool_use", id, name: "look", input: { n: 1 } });
  const IDS = ["toolu_both0001", "toolu_both0002"] as const;
  const told = (...content: object[]) => [
    { role: "user", content: said("Look.") },
    { role: "assistant", content: [...said("So."), ...IDS.map(call)] },
    { role: "user", content },
  ];
  const [ONE, TWO] = IDS;
  const failure = (id: string, words: string) => ({ ...toolResult(id, words), is_error: true });
  const seen = [toolResult(ONE, said("seen")), toolResult(TWO, said("too"))];
  const results = [result(ONE, "seen"), result(TWO, "too")];
  const reminder = (words: string) => said(`<system-reminder>\n${words}\n</system-reminder>`);

  type Change = {
    /** What follows the answer with the calls. */
    readonly sent?: readonly object[];
    /** What precedes it, where that changes, and what becomes of it. */
    readonly asked?: readonly object[];
    readonly answer?: (answer: ToolMessage) => object;
    readonly extra?: object;
    readonly turns?: readonly object[];
    readonly by: "the process that waits" | "its next turn" | "another";
  };
  const CHANGES: [string, Change][] = [
    ["in another order", { sent: results.toReversed(), by: "the process that waits" }],
    [
      "where one is missing, which is said",
      {
        sent: [results[0] ?? {}],
        turns: told(toolResult(ONE, said("seen")), failure(TWO, "No result was given for this call.")),
        by: "the process that waits",
      },
    ],
    [
      "where one is empty, which is said",
      {
        sent: [results[0] ?? {}, result(TWO, "")],
        turns: told(toolResult(ONE, said("seen")), toolResult(TWO, said("(no output)"))),
        by: "the process that waits",
      },
    ],
    [
      "where the client filled in what the model left out",
      {
        answer: (answer) => ({
          ...answer,
          tool_calls: answer.tool_calls?.map((one) => ({
            ...one,
            function: { name: "look", arguments: '{"all":false,"n":1,"note":null}' },
          })),
        }),
        by: "the process that waits",
      },
    ],
    [
      "and what the user says beside them, in the user's words",
      { sent: [...results, user("Hurry up.")], turns: told(...seen, ...said("Hurry up.")), by: "its next turn" },
    ],
    [
      "and an instruction behind them, in its place",
      {
        sent: [...results, { role: "system", content: "Be brief." }],
        turns: told(...seen, ...reminder("Be brief.")),
        by: "its next turn",
      },
    ],
    ["under another limit", { extra: { max_tokens: 9_999 }, by: "its next turn" }],
    ["under another effort", { extra: { reasoning_effort: "low" }, by: "another" }],
    ["where a call is forced now", { extra: { tool_choice: "required" }, by: "its next turn" }],
    ["where the tools change", { extra: { tools: [...TOOLS, functionTool("more")] }, by: "another" }],
    ["where there are no tools any more", { extra: { tools: [] }, by: "another" }],
    [
      "after an edited question",
      {
        asked: [user("Look!")],
        turns: [{ role: "user", content: said("Look!") }, ...told(...seen).slice(1)],
        by: "another",
      },
    ],
    [
      "after a call with another argument",
      {
        answer: () => calling("So.", [ONE, "look", '{"n":2}'], [TWO, "look", '{"n":1}']),
        turns: told(...seen).with(1, {
          role: "assistant",
          content: [...said("So."), { ...call(ONE), input: { n: 2 } }, call(TWO)],
        }),
        by: "another",
      },
    ],
  ];

  test.each(CHANGES)(
    "%s",
    async (_, { sent = results, asked = [user("Look.")], answer = (it) => it, extra, turns, by }) => {
      const waits = by === "the process that waits" || (by === "its next turn" && SETTLES);
      const calls = blocks([thinkingBlock("I should look."), textBlock("So."), ...IDS.map((id) => LOOK(id, 1))]);
      const first = await step(app, calls, [user("Look.")]);
      const next = await step(app, text("Ok."), [...asked, answer(first.message), ...sent], extra);
      expect(next.message.content).toBe("Ok.");
      expect(lastServed(app)).toMatch(waits ? /^how=resume / : /^how=(?:new|reuse keep=0)/);
      const [
        question,
        {
          content: [thought, ...rest],
        } = { content: [] },
        ...others
      ] = next.turns;
      // Only the process that waited knows what the model thought.
      expect(thought?.type === "thinking").toBe(waits);
      const answered = { role: "assistant", content: waits ? rest : [thought, ...rest] };
      expect([question, answered, ...others] as unknown[]).toEqual([...(turns ?? told(...seen))]);
      // And the conversation goes on from there.
      const later = [...asked, answer(first.message), ...sent, next.message, user("Thanks.")];
      const { turns: whole } = await step(app, text("Bye."), later, extra);
      expect(whole.slice(0, 3) as unknown[]).toEqual(next.turns as unknown[]);
      expect(lastServed(app)).toMatch(/^how=reuse keep=4 of=4/);
    },
  );

  test.each<[string, object, object, object]>([
    ["limit", {}, { max_tokens: 9_999 }, { max_tokens: 9_999 }],
    ["effort", {}, { reasoning_effort: "low" }, { output_config: { effort: "low" } }],
    [
      "effort, beside a word of the user's",
      user("Go on."),
      { reasoning_effort: "low" },
      { output_config: { effort: "low" } },
    ],
    ["choice of tools", {}, { tool_choice: "required" }, { tool_choice: { type: "any" }, thinking: undefined }],
  ])("is answered under the new %s", async (_, word, settings, expected) => {
    const calls = blocks([textBlock("So."), ...IDS.map((id) => LOOK(id, 1))]);
    const before = { max_tokens: 20_000, reasoning_effort: "high" };
    const first = await step(app, calls, [user("Look.")], before);
    const messages = [user("Look."), first.message, ...results, ...("role" in word ? [word] : [])];
    const { request } = await step(app, text("Ok."), messages, { ...before, ...settings });
    expect({ ...request.body }).toMatchObject(expected);
  });

  test("at each of many steps, and an earlier question can be asked anew", async () => {
    const messages: object[] = [user("Go. ".repeat(100))];
    for (let n = 0; n < 4; n++) {
      const { message } = await step(app, blocks([thinkingBlock("Hm."), LOOK(`toolu_many000${n}`, n)]), messages, {
        max_tokens: 20_000 - n,
      });
      messages.push(message, result(`toolu_many000${n}`, "seen"), { role: "system", content: `Step ${n}.` });
    }
    const { turns, message } = await step(app, text("Done."), messages, { max_tokens: 19_000 });
    expect(turns.at(-1)?.content).toEqual([toolResult("toolu_many0003", said("seen")), ...reminder("Step 3.")]);
    expect(turns.filter(({ content }) => content.some(({ type }) => type === "thinking"))).toHaveLength(
      SETTLES ? 4 : 1,
    );
    const again = await step(app, text("Yes."), [...messages, message, user("Sure?")]);
    expect(again.turns.at(-1)).toEqual({ role: "user", content: said("Sure?") });
    const anew = await step(app, text("No."), [
      ...messages.slice(0, 1),
      { role: "assistant", content: "No." },
      user("?"),
    ]);
    expect(anew.turns).toHaveLength(3);
  });
});

describe("where the process that waits cannot take what the client sends, another is told the whole conversation:", () => {
  test("a result is larger than the CLI would pass on", async () => {
    const large = "line of a log\n".repeat(33_000);
    const asked = await step(app, blocks([LOOK("toolu_big")]), [user("Read it.")]);
    const { turns } = await step(app, text("Ok."), [user("Read it."), asked.message, result("toolu_big", large)]);
    expect(Bun.deepEquals(turns[2]?.content, [toolResult("toolu_big", said(large))])).toBe(true);
  });

  test.skipIf(!canSeeProcesses)("the process is gone", async () => {
    await using own = await startHarness({ config: { warm: 0 } });
    const asked = await step(own, blocks([LOOK("toolu_k")]), [user("Look.")]);
    for (const { pid } of claudeProcessesOf(own.home)) process.kill(pid, "SIGKILL");
    await until(async () => (await parked(own)) === 0, "its end is noticed");
    await step(own, text("Ok."), [user("Look."), asked.message, result("toolu_k", "seen")]);
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

describe("a process waits", () => {
  test("no longer than it may, and giving it up costs no request", async () => {
    await using own = await startHarness({ config: { parkTimeoutSeconds: 1 } });
    const asked = await step(own, blocks([LOOK("toolu_w")]), [user("Look.")]);
    await until(async () => (await parked(own)) === 0, "the process is given up");
    await step(own, text("Ok."), [user("Look."), asked.message, result("toolu_w", "seen")]);
    expect(own.simulator.requests).toHaveLength(2);
  });

  test("beside no more than it may: the one that waits longest gives way", async () => {
    await using own = await startHarness({ config: { maxParked: 2, warm: 0 } });
    const answers: ToolMessage[] = [];
    for (const n of [0, 1, 2]) {
      const { message } = await step(own, blocks([LOOK(`toolu_e${n}`)]), [user(`Look ${n}.`)]);
      answers.push(message);
      expect(await parked(own)).toBe(Math.min(n + 1, 2));
    }
    for (const [n, answer] of answers.entries()) {
      await step(own, text("Ok."), [user(`Look ${n}.`), answer, result(`toolu_e${n}`, "seen")]);
    }
    expect(await parked(own)).toBe(0);
    expect(own.simulator.requests).toHaveLength(6);
  });

  test("not at all, when none may", async () => {
    await using own = await startHarness({ config: { maxParked: 0 } });
    const asked = await step(own, blocks([LOOK("toolu_n")]), [user("Look.")]);
    expect(await parked(own)).toBe(0);
    await step(own, text("Ok."), [user("Look."), asked.message, result("toolu_n", "seen")]);
  });
});

describe("arguments that the CLI does not take reach the client as the model wrote them, without another request:", () => {
  const WRITTEN: [string, string, string[]][] = [
    ["they are no JSON", "look", ['{"n":', " }"]],
    ["they are cut", "look", ['{"n":1,"te']],
    ["they are no object", "look", ["[1,2]"]],
    ["the tool is none of the client's", "made_up", ['{"n":1}']],
  ];
  test.each(WRITTEN)("%s", async (_, name, pieces) => {
    const id = `toolu_${crypto.randomUUID().slice(0, 8)}`;
    const asked = await step(app, blocks([textBlock("So."), toolUse(id, name, pieces)]), [user("Odd.")]);
    expect(asked.finishReason).toBe("tool_calls");
    expect(asked.message.tool_calls).toEqual([
      { id, type: "function", function: { name, arguments: pieces.join("") } },
    ]);
    const { turns } = await step(app, text("Ok."), [user("Odd."), asked.message, result(id, "no")]);
    expect(turns[2]?.content).toEqual([toolResult(id, said("no"))]);
  });

  test("beside a call that is right", async () => {
    const asked = await step(app, blocks([LOOK("toolu_r1", 1), toolUse("toolu_r2", "look", ["{"])]), [user("Two.")]);
    expect(asked.message.tool_calls?.map((call) => call.function.arguments)).toEqual(['{"n":1}', "{"]);
    const results = [result("toolu_r1", "a"), result("toolu_r2", "b")];
    const { turns } = await step(app, text("Ok."), [user("Two."), asked.message, ...results]);
    expect(turns[2]?.content).toEqual([toolResult("toolu_r1", said("a")), toolResult("toolu_r2", said("b"))]);
  });
});
