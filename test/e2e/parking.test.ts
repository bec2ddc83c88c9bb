import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { blocks, text, textBlock, thinkingBlock, toolUse } from "../../src/simulator/reply.ts";
import { type Harness, startHarness } from "../support/harness.ts";
import { canSeeProcesses, killSeen } from "../support/processes.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { LOOK, said, servingPid, step, TOOLS, toolResult } from "../support/steps.ts";
import { calling, result, user } from "../support/tools.ts";
import { until } from "../support/wait.ts";
import { readHealth } from "../support/wire.ts";

// Between a call and its result the process waits. Whatever the client does then, each request of the client is one to the model.

let app: Harness;
beforeAll(async () => {
  app = await shareHarness();
});
afterAll(() => app[Symbol.asyncDispose]());
afterEach(() => app.simulator.clearQueue());

const parked = async (harness: Harness) => (await readHealth(harness.url)).workers.parked;

describe("a loop of calls", () => {
  test("takes one request to the model per step, and each tells it exactly the conversation, with its thinking, which only the process that waits has", async () => {
    const messages: object[] = [user("Go.")];
    for (let n = 1; n < 5; n++) {
      const { message, turns } = await step(
        app,
        blocks([thinkingBlock("Hm."), textBlock(`Step ${n}.`), LOOK(`toolu_l${n}`, n)]),
        messages,
      );
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
        content: [
          expect.objectContaining({ type: "thinking", thinking: "Hm." }),
          ...said("Step 1."),
          { type: "tool_use", id: "toolu_l1", name: "look", input: { n: 1 } },
        ],
      },
      { role: "user", content: [toolResult("toolu_l1", said("seen 1"))] },
    ]);
    expect(turns).toHaveLength(9);
    // The conversation goes on in the process that knows it.
    const next = await step(app, text("Yes."), [...messages, message, user("Really?")]);
    expect(next.turns).toHaveLength(11);
  });

  test("takes the results of more calls at once than anyone has cores, in any order, as text or in parts", async () => {
    const ids = Array.from({ length: 25 }, (_, i) => `toolu_x${i}`);
    const asked = await step(app, blocks(ids.map((id, n) => LOOK(id, n))), [user("Many.")]);
    expect(asked.message.tool_calls?.map(({ id }) => id)).toEqual(ids);
    const parts = [
      { type: "text", text: "a1" },
      { type: "text", text: "a2" },
    ];
    const results = ids.map((id, n) => result(id, n === 0 ? parts : `seen by ${id}`));
    const { turns } = await step(app, text("Ok."), [user("Many."), asked.message, ...results.toReversed()]);
    expect(turns[2]?.content).toEqual(ids.map((id, n) => toolResult(id, n === 0 ? parts : said(`seen by ${id}`))));
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

  test.skipIf(!canSeeProcesses)("the process is gone", async () => {
    const asked = await step(app, blocks([LOOK("toolu_k")]), [user("Look.")]);
    const before = await parked(app);
    killSeen({ pid: servingPid(app) });
    await until(async () => (await parked(app)) < before, "its end is noticed");
    await step(app, text("Ok."), [user("Look."), asked.message, result("toolu_k", "seen")]);
  });

  test.skipIf(!canSeeProcesses)(
    "the process is stopped, or one that rests is: none takes what it would never answer",
    async () => {
      const asked = await step(app, blocks([LOOK("toolu_s")]), [user("Look.")]);
      const waits = servingPid(app);
      const told = await step(app, text("Hi."), [user("Hello.")]);
      for (const pid of [waits, servingPid(app)]) process.kill(pid, "SIGSTOP");
      await step(app, text("Ok."), [user("Look."), asked.message, result("toolu_s", "seen")]);
      const { turns } = await step(app, text("Well."), [user("Hello."), told.message, user("How are you?")]);
      expect(turns).toHaveLength(3);
    },
  );

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

test("a process waits no longer than it may, and giving it up costs no request", async () => {
  await using own = await startHarness({ config: { parkTimeoutSeconds: 1, maxWorkers: 1 } });
  const asked = await step(own, blocks([LOOK("toolu_w")]), [user("Look.")]);
  await until(async () => (await parked(own)) === 0, "the process is given up");
  await step(own, text("Ok."), [user("Look."), asked.message, result("toolu_w", "seen")]);
  expect(own.simulator.requests).toHaveLength(2);
});

describe("arguments that the CLI does not take reach the client as the model wrote them, without another request:", () => {
  const WRITTEN: [string, string, string[]][] = [
    ["they are no JSON", "look", ['{"n":', " }"]],
    ["they are cut, or no object, or the tool is none of the client's: the same to the CLI", "made_up", ['{"n":1,"te']],
  ];
  test.each(WRITTEN)("%s", async (_, name, pieces) => {
    const id = `toolu_${crypto.randomUUID().slice(0, 8)}`;
    const right = LOOK(`${id}r`, 1);
    const asked = await step(app, blocks([textBlock("So."), right, toolUse(id, name, pieces)]), [user("Odd.")]);
    expect(asked.finishReason).toBe("tool_calls");
    expect(asked.message.tool_calls?.map((call) => call.function)).toEqual([
      { name: "look", arguments: '{"n":1}' },
      { name, arguments: pieces.join("") },
    ]);
    const results = [result(`${id}r`, "yes"), result(id, "no")];
    const { turns } = await step(app, text("Ok."), [user("Odd."), asked.message, ...results]);
    expect(turns[2]?.content).toEqual([toolResult(`${id}r`, said("yes")), toolResult(id, said("no"))]);
  });
});
