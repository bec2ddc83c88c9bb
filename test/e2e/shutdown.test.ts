import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { SqliteResponseStore } from "../../src/api/openai-responses/store/sqlite-store.ts";
import { stateDirectory } from "../../src/config/paths.ts";
import { type Harness, startHarness } from "../support/harness.ts";
import { type PlayedClaude, playClaude } from "../support/played-claude.ts";
import { canSeeProcesses, processesOf } from "../support/processes.ts";
import { makeScripts, wrapper } from "../support/scripts.ts";
import { sseData } from "../support/sse.ts";
import { until } from "../support/wait.ts";
import { readError, readHealth } from "../support/wire.ts";

// What clients get when the time for running requests is over: an error that tells why, not a connection that breaks.

const BODY = { model: "claude-sonnet-4", messages: [{ role: "user", content: "Hello" }] };
const SHUTTING_DOWN = { code: "shutting_down", type: "server_error", param: null };

const asking = (content: string) => ({ ...BODY, messages: [{ role: "user", content }], stream: true });
/** As the CLI that is played is asked to stop in the middle of its answer. */
const ONLY_BEGIN = "Please only begin.";

describe("of requests that run or wait", () => {
  let claude: PlayedClaude;
  let app: Harness;
  let begun: Response;
  let waiting: Promise<Response>[];
  const ids: string[] = [];

  const respond = async () => {
    const response = await fetch(`${app.url}/v1/responses`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "claude-sonnet-4", input: ONLY_BEGIN, background: true }),
    });
    const told = (await response.json()) as { id: string; status: string };
    expect(told.status).toBe("queued");
    ids.push(told.id);
  };
  const areAsked = (count: number) => until(() => claude.asked().length === count, `${count} are asked`);

  beforeAll(async () => {
    claude = playClaude();
    claude.put();
    app = await startHarness({ config: { claudePath: claude.path, maxConcurrency: 3 } });
    // This process is there: a stream for which one would have to start may begin before it is asked.
    await app.ask(BODY);
    waiting = [app.chat(asking("Please wait for ever."))];
    await areAsked(2);
    begun = await app.chat(asking(ONLY_BEGIN));
    await areAsked(3);
    await respond();
    await areAsked(4);
    waiting.push(app.chat(BODY));
    await respond();
    await until(async () => (await readHealth(app.url)).workers.queued === 2, "two are in the queue");
    await app.app.stop(0);
  });
  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    claude[Symbol.dispose]();
  });

  test("a stream ends with an error event, and without [DONE]", async () => {
    expect(begun.status).toBe(200);
    const data = sseData(await begun.text());
    expect(JSON.parse(data.at(-1) ?? "")).toMatchObject({ error: SHUTTING_DOWN });
    expect(data).not.toContain("[DONE]");
  });

  test("one whose stream has not begun, and one in the queue get a 503", async () => {
    for (const response of await Promise.all(waiting)) {
      expect(response.status).toBe(503);
      expect(await readError(response)).toMatchObject(SHUTTING_DOWN);
    }
  });

  test("responses in the background are stored as failed, with the reason", () => {
    const { home } = app;
    const store = new SqliteResponseStore(
      join(stateDirectory({ platform: process.platform, env: { HOME: home }, home }), "responses.sqlite"),
    );
    expect(ids).toHaveLength(2);
    for (const id of ids) {
      const message = "The server is shutting down. Try again once it is back.";
      expect(store.get(id)?.response).toMatchObject({ status: "failed", error: { code: "server_error", message } });
    }
    store.close();
  });

  // Of the real CLI's, with its files: isolation.test.ts.
  test.skipIf(!canSeeProcesses)("no process is left", () => expect(processesOf(app.home)).toEqual([]));
});

test("a request that waits for a process gets a 503, and the process is ended with whatever it runs", async () => {
  using scripts = makeScripts();
  const claudePath = scripts.write("claude", wrapper("sleep 600; exit"));
  await using app = await startHarness({ config: { claudePath, warm: 0 } });
  const waiting = app.chat(BODY);
  await until(async () => (await readHealth(app.url)).workers.starting === 1, "a process is starting for it");
  await app.app.stop(0);
  const response = await waiting;
  expect(response.status).toBe(503);
  expect(await readError(response)).toMatchObject(SHUTTING_DOWN);
  if (canSeeProcesses) await until(() => processesOf(app.home).length === 0, "no process is left");
});
