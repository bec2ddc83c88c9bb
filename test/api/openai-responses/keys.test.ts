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
import { ApiKeys } from "../../../src/server/checks/api-keys.ts";
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
      apiKeys: ["key-of-ann", "key-of-bob", "key-of-nobody", "key-of-no-name"],
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

const HOW = [{}, { background: true }, { background: true, stream: true }];

test.each(HOW.flatMap((how) => ["key-of-ann", "key-of-no-name"].map((key) => [how, key] as const)))(
  "a response that was asked with one key (%j, %s) is none for the bearer of another",
  async (how, own) => {
    const created = await (await ask(own, "", { input: "hi", ...how })).text();
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
    expect((await ask(own, `/${id}`)).status).toBe(200);
    expect((await ask(own, "", { input: "and?", previous_response_id: id })).status).toBe(200);
    if (own === "key-of-ann")
      expect(asked.at(-1)?.asking).toMatchObject({ caller: { key: "ann" }, client: expect.stringContaining("ann") });
  },
);

test.each([
  ["memory", () => new MemoryResponseStore()],
  ["a file", () => new SqliteResponseStore(join(folder, "responses.sqlite"))],
])("an item of a response in %s is found by its own key alone", (_, open) => {
  const store = open();
  const of = (id: string | undefined, isOnly = false) => storeOf(id === undefined ? undefined : { id, isOnly }, store);
  of("ann").put(stored("a"));
  store.put(stored("b"));
  const found = (key?: string, isOnly = false) =>
    ["in_a", "in_b"].filter((id) => of(key, isOnly).findItem(id) !== undefined);
  expect([found("ann"), found("bob"), found()]).toEqual([["in_a"], [], ["in_b"]]);
  expect([found("ann", true), found("bob", true)]).toEqual([["in_a", "in_b"], ["in_b"]]);
  expect(["b", "a"].map((id) => of("bob", true).get(id)?.id)).toEqual(["b", undefined]);
});

test("a key without a name has an owner that does not tell it, is the same after each start, and is no key's name", () => {
  const bearer = (keys: string[], key: string) =>
    new ApiKeys(keys).check(new Request("http://localhost", { headers: { "x-api-key": key } }));
  const id = bearer(["key-of-no-name", "key-of-nobody"], "key-of-no-name")?.owner.id;
  expect(id).toMatch(/^#[0-9a-f]{32}$/);
  expect(bearer(["key-of-no-name"], "key-of-no-name")?.owner).toEqual({ id: id ?? "", isOnly: true });
  expect(bearer(["key-of-no-name", "key-of-nobody"], "key-of-nobody")?.owner).toEqual({
    id: expect.not.stringMatching(id ?? ""),
    isOnly: false,
  });
});
