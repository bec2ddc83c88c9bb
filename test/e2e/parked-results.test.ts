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
  const IDS = ["toolu_all00001", "toolu_all00002", "toolu_all00003"] as const;
  const told = (...content: object[]) => [
    { role: "user", content: said("Look.") },
    { role: "assistant", content: [...said("So."), ...IDS.map(call)] },
    { role: "user", content },
  ];
  const [ONE, TWO, THREE] = IDS;
  const failure = (id: string, words: string) => ({ ...toolResult(id, words), is_error: true });
  const seen = IDS.map((id) => toolResult(id, said(`seen by ${id}`)));
  const results = IDS.map((id) => result(id, `seen by ${id}`));
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
    [
      "in another order, where one is missing or empty, which is said, and the client filled in what the model left out",
      {
        sent: [result(TWO, ""), result(ONE, "seen")],
        answer: (answer) => ({
          ...answer,
          tool_calls: answer.tool_calls?.map((one) => ({
            ...one,
            function: { name: "look", arguments: '{"all":false,"n":1,"note":null}' },
          })),
        }),
        turns: told(
          toolResult(ONE, said("seen")),
          toolResult(TWO, said("(no output)")),
          failure(THREE, "No result was given for this call."),
        ),
        by: "the process that waits",
      },
    ],
    [
      "and what the user says beside them, an instruction behind them, in its place, and under another limit",
      {
        sent: [...results, user("Hurry up."), { role: "system", content: "Be brief." }],
        extra: { max_tokens: 9_999 },
        turns: told(...seen, ...said("Hurry up."), ...reminder("Be brief.")),
        by: "its next turn",
      },
    ],
    ["where the tools change", { extra: { tools: [...TOOLS, functionTool("more")] }, by: "another" }],
    [
      "after an edited question, and a call with another argument",
      {
        asked: [user("Look!")],
        answer: () => calling("So.", [ONE, "look", '{"n":2}'], [TWO, "look", '{"n":1}'], [THREE, "look", '{"n":1}']),
        turns: [
          { role: "user", content: said("Look!") },
          {
            role: "assistant",
            content: [...said("So."), { ...call(ONE), input: { n: 2 } }, call(TWO), call(THREE)],
          },
          ...told(...seen).slice(2),
        ],
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
      const next = await step(app, text("Ok."), [...asked, answer(forgetful(first.message)), ...sent], extra);
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
      const later = [...asked, answer(forgetful(first.message)), ...sent, next.message, user("Thanks.")];
      const { turns: whole } = await step(app, text("Bye."), later, extra);
      expect(whole.slice(0, 3) as unknown[]).toEqual(next.turns as unknown[]);
      expect(lastServed(app)).toMatch(/^how=reuse keep=4 of=4/);
    },
  );

  test.each<[string, object, object, object]>([
    [
      "limit and effort, beside a word of the user's",
      user("Go on."),
      { max_tokens: 9_999, reasoning_effort: "low" },
      { max_tokens: 9_999, output_config: { effort: "low" } },
    ],
    ["choice of tools", {}, { tool_choice: "required" }, { tool_choice: { type: "any" }, thinking: undefined }],
  ])("is answered under the new %s", async (_, word, settings, expected) => {
    const calls = blocks([textBlock("So."), ...IDS.map((id) => LOOK(id, 1))]);
    const before = { model: TAKES_FORCED_CALLS, max_tokens: 20_000, reasoning_effort: "high" };
    const first = await step(app, calls, [user("Look.")], before);
    const messages = [user("Look."), forgetful(first.message), ...results, ...("role" in word ? [word] : [])];
    const { request } = await step(app, text("Ok."), messages, { ...before, ...settings });
    expect({ ...request.body }).toMatchObject(expected);
  });

  test("at each of several steps, and an earlier question can be asked anew", async () => {
    const messages: object[] = [user("Go. ".repeat(100))];
    for (let n = 0; n < 2; n++) {
      const { message } = await step(app, blocks([thinkingBlock("Hm."), LOOK(`toolu_many000${n}`, n)]), messages, {
        max_tokens: 20_000 - n,
      });
      messages.push(forgetful(message), result(`toolu_many000${n}`, "seen"), { role: "system", content: `Step ${n}.` });
    }
    const { turns, message } = await step(app, text("Done."), messages, { max_tokens: 19_000 });
    expect(turns.at(-1)?.content).toEqual([toolResult("toolu_many0001", said("seen")), ...reminder("Step 1.")]);
    expect(turns.filter(({ content }) => content.some(({ type }) => type === "thinking"))).toHaveLength(
      SETTLES ? 2 : 0,
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
