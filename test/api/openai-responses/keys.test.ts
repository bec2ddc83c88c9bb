import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Clients } from "../../../src/api/clients.ts";
import { BackgroundRuns } from "../../../src/api/openai-responses/background/runs.ts";
import { openaiResponsesRoutes } from "../../../src/api/openai-responses/routes.ts";
import { MemoryResponseStore } from "../../../src/api/openai-responses/store/memory-store.ts";
import { SqliteResponseStore } from "../../../src/api/openai-responses/store/sqlite-store.ts";
import { storeOf } from "../../../src/api/openai-responses/store/store.ts";
import { Logger } from "../../../src/observability/logger.ts";
import { createServer } from "../../../src/server/create-server.ts";
import { listen } from "../../../src/server/listen.ts";
import { FINISH, HELLO, play, playing, START } from "../playing.ts";
import { stored } from "./store/stored.ts";

const { asked, backend } = playing(play(START, ...HELLO, FINISH));
const clients = new Clients();
const background = new BackgroundRuns();
const server = listen(
  createServer({
    config: {
      ...{ allowedHosts: [], allowedOrigins: [], demo: false },
      apiKeys: ["key-of-ann", "key-of-bob", "key-of-nobody"],
      apiKeyNames: new Map([
        ["key-of-ann", "ann"],
        ["key-of-bob", "bob"],
      ]),
    },
    backend,
    clients,
    logger: new Logger("silent"),
    routes: [openaiResponsesRoutes({ backend, clients, background, store: new MemoryResponseStore() })],
    version: "0.0.0-test",
  }),
  { host: "127.0.0.1", port: 0 },
);
const folder = mkdtempSync(join(tmpdir(), "claude-max-api-keys-"));
afterAll(async () => {
  await server.stop(0);
  rmSync(folder, { recursive: true, force: true });
});

const ask = (key: string, path = "", body?: object, method = body ? "POST" : "GET") =>
  fetch(`${server.url}/v1/responses${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    ...(body && { body: JSON.stringify({ model: "opus", ...body }) }),
  });

test.each([{}, { background: true }, { background: true, stream: true }])(
  "a response that was asked with one key (%p) is none for the bearer of another",
  async (how) => {
    const created = await (await ask("key-of-ann", "", { input: "hi", ...how })).text();
    const id = /resp_\w+/.exec(created)?.[0] ?? "";
    for (const other of ["key-of-bob", "key-of-nobody"]) {
      const statuses = [
        await ask(other, `/${id}`),
        await ask(other, `/${id}?stream=true`),
        await ask(other, `/${id}/input_items`),
        await ask(other, `/${id}/cancel`, {}),
        await ask(other, `/${id}`, undefined, "DELETE"),
        await ask(other, "", { input: "and?", previous_response_id: id }),
        await ask(other, "/compact", { previous_response_id: id }),
        await ask(other, "/input_tokens", { previous_response_id: id }),
      ].map(({ status }) => status);
      expect([other, statuses]).toEqual([other, [404, 404, 404, 404, 404, 400, 400, 400]]);
    }
    expect((await ask("key-of-ann", `/${id}`)).status).toBe(200);
    expect((await ask("key-of-ann", "", { input: "and?", previous_response_id: id })).status).toBe(200);
    expect(asked.at(-1)?.asking).toMatchObject({ caller: { key: "ann" }, client: expect.stringContaining("ann") });
  },
);

test.each([
  ["memory", () => new MemoryResponseStore()],
  ["a file", () => new SqliteResponseStore(join(folder, "responses.sqlite"))],
])("an item of a response in %s is found by its own key alone", (_, open) => {
  const store = open();
  storeOf("ann", store).put(stored("a"));
  store.put(stored("b"));
  const found = (key?: string) => ["in_a", "in_b"].filter((id) => storeOf(key, store).findItem(id) !== undefined);
  expect([found("ann"), found("bob"), found()]).toEqual([["in_a"], [], ["in_b"]]);
});
