import { afterAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { Validator } from "@seriousme/openapi-schema-validator";
import Type from "typebox";
import { Check } from "typebox/value";
import { anthropicMessagesRoutes } from "../../../src/api/anthropic-messages/routes.ts";
import { openaiChatRoutes } from "../../../src/api/openai-chat/routes.ts";
import { openaiCompletionsRoutes } from "../../../src/api/openai-completions/routes.ts";
import { PARAMETERS, SOCKET_PARAMETERS } from "../../../src/api/openai-responses/parameters.ts";
import { openaiResponsesRoutes } from "../../../src/api/openai-responses/routes.ts";
import { MemoryResponseStore } from "../../../src/api/openai-responses/store/memory-store.ts";
import { openApiDocument } from "../../../src/api/openapi/document.ts";
import { EXAMPLES } from "../../../src/api/openapi/examples.ts";
import { PAGE_POLICY, renderPage } from "../../../src/api/openapi/page.ts";
import { ENDPOINTS, type Endpoint } from "../../support/parameters/endpoints.ts";
import { STORED_ID } from "../../support/parameters/responses.ts";
import { FINISH, HELLO, listenWith, play, playing, START, stopServers } from "../openai-chat/chat-server.ts";

const { backend } = playing(play(START, ...HELLO, FINISH));
const { url } = listenWith(
  backend,
  openaiChatRoutes({ backend }),
  openaiCompletionsRoutes({ backend }),
  openaiResponsesRoutes({ backend, store: new MemoryResponseStore() }),
  anthropicMessagesRoutes({ backend }),
);
afterAll(stopServers);

const get = (path: string) => fetch(`${url}${path}`);
const document = JSON.parse(await (await get("/openapi.json")).text());

/** What the document says of each field of an endpoint's body, or of its query. */
function documentedFields({ path, method, like }: Endpoint): Record<string, string | undefined> {
  const described: { name: string; description?: string }[] = [];
  if (method === "GET") described.push(...document.paths[path.replace(STORED_ID, "{id}")].get.parameters);
  else {
    const { schema } = document.paths[path].post.requestBody.content["application/json"];
    // The chat's body may have either of two shapes.
    const isSecond = ENDPOINTS.some((other) => other.title === like && other.path === path);
    const { properties } = (schema.anyOf ?? [schema])[isSecond ? 1 : 0];
    for (const name of Object.keys(properties)) described.push({ name, ...properties[name] });
  }
  return Object.fromEntries(described.map(({ name, description }) => [name, description]));
}

describe("/openapi.json", () => {
  test("is a valid OpenAPI 3.1 document", async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    expect(errors).toBeUndefined();
    expect(valid).toBeTrue();
    expect(document.openapi).toBe("3.1.0");
  });

  test("describes the routes there are, and no other, each in a sentence", () => {
    const described = Object.entries<Record<string, { summary?: string }>>(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(
        ([method, { summary = "" }]) => [`${method.toUpperCase()} ${path}`, summary] as const,
      ),
    );
    expect(described.map(([route]) => String(route)).sort()).toEqual(
      [
        "GET /",
        "GET /docs",
        "GET /health",
        "GET /health/events",
        "GET /openapi.json",
        "GET /v1/models",
        "GET /v1/models/{id}",
        "POST /v1/chat/completions",
        "POST /v1/completions",
        "DELETE /v1/responses/{id}",
        "GET /v1/responses",
        "GET /v1/responses/{id}",
        "GET /v1/responses/{id}/input_items",
        "POST /v1/messages",
        "POST /v1/messages/count_tokens",
        "POST /v1/responses",
        "POST /v1/responses/compact",
        "POST /v1/responses/input_tokens",
        "POST /v1/responses/{id}/cancel",
      ].sort(),
    );
    for (const [, summary] of described) expect(summary).toMatch(/^[A-Z].+[^.]$/);
  });

  test.each<[string, object, boolean]>([
    ["chat/completions", { model: "m", messages: [{ role: "user", content: "a" }] }, true],
    ["chat/completions", { model: "m", input: "a" }, true],
    ["chat/completions", { model: "m", messages: [] }, false],
    ["completions", { model: "m", prompt: ["a"], seed: 1 }, true],
    ["completions", { model: "m", prompt: 5 }, false],
    ["responses", { model: "m", input: "a", seed: 1 }, true],
    ["responses", { model: "m", input: 5 }, false],
    ["messages", { model: "m", max_tokens: 5, messages: [{ role: "user", content: "a" }] }, true],
    ["messages", { model: "m", max_tokens: 5, messages: "a" }, false],
  ])("its schema of /v1/%s fits %j: %p", (path, body, fits) => {
    const { schema } = document.paths[`/v1/${path}`].post.requestBody.content["application/json"];
    expect(Check(Type.Unsafe(schema), body)).toBe(fits);
  });

  test("says which fields a message on a WebSocket has of its own", () => {
    const { description } = document.paths["/v1/responses"].get;
    const own = Object.keys(SOCKET_PARAMETERS).filter((field) => !(field in PARAMETERS));
    expect(own).toEqual(["type", "stream_id", "generate"]);
    for (const field of own) expect(description).toContain(field);
  });

  // No body or query of this document is what a message on a WebSocket has.
  const inDocument = ENDPOINTS.filter(({ method }) => method !== "WebSocket");
  test.each(inDocument.map((endpoint) => [endpoint.title, endpoint] as const))(
    "tells what becomes of each field of %s, also of those that have no effect",
    (_, endpoint) => {
      const told = documentedFields(endpoint);
      const words = {
        honoured: "",
        approximated: "Nearly: ",
        ignored: "Accepted, without effect: ",
        refused: "Mostly a 400: ",
      };
      const meant = Object.entries(endpoint.parameters).map(([field, { treatment, note }]) => [
        field,
        words[treatment] + note,
      ]);
      expect(Object.fromEntries(meant.map(([field = ""]) => [field, told[field]]))).toEqual(Object.fromEntries(meant));
    },
  );

  test("tells of what has no effect within other fields, too, in words and not by our own mark", () => {
    const { schema } = document.paths["/v1/responses"].post.requestBody.content["application/json"];
    expect(JSON.stringify(schema.properties.text)).toContain('{"description":"Accepted, without effect."');
    expect(JSON.stringify(document)).not.toContain("x-ignored-unless");
  });

  test("its error is the one that clients get", async () => {
    const error = await (await get("/nowhere")).json();
    expect(Check(Type.Unsafe(document.components.schemas.Error), error)).toBeTrue();
    expect(Check(Type.Unsafe(document.components.schemas.Error), { error: { message: "x" } })).toBeFalse();
  });

  test("its error on Anthropic's paths is Anthropic's", async () => {
    const error = await (await get("/v1/messages")).json();
    const { responses, schemas } = document.components;
    const { default: described } = document.paths["/v1/messages"].post.responses;
    expect(described).toEqual({ $ref: "#/components/responses/AnthropicError" });
    expect(responses.AnthropicError.content["application/json"].schema.$ref).toBe(
      "#/components/schemas/AnthropicError",
    );
    expect(Check(Type.Unsafe(schemas.AnthropicError), error)).toBeTrue();
    expect(Object.keys(schemas.AnthropicError.properties.error.properties).sort()).toEqual(
      ["details", "message", "resets_at", "type"].sort(),
    );
    expect(Check(Type.Unsafe(schemas.Error), error)).toBeFalse();
  });

  test("its answer of the counting routes has the header, and is no stream", () => {
    for (const path of ["/v1/messages/count_tokens", "/v1/responses/input_tokens"]) {
      const { 200: answer, default: error } = document.paths[path].post.responses;
      expect(answer.headers["x-claude-max-api-counted"].schema.enum).toEqual(["whole", "parts"]);
      expect(Object.keys(answer.content)).toEqual(["application/json"]);
      expect(error.$ref).toBeString();
    }
  });

  test("calls what a route has in its path by its name", () => {
    const { paths } = openApiDocument([{ method: "GET", path: "/a/:one/b/*", hooks: {} }], "1");
    expect(Object.keys(paths)).toEqual(["/a/{one}/b/{id}"]);
    expect(paths["/a/{one}/b/{id}"]?.get?.parameters).toMatchObject([{ name: "one" }, { name: "id" }]);
  });
});

