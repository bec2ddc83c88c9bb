import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import Anthropic from "@anthropic-ai/sdk";
import { at } from "../../scripts/json-path.ts";
import { type Answer, blocksOf, type Claim, type LiveRequest, says } from "../../scripts/live/claim.ts";
import { CLAIMS } from "../../scripts/live/claims.ts";
import { estimate } from "../../scripts/live/price.ts";
import { askServer, LiveServer } from "../../scripts/live/server.ts";
import { standIn } from "../../scripts/live/stand-in.ts";
import { type ClaimServer, isSame, reportOf, tryClaims } from "../../scripts/live/try-claim.ts";
import type { Harness } from "../support/harness.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { until } from "../support/wait.ts";

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

/** As far as that is known beforehand. */
const requestsOf = ({ requests }: Claim): LiveRequest[] =>
  requests.map((request) => (typeof request === "function" ? request([ANSWER]) : request));
/** Whether it is asked a process that remembers another conversation, or none. How thinking is placed there is learnt within some seconds, or not. */
const needsFresh = (claim: Claim) =>
  requestsOf(claim).some(({ fresh, body }) => fresh || JSON.stringify(body).includes('"signature":'));
const hasSystem = (claim: Claim) => requestsOf(claim).some(({ body }) => body.system !== undefined);
/**
 * What one model takes and another does not is tried with all of them, and without the CLI, in `test/model-matrix.test.ts`; what becomes of
 * a conversation that no process remembers, in `test/e2e/restore.test.ts`, and with searches and thinking in their tests.
 */
const ONE_OF_A_KIND = [
  ...new Map(
    CLAIMS.filter((claim) => !needsFresh(claim)).map((claim) => [JSON.stringify(requestsOf(claim)), claim]),
  ).values(),
];

/**
 * The server that tests share, as that of the claims. It is asked for streams, since for a question alone another process might be started
 * else; and calls that no later request answers are, or their process would wait for that.
 */
function asked({ url, log }: Harness): ClaimServer {
  const anthropic = new Anthropic({ baseURL: url, apiKey: "any", maxRetries: 0 });
  const stream = async ({ body, headers = {} }: LiveRequest) => {
    try {
      const { data, response } = await anthropic.beta.messages
        .stream({ model: "", max_tokens: 1, messages: [], ...body }, { headers })
        .withResponse();
      return { status: 200, ignored: ignoredOf(response.headers), body: await data.finalMessage() };
    } catch (error) {
      if (!(error instanceof Anthropic.APIError) || error.status === undefined) throw error;
      return { status: error.status, ignored: ignoredOf(error.headers), body: error.error };
    }
  };
  let open: LiveRequest | undefined;
  return {
    async ask(request) {
      const answersIt = JSON.stringify(request.body).includes('"tool_result"');
      if (open && !answersIt) await stream(open);
      const before = log.length;
      const answer = await (request.path === undefined ? stream(request) : askServer(url, request));
      open = answering(request, answer.body);
      return { ...answer, log: log.slice(before) };
    },
    restart: () => Promise.reject(new Error("what is shared is not restarted")),
  };
}

const ignoredOf = (headers: Headers | undefined) => headers?.get("x-claude-max-api-ignored")?.split(",") ?? [];

/** The request that tells results of the calls that were answered; undefined where there are none that wait for that. */
function answering({ body }: LiveRequest, answer: unknown): LiveRequest | undefined {
  const content = blocksOf({ ...ANSWER, body: answer });
  const results = content.flatMap((block) =>
    at(block, "type") === "tool_use" ? [{ type: "tool_result", tool_use_id: at(block, "id"), content: "Seen." }] : [],
  );
  if (results.length === 0 || !Array.isArray(body.messages)) return undefined;
  const messages = [...body.messages, { role: "assistant", content }, says(...results)];
  return { body: { ...body, messages, tool_choice: { type: "auto" } } };
}

describe("the claims about Anthropic's API", () => {
  test("hold for the simulated API, through the server and the real CLI", async () => {
    await using app = await shareHarness({ responder: standIn });
    // A process that had a system prompt cannot be without.
    const systemLast = ONE_OF_A_KIND.toSorted((a, b) => Number(hasSystem(a)) - Number(hasSystem(b)));
    const outcomes = await Array.fromAsync(tryClaims(systemLast, asked(app)));
    expect(outcomes.filter((outcome) => !isSame(outcome))).toEqual([]);
    expect(outcomes.length).toBeGreaterThan(15);
  });

  test("are tried by the program, on a server that it starts", async () => {
    const { code, out, err } = await run("--simulated", "--only", "stop-sequences");
    const rows = out.split("\n").filter((line) => line.startsWith("| stop-sequences"));
    expect({ code, rows }, err).toEqual({ code: 0, rows: [expect.stringMatching(/^.*\| same \|$/)] });
  });

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

test("a server that is started anew is another one, and what it logs is told with its answers", async () => {
  await using cleanup = new AsyncDisposableStack();
  const server = LiveServer.open(cleanup, { simulated: true });
  // Refused before a process is asked.
  const looked = async () => (await server.ask({ body: {} })).log.some((line) => line.includes("Claude CLI"));
  await until(looked, "it has looked at the CLI");
  expect(await looked()).toBe(false);
  await server.restart();
  await until(looked, "so has the next one");
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
