import { describe, expect, test } from "bun:test";
import { type CountingProcess, Estimates } from "../../../src/claude/count/counting-process.ts";
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

// Written by the CLI 2.1.330.
const ESTIMATED = "2026-01-01T00:00:00.000Z [DEBUG] analyzeContext: count unavailable, estimating locally (0 tools)";
const failed = (why: string) => `2026-01-01T00:00:00.000Z [ERROR] countTokens API call failed: ${why}\n${ESTIMATED}`;
const refused = (status: number, type: string, message: string) =>
  failed(`${status} ${JSON.stringify({ type: "error", error: { type, message }, request_id: "req_1" })}`);

const ENDED = { isMarked: false };

function read(stderr: string): Estimates {
  const estimates = new Estimates();
  for (const line of stderr.split("\n")) estimates.read(line);
  estimates.end();
  return estimates;
}

test("a process has estimated where it says that it did, or that a count failed, and is not asked twice for it", () => {
  for (const [stderr, isTold] of [
    [ESTIMATED, true],
    [failed("Connection error."), true],
    ["some warning\n", false],
    ["", false],
  ] as const) {
    const estimates = read(stderr);
    expect(estimates.takeReason(ENDED) !== undefined).toBe(isTold);
    expect(estimates.takeReason(ENDED)).toBeUndefined();
  }
});

test("nobody knows whether it has, where not all that it says was read and no mark was either", () => {
  const estimates = new Estimates();
  estimates.read("some warning");
  expect(() => estimates.takeReason(ENDED)).toThrow("read to its end");
  expect(estimates.takeReason({ isMarked: true })).toBeUndefined();
  estimates.read(ESTIMATED);
  expect(estimates.takeReason(ENDED)).toBeDefined();
});

test("a mark is read once it is written, and no other is taken for it", () => {
  const estimates = new Estimates();
  let marks = 0;
  const [first, second] = [estimates.expectMark(() => marks++), estimates.expectMark(() => marks++)];
  const refuse = (server: string) =>
    `2026-01-01T00:00:00.000Z [WARN] mcp_reconnect: refused: Server not found: ${server}`;
  for (const line of [refuse(first), refuse("mark-1"), `${refuse(second)} or so`, failed(`400 ${refuse(second)}`)])
    for (const each of line.split("\n")) estimates.read(each);
  expect(marks).toBe(0);
  estimates.read(refuse(second));
  expect(marks).toBe(1);
});

describe("why is told by Anthropic's status and message:", () => {
  test.each([
    [400, "invalid_request_error", "invalid_request"],
    [401, "authentication_error", "login_refused"],
    [404, "not_found_error", "model_not_found"],
    [413, "request_too_large", "request_too_large"],
    [429, "rate_limit_error", "rate_limited"],
    [500, "api_error", "upstream_error"],
  ])("%p", (status, type, code) => {
    const error = read(refused(status, type, 'not "so"')).takeReason(ENDED);
    expect(error).toMatchObject({ code, upstreamStatus: status });
    if (code !== "upstream_error") expect(error?.message).not.toContain("request_id");
  });

  test("or by what the CLI knows, where there was no answer", () => {
    expect(read(failed("Connection error.")).takeReason(ENDED)).toMatchObject({
      code: "upstream_unreachable",
      message: "The Anthropic API did not count the tokens: Connection error.",
    });
    expect(read(ESTIMATED).takeReason(ENDED)).toMatchObject({ code: "upstream_unreachable" });
  });
});

test("the first refusal is told, of any length, and is bounded", () => {
  const quoted = `messages.0: ${"x".repeat(6_000)} is no "thing"`;
  const error = read(
    `${refused(400, "invalid_request_error", quoted)}\n${refused(500, "api_error", "later")}`,
  ).takeReason(ENDED);
  expect(error).toMatchObject({ code: "invalid_request", message: expect.stringContaining(quoted) });
  const { code, message = "" } =
    read(refused(400, "invalid_request_error", "y".repeat(1_000_000))).takeReason(ENDED) ?? {};
  expect<unknown>([code, message.includes(": yyy"), message.length < 25_000]).toEqual(["invalid_request", true, true]);
});
