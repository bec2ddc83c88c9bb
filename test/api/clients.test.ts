import { afterAll, expect, test } from "bun:test";
import { anthropicMessagesRoutes } from "../../src/api/anthropic-messages/routes.ts";
import { Clients } from "../../src/api/clients.ts";
import { openaiChatRoutes } from "../../src/api/openai-chat/routes.ts";
import { openaiCompletionsRoutes } from "../../src/api/openai-completions/routes.ts";
import { openaiResponsesRoutes } from "../../src/api/openai-responses/routes.ts";
import { MemoryResponseStore } from "../../src/api/openai-responses/store/memory-store.ts";
import { Logger } from "../../src/observability/logger.ts";
import { createServer } from "../../src/server/create-server.ts";
import { listen } from "../../src/server/listen.ts";
import { FINISH, HELLO, play, playing, START } from "./playing.ts";

const { asked, backend } = playing(play(START, ...HELLO, FINISH));
const clients = new Clients();
const options = { backend, clients };
const server = listen(
  createServer({
    config: { allowedHosts: [], allowedOrigins: [], apiKeys: [], demo: false },
    backend,
    clients,
    logger: new Logger("silent"),
    routes: [
      openaiChatRoutes(options),
      openaiCompletionsRoutes(options),
      openaiResponsesRoutes({ ...options, store: new MemoryResponseStore() }),
      anthropicMessagesRoutes(options),
    ],
    version: "0.0.0-test",
  }),
  { host: "localhost", port: 0 },
);
afterAll(() => server.stop(0));

const MESSAGES = { max_tokens: 10, messages: [{ role: "user", content: "hi" }] };
const INPUT = { input: "hi" };

/** What the backend is told of who asks. */
async function tellsOf(path: string, body: object, { program = "a/1", host = "127.0.0.1" } = {}) {
  const count = asked.length;
  const response = await fetch(`http://${host}:${server.port}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", "user-agent": program },
    body: JSON.stringify({ model: "opus", ...body }),
  });
  await response.text();
  expect([path, response.status, asked.length]).toEqual([path, 200, count + 1]);
  return asked.at(-1)?.asking;
}

test.each<[string, object]>([
  ["/v1/chat/completions", MESSAGES],
  ["/v1/completions", { prompt: "hi" }],
  ["/v1/responses", INPUT],
  ["/v1/messages", MESSAGES],
  // A path that is another's other name.
  ["/chat/completions", MESSAGES],
])("%s tells whose request it is, and whether its answer is read as it is written", async (path, body) => {
  const first = await tellsOf(path, body);
  expect(first).toMatchObject({ client: expect.stringContaining("a/1"), isStreamed: false });
  expect(await tellsOf(path, { ...body, stream: true })).toMatchObject({ client: first?.client, isStreamed: true });
  expect((await tellsOf(path, body, { program: "b/1" }))?.client).toContain("b/1");
});

test.each<[string, object]>([
  ["/v1/messages/count_tokens", MESSAGES],
  ["/v1/responses/input_tokens", INPUT],
  ["/v1/responses/compact", INPUT],
  ["/v1/responses", { ...INPUT, background: true }],
])("%s tells whose request it is", async (path, body) => {
  expect((await tellsOf(path, body))?.client).toContain("a/1");
});

test("a program is the same client on all its connections", async () => {
  const path = "/v1/chat/completions";
  const tells: unknown[] = [];
  for (const host of ["127.0.0.1", "127.0.0.1", "[::1]"]) tells.push((await tellsOf(path, MESSAGES, { host }))?.client);
  expect(new Set(tells).size).toBe(1);
});

test("on a WebSocket, whose connection it is", async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/v1/responses`, { headers: { "user-agent": "socket/1" } });
  await new Promise((resolve) => socket.addEventListener("open", resolve, { once: true }));
  const answered = new Promise((resolve) => socket.addEventListener("message", resolve, { once: true }));
  socket.send(JSON.stringify({ type: "response.create", model: "opus", ...INPUT }));
  await answered;
  socket.close();
  expect(asked.at(-1)?.asking).toMatchObject({ client: expect.stringContaining("socket/1"), isStreamed: true });
});