describe("/docs", () => {
  test("is a page of every route and field, allowed nothing but its own style", async () => {
    const response = await get("/docs");
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("content-security-policy")).toBe(PAGE_POLICY);
    const page = await response.text();
    for (const path of Object.keys(document.paths)) expect(page).toContain(`${path}</code></h2>`);
    for (const field of ["messages", "input", "prompt", "logit_bias", "truncation", "top_k"])
      expect(page).toContain(`<dt><code>${field}</code>`);
    expect(page.replaceAll(url, "")).not.toMatch(/<script|<img|<link|<iframe|<form|https?:|\son\w+=|style=/i);
    const [, style = ""] = /<style>([\s\S]*?)<\/style>/.exec(page) ?? [];
    expect(PAGE_POLICY).toContain(`'sha256-${createHash("sha256").update(style).digest("base64")}'`);
  });

  test("shows what it describes as text", () => {
    const detail = { summary: "<script>alert(1)</script> & 'more'" };
    const page = renderPage(openApiDocument([{ method: "GET", path: '/"<b>', hooks: { detail } }], "1<2"), "http://a");
    expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#x27;more&#x27;");
    expect(page).not.toContain("<script>");
    expect(page).toContain("/&quot;&lt;b&gt;");
  });

  test("leads to each path from its contents, and to the errors", async () => {
    const page = await (await get("/docs")).text();
    const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(links).toContain("post-v1-chat-completions");
    for (const id of links) expect(page).toContain(`<section id="${id}">`);
    expect(
      [...page.matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id).filter((id) => !links.includes(id)),
    ).toEqual([]);
  });

  test("shows each request in three languages, for the address by which it is read", async () => {
    const page = await (await get("/docs")).text();
    expect(page).toContain(`curl ${url}/v1/chat/completions`);
    expect(page).toContain(`OpenAI(base_url=&quot;${url}/v1&quot;`);
    expect(page).toContain(`new Anthropic({ baseURL: &quot;${url}&quot;`);
    for (const language of ["curl", "Python", "JavaScript"])
      expect(page.match(new RegExp(`<summary>${language}</summary>`, "g"))).toHaveLength(
        page.split("<section").length - 2,
      );
  });

  const posts = Object.entries(EXAMPLES).filter(([, { body }]) => body !== undefined);
  test.each(posts)(
    "its example of %s is a request that is taken, and tells fields that answers have",
    async (name, example) => {
      const path = name.split(" ")[1] ?? "";
      const { schema } = document.paths[path].post.requestBody.content["application/json"];
      expect(Check(Type.Unsafe(schema), example.body)).toBeTrue();
      if (/tokens$/.test(path)) return;
      const response = await fetch(`${url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(example.body),
      });
      const answer: object = JSON.parse(await response.text());
      expect(Object.keys(answer)).toEqual(expect.arrayContaining(Object.keys(example.answer ?? {})));
    },
  );
});
