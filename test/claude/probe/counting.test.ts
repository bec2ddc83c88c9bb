import { describe, expect, test } from "bun:test";
import { type CountRun, conclude, TOKENS } from "../../../src/claude/probe/counting.ts";

// The real CLI is tried by test/e2e/token-count.test.ts: it counts nothing before.

const told: CountRun = {
  parts: { conversation: TOKENS.conversation, tools: TOKENS.tools - 500 },
  estimated: false,
};
const untold: CountRun = { parts: { conversation: 14, tools: 30 }, estimated: true };
const FREE = { wasPaid: false };

describe("a trial", () => {
  test("shows how much is taken off the tokens of tools", () => {
    expect(conclude(told, untold, FREE)).toBe(500);
    expect(conclude({ ...told, parts: TOKENS }, untold, FREE)).toBe(0);
  });

  test.each<[string, Partial<CountRun>, Partial<CountRun>]>([
    ["where an estimate is not told to be one", {}, { estimated: false }],
    ["where it estimates what could be counted", { estimated: true }, {}],
    ["where the answer has another form", { parts: undefined }, {}],
    ["where it tells another count of the conversation", { parts: { ...TOKENS, conversation: 14 } }, {}],
    ["where it tells more of tools than was counted", { parts: { ...TOKENS, tools: TOKENS.tools + 1 } }, {}],
    ["where it tells nothing of tools", { parts: { ...TOKENS, tools: 0 } }, {}],
  ])("is in vain %s", (_, changeTold, changeUntold) => {
    expect(conclude({ ...told, ...changeTold }, { ...untold, ...changeUntold }, FREE)).toBeUndefined();
  });

  test("is in vain where the model is asked, for want of a count or anyway", () => {
    expect(conclude(told, untold, { wasPaid: true })).toBeUndefined();
  });
});
