import { expect, test } from "bun:test";
import type { CountingProcess } from "../../../src/claude/count/counting-process.ts";
import type { Tool } from "../../../src/core/request.ts";
import { makeScripts } from "../../support/scripts.ts";
import { countingScript, startCounting } from "./counting-script.ts";

// Programs that stand in for the CLI where it does what the real one does not do for the asking.

const TURNS = [{ role: "user" as const, content: [{ type: "text" as const, text: "Hi" }] }];
const TOKENS = { messages: 12 };
const ESTIMATE = "echo 'analyzeContext: count unavailable, estimating locally (0 tools)' >&2";
const PARTS = { conversation: 12, tools: 0 };

/** Counts with a program, and ends it. */
async function withProgram<T>(shell: string, look: (counting: CountingProcess) => Promise<T>): Promise<T> {
  using scripts = makeScripts();
  const counting = startCounting(scripts.write("claude", shell));
  try {
    return await look(counting);
  } finally {
    await counting.terminate();
  }
}
const countOnce = (counting: CountingProcess, tools: readonly Tool[] = []) => counting.count({ turns: TURNS, tools });

test("a process counts one thing after the other", async () => {
  await withProgram(countingScript({ tokens: TOKENS }), async (counting) => {
    for (const _ of [1, 2, 3]) {
      expect(await countOnce(counting)).toEqual({ parts: PARTS, estimated: undefined });
      expect(counting.isUsable).toBe(true);
    }
  });
});

test("an estimate is known by what stands before the mark, and is forgotten with the next count", async () => {
  const before = `if [ -z "$told" ]; then told=1; ${ESTIMATE}; fi`;
  await withProgram(countingScript({ tokens: TOKENS, before }), async (counting) => {
    expect((await countOnce(counting)).estimated).toMatchObject({ code: "upstream_unreachable" });
    expect((await countOnce(counting)).estimated).toBeUndefined();
  });
});

test("one that writes no marks counts once, and is believed if it has said of no estimate by its very end", async () => {
  const honest = countingScript({ tokens: TOKENS, marks: false });
  await withProgram(honest, async (counting) => {
    expect(await countOnce(counting)).toEqual({ parts: PARTS, estimated: undefined });
    expect(counting.isUsable).toBe(false);
  });
  await withProgram(`${honest}\n${ESTIMATE}`, async (counting) => {
    expect((await countOnce(counting)).estimated).toMatchObject({ code: "upstream_unreachable" });
  });
});

test("one that keeps something of a conversation counts no other", async () => {
  await withProgram(countingScript({ tokens: TOKENS, rewinds: false }), async (counting) => {
    expect(await countOnce(counting)).toMatchObject({ parts: PARTS });
    expect(counting.isUsable).toBe(false);
  });
  const assistant = { role: "assistant" as const, content: TURNS[0]?.content ?? [] };
  await withProgram(countingScript({ tokens: TOKENS }), async (counting) => {
    await counting.count({ turns: [assistant, ...TURNS], tools: [] });
    expect(counting.isUsable).toBe(false);
  });
});

test("one that was told of a tool counts none of that name that is another, since it would not look", async () => {
  const tool = { name: "f", description: "A tool.", parameters: { type: "object", additionalProperties: false } };
  await withProgram(countingScript({ tokens: TOKENS, tools: ["f"] }), async (counting) => {
    expect(counting.canCount([tool])).toBe(true);
    await countOnce(counting, [tool]);
    const sameOne = { ...tool, parameters: { additionalProperties: false, type: "object" } };
    const others = [
      { ...tool, description: "Another." },
      { ...tool, parameters: {} },
    ];
    expect([sameOne, ...others].map((each) => counting.canCount([each]))).toEqual([true, false, false]);
    expect(counting.canCount([{ ...tool, name: "g" }])).toBe(true);
  });
});

test("tools that the CLI leaves out are refused by name, and it may count no others", async () => {
  const [f, g] = [
    { name: "f", parameters: {} },
    { name: "g", parameters: {} },
  ];
  await withProgram(countingScript({ tokens: TOKENS, tools: ["f"] }), async (counting) => {
    await expect(countOnce(counting, [f, g])).rejects.toMatchObject({
      code: "invalid_request",
      param: "tools",
      message: expect.stringContaining('"g"'),
    });
    await expect(countOnce(counting)).rejects.toThrow("none of the request's");
  });
});

test("a process that dies instead of counting says why", async () => {
  await withProgram("echo broken >&2; exit 3", async (counting) => {
    await expect(countOnce(counting)).rejects.toThrow("broken");
    expect(counting.isUsable).toBe(false);
  });
});

test("a refusal stays known whatever is written behind it", async () => {
  const refusal = `echo 'countTokens API call failed: 400 {"error":{"message":"no such thing"}}' >&2`;
  await withProgram(countingScript({ tokens: TOKENS, before: `${refusal}; seq 1 20000 >&2` }), async (counting) => {
    const { estimated } = await countOnce(counting);
    expect(estimated).toMatchObject({ code: "invalid_request", message: expect.stringContaining("no such thing") });
  });
});
