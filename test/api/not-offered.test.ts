import { afterAll, describe, expect, test } from "bun:test";
import OpenAI from "openai";
import { notOffered } from "../../src/api/not-offered.ts";
import { errorOf, head, sendRaw, startServer } from "../server/harness.ts";

const server = startServer();
afterAll(() => server.stop(0));
const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "any" });

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
  ])("%s is a 404 with a code of its own, whatever the method, that says what would do it", async (path) => {
    for (const method of ["GET", "POST", "DELETE", "PUT", "PATCH", "OPTIONS"]) {
      const response = await fetch(`${server.url}${path}`, { method });
      expect(response.status).toBe(404);
      const body = await response.text();
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

  test("is said also where the base URL lacks its /v1", async () => {
    expect(errorOf({ body: await (await fetch(`${server.url}/embeddings`)).text() }).message).toContain("embeddings");
  });

  test.each(["/v1/embeddingsx", "/v1/nothing", "/v1", "/v1/images2/generations"])("is not %s", (path) => {
    expect(notOffered(path)).toBeUndefined();
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
