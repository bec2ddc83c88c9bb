import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { settlesCalls } from "../../src/claude/cli/version.ts";
import { blocks, text, textBlock, thinkingBlock } from "../../src/simulator/reply.ts";
import { claudeVersion } from "../support/claude-version.ts";
import type { Harness } from "../support/harness.ts";
import { TAKES_FORCED_CALLS } from "../support/models.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { LOOK, lastServed, said, step, TOOLS, toolResult } from "../support/steps.ts";
import { calling, forgetful, functionTool, result, type ToolMessage, user } from "../support/tools.ts";

// What comes with the results of calls, and what changes beside them: where nothing changes for the model, the process that waits goes on.

let app: Harness;
beforeAll(async () => {
  app = await shareHarness();
});
afterAll(() => app[Symbol.asyncDispose]());
afterEach(() => app.simulator.clearQueue());

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

  /** Each of the changes alone: test/claude/pool/policy-parked.test.ts. */
  type Change = {
    /** What follows the answer with the calls. */
    readonly sent?: readonly object[];
    /** What precedes it, where that changes, and what becomes of it. */
    readonly asked?: readonly object[];
    readonly answer?: (answer: ToolMessage) => object;
    readonly model?: string;
    readonly extra?: object;
    readonly turns?: readonly object[];
    /** More of what the model is asked with. */
    readonly body?: object;
    readonly by: "the process that waits" | "its next turn" | "another";
  };
  const CHANGES: [string, Change][] = [
    [
      "in another order, and where one is empty, which is said",
      {
        sent: [result(TWO, ""), result(ONE, "seen")],
        turns: told(toolResult(ONE, said("seen")), toolResult(TWO, said("(no output)"))),
        by: "the process that waits",
      },
    ],
    [
      "where one is missing, which is said, and the client filled in what the model left out",
      {
        sent: [result(ONE, "seen")],
        answer: (answer) => ({
          ...answer,
          tool_calls: answer.tool_calls?.map((one) => ({
            ...one,
            function: { name: "look", arguments: '{"all":false,"n":1,"note":null}' },
          })),
        }),
        turns: told(toolResult(ONE, said("seen")), failure(TWO, "No result was given for this call.")),
        by: "the process that waits",
      },
    ],
    [
      "and what the user says beside them, in the user's words, under another limit",
      {
        sent: [...results, user("Hurry up.")],
        extra: { max_tokens: 9_999 },
        turns: told(...seen, ...said("Hurry up.")),
        body: { max_tokens: 9_999 },
        by: "its next turn",
      },
    ],
    [
      "and an instruction behind them, in its place",
      {
        sent: [...results, { role: "system", content: "Be brief." }],
        turns: told(...seen, ...reminder("Be brief.")),
        by: "its next turn",
      },
    ],
    [
      "where a call is forced now",
      {
        model: TAKES_FORCED_CALLS,
        extra: { tool_choice: "required" },
        body: { tool_choice: { type: "any" }, thinking: undefined },
        by: "its next turn",
      },
    ],
    [
      "and what the user says beside them, under another effort",
      {
        sent: [...results, user("Hurry up.")],
        extra: { reasoning_effort: "low" },
        turns: told(...seen, ...said("Hurry up.")),
        body: { output_config: { effort: "low" } },
        by: "its next turn",
      },
    ],
    [
      "under another effort",
      { extra: { reasoning_effort: "low" }, body: { output_config: { effort: "low" } }, by: "another" },
    ],
    [
      "where the tools change, after an edited question, and a call with another argument",
      {
        extra: { tools: [...TOOLS, functionTool("more")] },
        asked: [user("Look!")],
        answer: () => calling("So.", [ONE, "look", '{"n":2}'], [TWO, "look", '{"n":1}']),
        turns: [
          { role: "user", content: said("Look!") },
          { role: "assistant", content: [...said("So."), { ...call(ONE), input: { n: 2 } }, call(TWO)] },
          { role: "user", content: seen },
        ],
        by: "another",
      },
    ],
  ];

  test.each(CHANGES)(
    "%s",
    async (_, { sent = results, asked = [user("Look.")], answer = (it) => it, model, extra, turns, body = {}, by }) => {
      const asks = model === undefined ? extra : { model, ...extra };
      const waits = by === "the process that waits" || (by === "its next turn" && SETTLES);
      const calls = blocks([thinkingBlock("I should look."), textBlock("So."), ...IDS.map((id) => LOOK(id, 1))]);
      const first = await step(app, calls, [user("Look.")], model === undefined ? {} : { model });
      const next = await step(app, text("Ok."), [...asked, answer(forgetful(first.message)), ...sent], asks);
      expect(next.message.content).toBe("Ok.");
      expect(lastServed(app)).toMatch(waits ? /^how=resume / : /^how=(?:new|reuse keep=0)/);
      expect({ ...next.request.body }).toMatchObject(body);
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
    },
  );

  test("at each of many steps, and an earlier question can be asked anew", async () => {
    const messages: object[] = [user("Go. ".repeat(100))];
    for (let n = 0; n < 3; n++) {
      const { message } = await step(app, blocks([thinkingBlock("Hm."), LOOK(`toolu_many000${n}`, n)]), messages, {
        max_tokens: 20_000 - n,
      });
      messages.push(forgetful(message), result(`toolu_many000${n}`, "seen"), { role: "system", content: `Step ${n}.` });
    }
    const { turns, message } = await step(app, text("Done."), messages, { max_tokens: 19_000 });
    expect(turns.at(-1)?.content).toEqual([toolResult("toolu_many0002", said("seen")), ...reminder("Step 2.")]);
    expect(turns.filter(({ content }) => content.some(({ type }) => type === "thinking"))).toHaveLength(
      SETTLES ? 3 : 0,
    );
    const again = await step(app, text("Yes."), [...messages, message, user("Sure?")]);
    expect(again.turns.at(-1)).toEqual({ role: "user", content: said("Sure?") });
    expect(again.turns.slice(0, turns.length) as unknown[]).toEqual(turns as unknown[]);
    expect(lastServed(app)).toMatch(/^how=reuse keep=8 of=8/);
    const anew = await step(app, text("No."), [
      ...messages.slice(0, 1),
      { role: "assistant", content: "No." },
      user("?"),
    ]);
    expect(anew.turns).toHaveLength(3);
  });
});
