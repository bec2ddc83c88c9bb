import { afterAll, describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import OpenAI from "openai";
import { notOffered } from "../../../src/api/errors/not-offered.ts";
import { errorOf, head, sendRaw, startServer } from "../../server/harness.ts";
import { startHarness } from "../../support/harness.ts";

const server = startServer();
afterAll(() => server.stop(0));
const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "any" });

const MODULES = join(import.meta.dir, "../../../node_modules");

/** What the sources of the SDKs call, with an id for each part of a path that is filled in. */
function sdkPaths(): { method: string; path: string }[] {
  return [
    { folder: "openai/resources", base: "/v1" },
    { folder: "@anthropic-ai/sdk/resources", base: "" },
  ].flatMap(({ folder, base }) =>
    readdirSync(join(MODULES, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".js"))
      .flatMap((file) => [...readFileSync(join(MODULES, folder, file), "utf8").matchAll(CALL)])
      .map(([, method = "", path = ""]) => ({
        method: METHODS[method] ?? "GET",
        path: `${base}${path.replace(/\$\{[^}]*\}/g, "x").replace(/\?.*/, "")}`,
      })),
  );
}

const CALL = /_client\s*\.(\w+)\(\s*(?:\(0, path_1\.path\) ?)?[`'](\/[^`']+)[`']/g;
const METHODS: Readonly<Record<string, string>> = { post: "POST", delete: "DELETE", put: "PUT", patch: "PATCH" };

describe("what this server does not offer", () => {
  test.each([
    "/v1/embeddings",
    "/v1/images/generations",
    "/v1/videos",
    "/v1/audio/speech",
    "/v1/audio/transcriptions",
    "/v1/realtime",
    "/v1/moderations",
    "/v1/files",
    "/v1/files/file-1/content",
    "/v1/uploads",
    "/v1/assistants",
    "/v1/threads/t/runs",
    "/v1/batches",
    "/v1/fine_tuning/jobs",
    "/v1/vector_stores",
    "/v1/embeddings/",
    "/v1/chat/completions/chatcmpl-1",
    "/v1/chat/completions/chatcmpl-1/messages",
    "/v1/messages/batches",
    "/v1/messages/batches/b/results",
    "/v1/conversations/c/items",
    "/v1/skills/s/versions",
    "/v1/engines/davinci/completions",
    "/v1/organizations/me",
    "/api/event_logging/batch",
    "/api/event_logging/v2/batch",
    "/api/tags",
    "/api/v0/models",
    "/v1beta/models/gemini:generateContent",
    "/dashboard/billing/usage",
  ])("%s is a 404 with a code of its own, whatever the method, that says what would do it", async (path) => {
    for (const method of ["GET", "POST", "DELETE", "PUT", "PATCH", "OPTIONS"]) {
      const response = await fetch(`${server.url}${path}`, { method });
      expect(response.status).toBe(404);
      const body = await response.text();
      if (path.startsWith("/v1/messages/")) {
        expect(JSON.parse(body)).toMatchObject({ type: "error", error: { type: "not_found_error" } });
        continue;
      }
      expect(errorOf({ body })).toMatchObject({ code: "endpoint_not_offered", param: null });
      expect(errorOf({ body }).message).toMatch(/^This server .+\. [A-Z].+\.$/);
    }
    expect((await fetch(`${server.url}${path}`, { method: "HEAD" })).status).toBe(404);
  });

  test("is said before the body is looked at: a form with a file is none of JSON", async () => {
    const body = new FormData();
    body.set("file", new Blob(["RIFF"]), "a.wav");
    const response = await fetch(`${server.url}/v1/audio/transcriptions`, { method: "POST", body });
    expect(response.status).toBe(404);
    expect(errorOf({ body: await response.text() }).code).toBe("endpoint_not_offered");
  });

  test("is said to a WebSocket, too", async () => {
    const upgrade = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"];
    const lines = ["GET /v1/realtime?model=x HTTP/1.1", "Host: localhost", ...upgrade];
    const response = await sendRaw(server.port, head(...lines, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="));
    expect(response.status).toBe(404);
    expect(errorOf(response).code).toBe("endpoint_not_offered");
  });

  test("is a matter of the method, where another one is offered", async () => {
    const status = async (method: string, path: string) => (await fetch(`${server.url}${path}`, { method })).status;
    expect(await status("GET", "/v1/chat/completions")).toBe(404);
    expect(await status("DELETE", "/v1/models/claude-opus-4")).toBe(404);
    expect(await status("GET", "/v1/models/claude-opus-4")).toBe(200);
  });

  test("is said of every path of the official SDKs that no route takes", async () => {
    await using harness = await startHarness({ config: { warm: 0 }, ready: false });
    expect(sdkPaths().length).toBeGreaterThan(300);
    const unknown = await Promise.all(
      sdkPaths().map(async ({ method, path }) => {
        const text = await (await fetch(`${harness.url}${path}`, { method })).text();
        return /No such path|"method_not_supported"/.test(text) ? [`${method} ${path}`] : [];
      }),
    );
    expect(unknown.flat()).toEqual([]);
  });

  test("is said also where the base URL lacks its /v1", async () => {
    expect(errorOf({ body: await (await fetch(`${server.url}/embeddings`)).text() }).message).toContain("embeddings");
  });

  test.each(["/v1/embeddingsx", "/v1/nothing", "/v1", "/v1/images2/generations"])("is not %s", (path) => {
    expect(notOffered(path, "GET")).toBeUndefined();
  });

  test("the official SDK reports at once, without trying again", async () => {
    const before = server.log.length;
    const asked = client.embeddings.create({ model: "text-embedding-3-small", input: "a" });
    const error = await asked.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(OpenAI.NotFoundError);
    expect(error).toMatchObject({ status: 404, code: "endpoint_not_offered" });
    expect(server.log.length).toBe(before + 1);
  });
});
