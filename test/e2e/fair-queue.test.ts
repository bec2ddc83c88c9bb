import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { type Harness, startHarness } from "../support/harness.ts";
import { PLAYED_ANSWER, type PlayedClaude, playClaude } from "../support/played-claude.ts";
import { lastServed, servingPid } from "../support/steps.ts";
import { until } from "../support/wait.ts";
import { readError, readHealth } from "../support/wire.ts";

// A batch of which no turn ends: whoever had to wait for one would wait for ever.

const PLACES = 4;
/** Of these a batch gets two. */
const BATCH_PLACES = 2;

let app: Harness;
let claude: PlayedClaude;
beforeAll(async () => {
  claude = playClaude();
  claude.put();
  const config = { warm: 1, maxConcurrency: PLACES, maxWorkers: PLACES, claudePath: claude.path };
  app = await startHarness({ config });
  await until(async () => (await readHealth(app.url)).workers.ready > 0, "a process is ready");
});
let batches = 0;
/** What a batch waits for. */
const gate = () => `gate${batches}`;
beforeEach(() => void batches++);
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  claude[Symbol.dispose]();
});

const workers = async () => (await readHealth(app.url)).workers;

/** Asks as a program of this name does, and fails where the answer does. */
async function ask(program: string, messages: readonly object[], fields: object = {}, signal?: AbortSignal) {
  const response = await app.chat({ messages, ...fields }, { headers: { "user-agent": program }, signal });
  const body = await response.text();
  if (response.status !== 200) throw new Error(`status ${response.status}: ${body}`);
}

const user = (content: string) => ({ role: "user", content });
const ANSWER = { role: "assistant", content: PLAYED_ANSWER };

/** So many questions of a program, of which none is answered before the gate opens, or before they are given up. */
async function batchOf(program: string, size: number) {
  const leaving = new AbortController();
  const all = Array.from({ length: size }, (_, n) =>
    ask(program, [user(`One of many, wait for ${gate()}: ${n}`)], {}, leaving.signal).then(
      () => "answered",
      () => "not answered",
    ),
  );
  await until(async () => {
    const { busy, queued } = await workers();
    return busy === BATCH_PLACES && queued === size - BATCH_PLACES;
  }, "the batch has all places that it may have");
  return { all, leave: () => leaving.abort() };
}

test("behind nothing of a batch wait the next turn of a conversation, in its own process, and other programs' questions", async () => {
  const conversation = [user("First"), ANSWER, user("Second")];
  await ask("program/1", conversation.slice(0, 1));
  await ask("program/1", conversation);
  const own = servingPid(app);
  const before = claude.asked().length;
  const { all } = await batchOf("program/1", 8);

  await ask("program/1", [...conversation, ANSWER, user("Third")]);
  expect(lastServed(app)).toMatch(/how=reuse keep=4 of=4/);
  expect(servingPid(app)).toBe(own);
  await ask("program/1", [user("As it is written")], { stream: true });
  await ask("program/2", [user("Only one")]);
  expect(await workers()).toMatchObject({ busy: BATCH_PLACES, queued: 8 - BATCH_PLACES });

  claude.open(gate());
  expect(new Set(await Promise.all(all))).toEqual(new Set(["answered"]));
  // Each of the batch, and these three.
  expect(claude.asked()).toHaveLength(before + 8 + 3);
});

test("a program that has a hundred requests waiting is told how long that takes, and others are still taken", async () => {
  const { all, leave } = await batchOf("program/1", 100 + BATCH_PLACES);
  const refused = await app.chat({ messages: [user("One too many")] }, { headers: { "user-agent": "program/1" } });
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  const { code, message } = await readError(refused);
  expect(code).toBe("queue_full");
  expect(message).toMatch(
    /^2 requests are running and 100 are waiting, 100 of these from this client\. Try again in \d+ seconds?\.$/,
  );
  await ask("program/2", [user("Only one")]);
  leave();
  expect(new Set(await Promise.all(all))).toEqual(new Set(["not answered"]));
  await until(async () => (await workers()).queued === 0 && (await workers()).busy === 0, "the batch has left");
});
