import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { atOnce } from "../../src/core/pace.ts";
import { placeResults as placing } from "../../src/core/place-results.ts";
import type { ContentBlock, ToolResultBlock, Turn } from "../../src/core/request.ts";
import { pairToolCalls as pairing } from "../../src/core/tool-calls.ts";
import { normalizeTurns } from "../../src/core/turns.ts";

const pairToolCalls = (turns: readonly Turn[]) => atOnce(pairing(turns));
const placeResults = (turns: readonly Turn[]) => atOnce(placing(turns));

const text = (said: string): ContentBlock => ({ type: "text", text: said });
const call = (id: string): ContentBlock => ({ type: "tool-call", id, name: "f", args: "{}" });
const result = (callId: string, said = `r${callId}`): ToolResultBlock => ({
  type: "tool-result",
  callId,
  content: [{ type: "text", text: said }],
});
const user = (...content: ContentBlock[]): Turn => ({ role: "user", content });
const assistant = (...content: ContentBlock[]): Turn => ({ role: "assistant", content });
const Q = user(text("q"));
const X = assistant(text("x"));

describe("results stay, or come to stand, behind their calls:", () => {
  test.each<[string, Turn[], Turn[], { moved?: boolean; orphaned?: boolean }]>([
    ["where they are", [Q, assistant(call("a")), user(result("a"))], [Q, assistant(call("a")), user(result("a"))], {}],
    [
      "one that comes later, beside a result of its turn",
      [Q, assistant(call("a"), call("b")), user(result("b")), X, user(result("a"), text("q"))],
      [Q, assistant(call("a"), call("b")), user(result("a"), result("b")), X, Q],
      { moved: true },
    ],
    [
      "one that comes before its call",
      [Q, X, user(result("a")), assistant(call("a")), Q],
      [Q, X, assistant(call("a")), user(result("a"), text("q"))],
      { moved: true },
    ],
    [
      "one that stands in the turn of its call",
      [Q, assistant(call("a"), result("a"), text("x")), Q],
      [Q, assistant(call("a"), text("x")), user(result("a"), text("q"))],
      { moved: true },
    ],
    [
      "ids that are used again go by the nearest call before",
      [Q, assistant(call("a")), user(result("a", "1")), assistant(call("a")), user(result("a", "2"))],
      [Q, assistant(call("a")), user(result("a", "1")), assistant(call("a")), user(result("a", "2"))],
      {},
    ],
    [
      "those without an id go by the order of the calls, and get theirs",
      [Q, assistant(call("a"), call("b")), user(result("", "1"), result("", "2"))],
      [Q, assistant(call("a"), call("b")), user(result("a", "1"), result("b", "2"))],
      {},
    ],
    [
      "one of a call that is gone is text",
      [user(result("a"), text("q"))],
      [user(text("[Result of the earlier tool call a]\nra"), text("q"))],
      { orphaned: true },
    ],
    [
      "one that is given twice is text the second time",
      [Q, assistant(call("a")), user(result("a"), result("a", "again"))],
      [Q, assistant(call("a")), user(result("a"), text("[Result of the earlier tool call a]\nagain"))],
      { orphaned: true },
    ],
    [
      "an error without a call or an id says what it is",
      [user({ ...result("", "bad"), isError: true })],
      [user(text("[Error of an earlier tool call]\nbad"))],
      { orphaned: true },
    ],
  ])("%s", (_, turns, expected, { moved = false, orphaned = false }) => {
    const placed = placeResults(turns);
    const sorted = pairToolCalls(normalizeTurns(placed.turns));
    expect(sorted).toEqual(pairToolCalls(normalizeTurns(expected)));
    expect([placed.moved, placed.orphaned]).toEqual([moved, orphaned]);
  });
});

test("whatever the order, every result's words are told once, each call's result stands behind it, and nothing throws", () => {
  const id = fc.constantFrom("", "a", "b", "c");
  const userContent = fc.array(
    fc.oneof(
      id.map((each) => result(each)),
      fc.constant(text("t")),
    ),
    { minLength: 1, maxLength: 4 },
  );
  const assistantContent = fc.array(fc.oneof(id.map(call), fc.constant(text("x"))), { minLength: 1, maxLength: 4 });
  const turns = fc.array(
    fc.oneof(
      userContent.map((content) => user(...content)),
      assistantContent.map((content) => assistant(...content)),
    ),
    {
      maxLength: 8,
    },
  );
  fc.assert(
    fc.property(turns, (said) => {
      const numbered = said.map((turn, at) => ({
        ...turn,
        content: turn.content.map((block, place) =>
          block.type === "tool-result" ? result(block.callId, `said ${at}.${place}.`) : block,
        ),
      }));
      const told = JSON.stringify(pairToolCalls(normalizeTurns(placeResults(normalizeTurns(numbered)).turns)));
      for (const { content } of numbered) {
        for (const block of content) {
          if (block.type !== "tool-result") continue;
          const [words] = block.content;
          const said = words?.type === "text" ? words.text : "";
          expect(told.split(said)).toHaveLength(2);
        }
      }
    }),
    { numRuns: 500 },
  );
});
