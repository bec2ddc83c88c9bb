import { afterAll, describe, expect, test } from "bun:test";
import { Elysia, t } from "elysia";
import { errorOf, head, post, sendRaw, startServer } from "./harness.ts";

const typed = new Elysia().get("/v1/typed", ({ query }) => query, { query: t.Object({ limit: t.Numeric() }) });
const server = startServer({ routes: [typed] });
const { port, url, log } = server;
afterAll(() => server.stop(0));

const request = (method: string, path: string, ...headers: string[]) =>
  sendRaw(port, head(`${method} ${path} HTTP/1.1`, "Host: localhost", ...headers));

describe("every response", () => {
  const cases: Record<
    string,
    () => Promise<{ readonly status: number; readonly headers: ReadonlyMap<string, string> }>
  > = {
    "an answer": () => request("GET", "/v1/models"),
    "an unknown path": () => request("GET", "/nowhere"),
    "a wrong method": () => request("PUT", "/v1/models"),
    "a refused Host": () => sendRaw(port, head("GET / HTTP/1.1", "Host: evil.example")),
    "a refused body": () => sendRaw(port, post(port, "{")),
    "an internal error": () => request("GET", "/v1/broken"),
    "an OPTIONS that is no preflight": () => request("OPTIONS", "/v1/models"),
    "a HEAD": () => request("HEAD", "/v1/models"),
  };
  for (const [name, ask] of Object.entries(cases)) {
    test(`carries our request id and the headers against sniffing and caching: ${name}`, async () => {
      const { headers } = await ask();
      expect(headers.get("x-request-id")).toMatch(/^req_[\da-f]{32}$/);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("cache-control")).toBe("no-store");
    });
  }

  test("has an id of its own, not the client's", async () => {
    const [a, b] = await Promise.all(
      [1, 2].map(() => request("GET", "/", "X-Request-Id: mine", "X-Client-Request-Id: mine")),
    );
    expect(a?.headers.get("x-request-id")).not.toBe(b?.headers.get("x-request-id"));
    expect(a?.headers.get("x-request-id")).not.toContain("mine");
  });
});

describe("the log", () => {
  test("has one line per request: method, path without query, status, duration, id; no header, no body", async () => {
    const before = log.length;
    const body = '{"prompt":"hunter2"}';
    const sent = post(port, body, "Authorization: Bearer hunter2", "Cookie: hunter2").replace(
      "/v1/spend",
      "/v1/spend?key=hunter2",
    );
    const response = await sendRaw(port, sent);
    const lines = log.slice(before);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(
      new RegExp(
        `info  request method=POST path=/v1/spend status=200 ms=\\d+ request=${response.headers.get("x-request-id")}\n`,
      ),
    );
    expect(lines[0]).not.toContain("hunter2");
  });
  test("names the error of a failed request, and cuts endless paths", async () => {
    await request("GET", `/${"x".repeat(5000)}`);
    expect(log.at(-1)).toContain("error=route_not_found");
    expect(log.at(-1)?.length).toBeLessThan(400);
  });
});

describe("unknown paths and wrong methods", () => {
  test("an unknown path is a 404 that lists what there is", async () => {
    const response = await request("GET", "/nowhere");
    expect(response.status).toBe(404);
    expect(errorOf(response)).toMatchObject({ code: "unknown_url", param: null });
    expect(errorOf(response).message).toContain("GET /v1/models, ");
  });

  test("a known path with another method is a 405 that names the right ones", async () => {
    const cases = {
      "/v1/spend": "POST, OPTIONS",
      "/v1/models/a/b": "GET, HEAD, OPTIONS",
      "/v1/models/": "GET, HEAD, OPTIONS",
    };
    for (const [path, allow] of Object.entries(cases)) {
      const response = await request("PATCH", path);
      expect(response.status).toBe(405);
      expect(response.headers.get("allow")).toBe(allow);
      expect(errorOf(response).code).toBe("method_not_supported");
    }
  });

  test("OPTIONS outside CORS tells the methods", async () => {
    const response = await request("OPTIONS", "/v1/spend");
    expect(response.status).toBe(204);
    expect(response.headers.get("allow")).toBe("POST, OPTIONS");
    expect((await request("OPTIONS", "/nowhere")).status).toBe(404);
  });

  test("HEAD answers as GET without the body, and is a 405 where there is no GET", async () => {
    const get = await fetch(`${url}/v1/models`);
    const headOnly = await fetch(`${url}/v1/models`, { method: "HEAD" });
    expect(headOnly.status).toBe(200);
    expect(headOnly.headers.get("content-length")).toBe(String((await get.text()).length));
    expect(headOnly.headers.get("content-type")).toBe(get.headers.get("content-type"));
    expect(await headOnly.text()).toBe("");
    expect((await fetch(`${url}/v1/spend`, { method: "HEAD" })).status).toBe(405);
  });

  test("HEAD on an endless feed ends with its headers", async () => {
    const response = await fetch(`${url}/health/events`, { method: "HEAD" });
    expect(response.headers.get("content-type")).toBe("text/event-stream");
  });
});

describe("failures", () => {
  test("a field of the wrong type is a 400 with its path, what it is and what it may be", async () => {
    const response = await sendRaw(
      port,
      post(port, '{"messages":[{"content":5}]}').replace("/v1/spend", "/v1/checked"),
    );
    expect(response.status).toBe(400);
    expect(errorOf(response)).toMatchObject({
      param: "messages[0].content",
      message: "Invalid type for 'messages[0].content': expected a string, but got the number 5.",
    });
  });

  test("a schema of Elysia's own is reported the same way", async () => {
    const response = await request("GET", "/v1/typed?limit=x");
    expect(response.status).toBe(400);
    expect(errorOf(response)).toMatchObject({ code: null, param: "limit" });
  });

  test("an unexpected error is a 500 without its text; the log has it with the stack, under the same id", async () => {
    const before = log.length;
    const response = await request("GET", "/v1/broken");
    expect(response.status).toBe(500);
    expect(errorOf(response)).toMatchObject({ code: "internal_error" });
    expect(response.body).not.toMatch(/ENOENT|someone|harness/);
    const lines = log.slice(before).join("");
    expect(lines).toContain("ENOENT: no such file /home/someone/.secret");
    expect(lines).toContain("harness.ts");
    expect(lines).toContain(`internal error request=${response.headers.get("x-request-id")}`);
  });
});
