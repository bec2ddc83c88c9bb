import { expect, test } from "bun:test";
import { withSecondTry } from "../../src/claude/second-try.ts";
import { ApiError } from "../../src/core/error.ts";
import type { ChatEvent } from "../../src/core/event.ts";

const FAILED: ChatEvent = { type: "error", error: new ApiError("invalid_request", "no") };
const BEGUN: ChatEvent = { type: "response-start", id: "msg_1", model: "m" };

async function told(tries: readonly ChatEvent[][], helps: boolean): Promise<ChatEvent[]> {
  const left = [...tries];
  async function* run() {
    yield* left.shift() ?? [];
  }
  return await Array.fromAsync(withSecondTry(run, () => helps));
}

test("a turn that fails before its answer begins is tried once more where that helps, and not a third time", async () => {
  expect(await told([[FAILED], [BEGUN]], true)).toEqual([BEGUN]);
  expect(await told([[FAILED], [FAILED], [BEGUN]], true)).toEqual([FAILED]);
});

test("one that fails otherwise, or later, is told as it is", async () => {
  expect(await told([[FAILED], [BEGUN]], false)).toEqual([FAILED]);
  expect(await told([[BEGUN, FAILED], [BEGUN]], true)).toEqual([BEGUN, FAILED]);
});
