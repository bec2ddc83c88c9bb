import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { Answer, Claim, LiveRequest } from "../../scripts/live/claim.ts";
import { CLAIMS } from "../../scripts/live/claims.ts";
import { estimate } from "../../scripts/live/price.ts";
import { isSame, reportOf, tryClaims } from "../../scripts/live/try-claim.ts";

const ROOT = join(import.meta.dir, "../..");

const run = async (...args: string[]) => {
  // No login: what would ask the real API by mistake cannot.
  const env = { PATH: process.env.PATH, HOME: "/nonexistent", TEST_CLAUDE_PATH: process.env.TEST_CLAUDE_PATH };
  const child = Bun.spawn([process.execPath, "--no-env-file", "scripts/live.ts", ...args], {
    cwd: ROOT,
    env,
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, out, err };
};

const CLAIM: Claim = {
  name: "yes",
  source: "nowhere",
  model: "claude-haiku-5-5",
  requests: [{ body: { model: "other", max_tokens: 99_999 } }, (answers) => ({ body: { before: answers.length } })],
  expected: "200 200",
  check: (answers) => answers.map(({ status }) => status).join(" "),
};
const ANSWER: Answer = { status: 200, ignored: [], body: {}, log: [] };

describe("the claims about Anthropic's API", () => {
  test("hold for the simulated API, through the server and the real CLI", async () => {
    const { code, out, err } = await run("--simulated");
    expect({ code, differing: out.split("\n").filter((line) => line.endsWith("| different |")) }, err).toEqual({
      code: 0,
      differing: [],
    });
  }, 240_000);

  test("have names of their own, few requests, and small limits", () => {
    expect(new Set(CLAIMS.map(({ name }) => name)).size).toBe(CLAIMS.length);
    expect(estimate(CLAIMS).requests).toBeLessThan(50);
    expect(Math.max(...CLAIMS.map(({ maxTokens = 0 }) => maxTokens))).toBeLessThanOrEqual(2_000);
    expect(estimate(CLAIMS).dollars).toBeLessThan(1);
  });
});

describe("nothing is asked", () => {
  test("unless --yes says so, but the cost is told", async () => {
    const { code, err } = await run();
    expect([code, err]).toEqual([2, expect.stringMatching(/\d+ requests, at most \d+ tokens, \$\d+\.\d\d.*--yes/)]);
  });

  test("by --list, which names every claim", async () => {
    const { code, out } = await run("--list");
    expect(code).toBe(0);
    for (const { name } of CLAIMS) expect(out).toContain(`${name} (`);
  });

  test("of a claim that there is not", async () => {
    const { code, err } = await run("--yes", "--only", "no-such");
    expect([code, err]).toEqual([2, expect.stringContaining("no-such")]);
  });
});

async function tryAll(claims: readonly Claim[], ask: (request: LiveRequest) => Promise<Answer>) {
  const told: string[] = [];
  const server = {
    ask(request: LiveRequest) {
      told.push(`${request.body.model} ${request.body.max_tokens} ${request.body.before ?? ""}`.trim());
      return ask(request);
    },
    restart: async () => void told.push("restart"),
  };
  return { outcomes: await Array.fromAsync(tryClaims(claims, server)), told };
}

test("a claim's requests are asked one after the other, with its own model and limit", async () => {
  const { outcomes, told } = await tryAll([CLAIM], async () => ANSWER);
  expect(outcomes.map(isSame)).toEqual([true]);
  expect(told).toEqual(["claude-haiku-5-5 256", "claude-haiku-5-5 256 1"]);
});

test("what needs a server that remembers nothing is asked when nothing else is left, of one that was started for all", async () => {
  const fresh = (name: string): Claim => ({
    ...CLAIM,
    name,
    model: name,
    requests: [{ body: {} }, { fresh: true, body: {} }],
  });
  const { outcomes, told } = await tryAll([fresh("a"), CLAIM, fresh("b")], async () => ANSWER);
  expect(told).toEqual([
    ...["a 256", "claude-haiku-5-5 256", "claude-haiku-5-5 256 1", "b 256"],
    ...["restart", "a 256", "b 256"],
  ]);
  expect(outcomes.map(({ claim }) => claim.name)).toEqual(["yes", "a", "b"]);
});

test("what differs, or fails, is told beside what was expected", async () => {
  const { outcomes: differing } = await tryAll([CLAIM], async () => ({ ...ANSWER, status: 400 }));
  const { outcomes: failing } = await tryAll([CLAIM], () => Promise.reject(new Error("no server")));
  expect(
    reportOf([...differing, ...failing])
      .split("\n")
      .slice(2),
  ).toEqual([
    "| yes | claude-haiku-5-5 | 200 200 | 400 400 | different |",
    "| yes | claude-haiku-5-5 | 200 200 | no server | different |",
  ]);
});

test("the cost is that of prompts that nothing is read of from a cache, and of answers as long as they may be", () => {
  const claim = { ...CLAIM, promptTokens: 1_000_000, maxTokens: 1_000_000, searches: 3 };
  const { requests, tokens, dollars } = estimate([claim]);
  expect([requests, tokens, dollars.toFixed(2)]).toEqual([2, 4_000_000, "1.23"]);
});
