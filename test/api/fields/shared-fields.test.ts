import { afterAll, expect, test } from "bun:test";
import { anthropicMessagesRoutes } from "../../../src/api/anthropic-messages/routes.ts";
import { openaiChatRoutes } from "../../../src/api/openai-chat/routes.ts";
import { openaiCompletionsRoutes } from "../../../src/api/openai-completions/routes.ts";
import { openaiResponsesRoutes } from "../../../src/api/openai-responses/routes.ts";
import { MemoryResponseStore } from "../../../src/api/openai-responses/store/memory-store.ts";
import { FINISH, HELLO, listenWith, play, playing, postOf, START, stopServers } from "../openai-chat/chat-server.ts";

const { asked, backend } = playing(play(START, ...HELLO, FINISH));
const serve = (defaultModel: string | undefined) => {
  const options = { backend, defaultModel };
  const routes = [
    openaiChatRoutes(options),
    openaiCompletionsRoutes(options),
    openaiResponsesRoutes({ ...options, store: new MemoryResponseStore() }),
    anthropicMessagesRoutes(options),
  ];
  return listenWith(backend, ...routes).url;
};
const withDefault = serve("claude-haiku-4");
const without = serve(undefined);
afterAll(stopServers);

const requests: [string, object][] = [
  ["/v1/chat/completions", {}],
  ["/v1/chat/completions", { messages: undefined, input: "a" }],
  ["/v1/completions", { messages: undefined, prompt: "a" }],
  ["/v1/responses", { messages: undefined, input: "a" }],
  ["/v1/responses/input_tokens", { messages: undefined, input: "a" }],
  ["/v1/messages", { max_tokens: 5 }],
  ["/v1/messages/count_tokens", {}],
];

test.each(requests)("a request that names no model asks the default one: %s %j", async (path, fields) => {
  for (const model of [undefined, null, "", " "]) {
    const response = await fetch(`${withDefault}${path}`, postOf({ ...fields, model }));
    expect(response.status).toBe(200);
    expect(response.headers.get("x-claude-max-api-ignored")).toBeNull();
    expect(asked.at(-1)?.request.model).toBe("claude-haiku-4");
  }
  await fetch(`${withDefault}${path}`, postOf({ ...fields, model: "opus" }));
  expect(asked.at(-1)?.request.model).toBe("opus");
});

test.each(requests)("without a default one, it is refused by the field: %s %j", async (path, fields) => {
  const before = asked.length;
  const response = await fetch(`${without}${path}`, postOf({ ...fields, model: "" }));
  expect([response.status, asked.length]).toEqual([400, before]);
  expect(await response.text()).toContain("'model'");
});
