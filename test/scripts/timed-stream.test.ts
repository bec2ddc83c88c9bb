import { expect, test } from "bun:test";
import { isOpenAiDelta, linesOf, Stopwatch, timeLines } from "../../scripts/bench/timed-stream.ts";

async function* bytes(...chunks: string[]) {
  for (const chunk of chunks) yield new TextEncoder().encode(chunk);
}

test("lines are told when they are whole, wherever the bytes were cut", async () => {
  expect(await Array.fromAsync(linesOf(bytes("a", "b\nc\n", "\nd", "e")))).toEqual(["ab", "c", "", "de"]);
});

test("only lines with text of the answer are counted", async () => {
  const timed = await timeLines(
    new Stopwatch(isOpenAiDelta),
    bytes(
      'data: {"delta":{"role":"assistant","content":""}}\n\n',
      'data: {"delta":{"content":"H"}}\n\ndata: {"delta":{"content":"i"}}\n\n',
    ),
  );
  expect(timed.deltas).toBe(2);
  expect(timed.endMs).toBeGreaterThanOrEqual(timed.firstMs + timed.maxGapMs);
});

test("an answer without text is a failure, and no measurement", async () => {
  expect(timeLines(new Stopwatch(isOpenAiDelta), bytes('data: {"error":{}}\n\n'))).rejects.toThrow("without text");
});
