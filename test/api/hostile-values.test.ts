import { afterAll, expect, test } from "bun:test";
import { anthropicMessagesRoutes } from "../../src/api/anthropic-messages/routes.ts";
import { openaiChatRoutes } from "../../src/api/openai-chat/routes.ts";
import { openaiCompletionsRoutes } from "../../src/api/openai-completions/routes.ts";
import { BackgroundRuns } from "../../src/api/openai-responses/background/runs.ts";
import { openaiResponsesRoutes } from "../../src/api/openai-responses/routes.ts";
import { openResponseStore } from "../../src/api/openai-responses/store/fallback-store.ts";
import { FakeBackend, startServer } from "../server/harness.ts";
import { TEXTBOOK_BODIES } from "../support/textbook-bodies.ts";

const backend = new FakeBackend();
const { store } = openResponseStore({});
const server = startServer({
  routes: [
    openaiChatRoutes({ backend }),
    openaiCompletionsRoutes({ backend }),
    openaiResponsesRoutes({ backend, store, background: new BackgroundRuns() }),
    anthropicMessagesRoutes({ backend }),
  ],
});
afterAll(() => server.stop(0));

/** What breaks a program that makes a text, a promise or a look-up of it. */
const HOSTILE = [
  '{"toString":1,"valueOf":1,"toJSON":1,"then":1,"length":-1,"__proto__":null,"constructor":{"name":1}}',
  '[{"type":{"toString":1}},"__proto__",null,{"toString":null}]',
  '"constructor"',
  "1e308",
];

/** The body as text, once for each place in it, with that place marked. */
function* marked(value: unknown): Generator<unknown> {
  yield MARK;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) for (const own of marked(item)) yield value.with(index, own);
  } else if (typeof value === "object" && value !== null) {
    for (const [name, item] of Object.entries(value)) for (const own of marked(item)) yield { ...value, [name]: own };
  }
}
const MARK = "\u2603";

test.each(Object.entries(TEXTBOOK_BODIES))(
  "nothing that stands anywhere in a body is an internal error: %s",
  async (path, body) => {
    const places = [...marked(body)];
    expect(places.length).toBeGreaterThan(8);
    const texts = places.flatMap((own) => {
      const text = JSON.stringify(own);
      return HOSTILE.map((value) => text.replace(JSON.stringify(MARK), value));
    });
    const headers = { "content-type": "application/json" };
    for (const text of texts) {
      const response = await fetch(server.url + path, { method: "POST", headers, body: text });
      const answer = await response.text();
      if (answer.includes("hit an internal error")) throw new Error(`${response.status} for ${text}`);
    }
  },
);
