import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { errorOf, head, post, sendRaw, startServer } from "../harness.ts";

const server = startServer({
  config: { apiKeys: ["first-key", "second-key"], allowedOrigins: ["http://app.example"] },
});
const { port, spent } = server;
afterAll(() => server.stop(0));
afterEach(() => spent.splice(0));

describe("a configured key, or none of it", () => {
  const accepted: Record<string, string[]> = {
    "the first, as a bearer": ["Authorization: Bearer first-key"],
    "the second, as a bearer": ["Authorization: bearer  second-key"],
    "as a bearer, in any case": ["authorization: BEARER\tfirst-key"],
    "as a bearer twice, as it is pasted": ["Authorization: Bearer Bearer first-key"],
    "without a scheme": ["Authorization: first-key"],
    "as x-api-key": ["X-API-Key: second-key"],
    "as Azure's api-key": ["api-key: second-key"],
    "as x-goog-api-key": ["X-Goog-Api-Key: second-key"],
    "as x-api-key beside a bearer of something else": ["Authorization: Bearer other", "x-api-key: first-key"],
  };
  for (const [name, headers] of Object.entries(accepted)) {
    test(`accepted: ${name}`, async () => {
      expect((await sendRaw(port, post(port, "{}", ...headers))).status).toBe(200);
      expect(spent).toEqual([{}]);
    });
  }

  const refused: Record<string, string[]> = {
    "no key": [],
    "an empty one": ["Authorization: Bearer ", "x-api-key:"],
    "a prefix of one": ["Authorization: Bearer first-ke"],
    "one with something appended": ["Authorization: Bearer first-keyy"],
    "another case": ["Authorization: Bearer FIRST-KEY"],
    "both at once": ["Authorization: Bearer first-key, second-key"],
    "two Authorization headers": ["Authorization: Bearer first-key", "Authorization: Bearer other"],
    "another scheme": ["Authorization: Basic first-key"],
    "in a cookie": ["Cookie: x-api-key=first-key"],
  };
  for (const [name, headers] of Object.entries(refused)) {
    test(`refused: ${name}`, async () => {
      const response = await sendRaw(port, post(port, "{}", ...headers));
      expect(response.status).toBe(401);
      expect(errorOf(response).code).toBe("invalid_api_key");
      expect(response.headers.get("www-authenticate")).toBe("Bearer");
      expect(response.body).not.toContain("first-key");
      expect(spent).toEqual([]);
    });
  }

  test.each(["key", "api_key", "api-key"])("a key in the query as %s; the query is not logged", async (name) => {
    const status = async (key: string) =>
      (await sendRaw(port, head(`GET /v1/models?a=b&${name}=${key} HTTP/1.1`, "Host: localhost"))).status;
    expect([await status("first-key"), await status("first-ke"), await status("")]).toEqual([200, 401, 401]);
    expect(server.log.join("")).not.toContain("first-ke");
  });

  test("unknown paths tell nothing without a key", async () => {
    expect((await sendRaw(port, head("GET /nowhere HTTP/1.1", "Host: localhost"))).status).toBe(401);
  });
});

test("an allowed origin's preflight needs no key, and its refused request can be read", async () => {
  const origin = ["Host: localhost", "Origin: http://app.example"];
  const asked = await sendRaw(
    port,
    head("OPTIONS /v1/spend HTTP/1.1", ...origin, "Access-Control-Request-Method: POST"),
  );
  expect(asked.status).toBe(204);
  const refused = await sendRaw(port, head("GET /v1/models HTTP/1.1", ...origin));
  expect(refused.status).toBe(401);
  expect(refused.headers.get("access-control-allow-origin")).toBe("http://app.example");
});

test("the Host's form and the Origin are checked before the key", async () => {
  const key = "Authorization: Bearer first-key";
  expect((await sendRaw(port, head("GET /v1/models HTTP/1.1", "Host: localhost, evil.example", key))).status).toBe(403);
  expect((await sendRaw(port, post(port, "{}", key, "Origin: https://evil.example"))).status).toBe(403);
});

describe("/health with keys configured", () => {
  const health = (...headers: string[]) => sendRaw(port, head("GET /health HTTP/1.1", "Host: localhost", ...headers));

  test("a probe without a key learns the status and the name, and nothing else", async () => {
    const response = await health();
    expect(response.status).toBe(200);
    expect(JSON.parse(response.body)).toEqual({ status: "ok", name: "claude-max-api" });
  });
  test("with the key it tells everything, with a wrong one nothing", async () => {
    expect(JSON.parse((await health("Authorization: Bearer first-key")).body)).toHaveProperty("workers");
    expect((await health("Authorization: Bearer wrong")).status).toBe(401);
  });
  test("its feed needs the key", async () => {
    expect((await sendRaw(port, head("GET /health/events HTTP/1.1", "Host: localhost"))).status).toBe(401);
  });
});

test("without configured keys any key is accepted", async () => {
  const open = startServer();
  const response = await sendRaw(open.port, post(open.port, "{}", "Authorization: Bearer sk-whatever"));
  await open.stop(0);
  expect(response.status).toBe(200);
});
