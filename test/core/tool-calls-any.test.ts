import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { atOnce } from "../../src/core/pace.ts";
import type { ContentBlock, ToolResultBlock, Turn } from "../../src/core/request.ts";
import { MISSING_RESULT, pairToolCalls as pairing, toolCallsOf } from "../../src/core/tool-calls.ts";

const pairToolCalls = (turns: readonly Turn[]) => atOnce(pairing(turns));

const resultsOf = ({ content }: Turn) => content.filter((block) => block.type === "tool-result");
const othersOf = ({ content }: Turn) => content.filter((block) => block.type !== "tool-result");
/** Without the ids, which may be made anew. */
const nameless = (block: ContentBlock) =>
  block.type === "tool-call" ? { ...block, id: "" } : block.type === "tool-result" ? { ...block, callId: "" } : block;

/** Few ids, so that they repeat, and some that look like those made up for repeated ones, or like parts of others. */
const anyId = fc.constantFrom("1", "2", "1-2", "1-2-2", "1_2", "1_2_2", "1-2_1", "");
const anyText = fc.constantFrom("a", "b").map((text): ContentBlock => ({ type: "text", text }));
/** A turn's calls, each with the words of its result, or none; and texts around them. */
const anyExchange = fc.record({
  calls: fc.array(fc.record({ id: anyId, words: fc.option(fc.string({ maxLength: 3 }), { nil: undefined }) }), {
    maxLength: 4,
  }),
  before: fc.array(anyText, { maxLength: 2 }),
  after: fc.array(anyText, { maxLength: 2 }),
  shuffle: fc.infiniteStream(fc.nat()),
});

/** An alternating conversation; the results of a turn in any order, and with texts between them. */
const anyTurns = fc.array(anyExchange, { maxLength: 4 }).map((exchanges) =>
  exchanges.flatMap(({ calls, before, after, shuffle }): Turn[] => {
    const called = calls.map(({ id }): ContentBlock => ({ type: "tool-call", id, name: "f", args: "{}" }));
    const results = calls.flatMap(({ id, words }): ToolResultBlock[] =>
      words === undefined ? [] : [{ type: "tool-result", callId: id, content: [{ type: "text", text: words }] }],
    );
    const answered: ContentBlock[] = [...results, ...after];
    const order = new Map(answered.map((block) => [block, shuffle.next().value ?? 0]));
    return [
      { role: "assistant", content: [...before, ...called] },
      { role: "user", content: answered.toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0)) },
    ];
  }),
);

describe("for any conversation, pairToolCalls", () => {
  test("gives every call exactly one result, in the turn after it, first and in order; no id twice, and none a part of another", () => {
    fc.assert(
      fc.property(anyTurns, (turns) => {
        const paired = pairToolCalls(turns);
        const ids = paired.flatMap((turn) => toolCallsOf(turn).map(({ id }) => id));
        expect(new Set(ids).size).toBe(ids.length);
        const wholes = ids.filter((id) => /_\d+$/.test(id)).map((id) => id.replace(/_\d+$/, ""));
        expect(wholes.filter((id) => ids.includes(id))).toEqual([]);
        for (const [index, turn] of paired.entries()) {
          if (turn.role !== "user") continue;
          const calls = toolCallsOf(paired[index - 1] ?? turn).map(({ id }) => id);
          expect(turn.content.slice(0, calls.length)).toEqual(resultsOf(turn));
          expect(resultsOf(turn).map(({ callId }) => callId)).toEqual(calls);
        }
      }),
    );
  });

  test("loses nothing of the client's, and adds nothing but results that are missing", () => {
    fc.assert(
      fc.property(anyTurns, (turns) => {
        const paired = pairToolCalls(turns);
        expect(paired.map(({ role }) => role)).toEqual(turns.map(({ role }) => role));
        for (const [index, turn] of turns.entries()) {
          const now = paired[index] ?? turn;
          expect(othersOf(now).map(nameless)).toEqual(othersOf(turn).map(nameless));
          const given = resultsOf(turn).map((block) => JSON.stringify(nameless(block)));
          const kept = resultsOf(now).filter(({ isError }) => isError === undefined);
          expect(kept.map((block) => JSON.stringify(nameless(block))).sort()).toEqual(given.sort());
          const added = resultsOf(now).filter(({ isError }) => isError === true);
          for (const { content } of added) expect(content).toEqual([{ type: "text", text: MISSING_RESULT }]);
        }
      }),
    );
  });

  test("gives the same ids when the conversation went on", () => {
    fc.assert(
      fc.property(anyTurns, fc.nat(), (turns, cut) => {
        const beginning = turns.slice(0, (cut % (turns.length + 1)) & ~1);
        expect(pairToolCalls(turns).slice(0, beginning.length)).toEqual(pairToolCalls(beginning));
      }),
    );
  });

  test("changes nothing more when it is done again", () => {
    fc.assert(
      fc.property(anyTurns, (turns) => {
        const paired = pairToolCalls(turns);
        expect(pairToolCalls(paired)).toEqual(paired);
      }),
    );
  });
});
