import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { errorOf, head, post, sendRaw, startServer } from "../harness.ts";

const ALLOWED = "http://app.example:3000";
const server = startServer({
  config: {
    allowedOrigins: [
      "HTTP://App.example:3000/",
      "app://obsidian.md",
      "file://",
      "tauri://localhost",
      "vscode-webview://*",
      "https://*.example.com",
      "http://localhost:*",
    ],
  },
});
const { port, spent } = server;
afterAll(() => server.stop(0));
afterEach(() => spent.splice(0));

const spendWith = (...headers: string[]) => sendRaw(port, post(port, "{}", ...headers));
const getWith = (...headers: string[]) =>
  sendRaw(port, head("GET /v1/models HTTP/1.1", `Host: 127.0.0.1:${port}`, ...headers));

describe("programs that are no web page pass", () => {
  const cases: Record<string, string[]> = {
    "no Origin at all": [],
    "Sec-Fetch-Site: none": ["Sec-Fetch-Site: none"],
    "only Sec-Fetch-Mode, as Node's fetch sends": ["Sec-Fetch-Mode: cors"],
    "a page of the server's own": [`Origin: http://127.0.0.1:${port}`, "Sec-Fetch-Site: same-origin"],
    "an allowed origin": [`Origin: ${ALLOWED}`, "Sec-Fetch-Site: cross-site"],
    "an allowed desktop app": ["Origin: app://obsidian.md", "Sec-Fetch-Site: cross-site"],
    "an allowed file origin": ["Origin: file://"],
    "an app of Tauri": ["Origin: tauri://localhost", "Sec-Fetch-Site: cross-site"],
    "any view of an allowed scheme": ["Origin: vscode-webview://0f3a9b2c11d4e5f6", "Sec-Fetch-Site: cross-site"],
    "what is below an allowed domain": ["Origin: https://a.b.example.com", "Sec-Fetch-Site: cross-site"],
    "any allowed port of this machine": ["Origin: http://localhost:5173", "Sec-Fetch-Site: same-site"],
    "an allowed name of this machine without a port": ["Origin: http://localhost"],
  };
  for (const [name, headers] of Object.entries(cases)) {
    test(name, async () => {
      expect((await spendWith(...headers)).status).toBe(200);
      expect(spent).toHaveLength(1);
    });
  }
  test("our own origin on the scheme's default port, written or not", async () => {
    const ask = (host: string, origin: string) =>
      sendRaw(port, head("GET /v1/models HTTP/1.1", `Host: ${host}`, `Origin: ${origin}`));
    expect((await ask("localhost:80", "http://localhost")).status).toBe(200);
    expect((await ask("localhost", "https://localhost")).status).toBe(200);
    expect((await ask("127.0.0.1", "http://127.0.0.1:8080")).status).toBe(403);
  });
});

describe("foreign pages are refused and spend nothing", () => {
  const cases: Record<string, string[]> = {
    "another site": ["Origin: https://evil.example"],
    "another port of this machine": ["Origin: http://127.0.0.1:3000"],
    "another scheme of this machine": ["Origin: https://localhost:3000"],
    "another name of this machine": [`Origin: http://app.localhost:${port}`],
    "the opaque origin": ["Origin: null"],
    "the domain that is only allowed below": ["Origin: https://example.com"],
    "a name that only ends like it": ["Origin: https://evilexample.com"],
    "a name that goes on behind it": ["Origin: https://a.example.com.evil.example"],
    "another port below an allowed domain": ["Origin: https://a.example.com:8443"],
    "another scheme below an allowed domain": ["Origin: http://a.example.com"],
    "the pattern itself": ["Origin: https://*.example.com"],
    "two views of an allowed scheme": ["Origin: vscode-webview://a, https://evil.example"],
    "a scheme that only begins like it": ["Origin: vscode-webviewx://a"],
    "an unlisted desktop app": ["Origin: app://other"],
    "a scheme that only looks like ours": [`Origin: app://127.0.0.1:${port}`],
    "two Origins": [`Origin: ${ALLOWED}`, "Origin: https://evil.example"],
    "an allowed origin with something appended": [`Origin: ${ALLOWED}.evil.example`],
    "an empty Origin": ["Origin:"],
    "our own Origin on what the browser calls cross-site": [
      `Origin: http://127.0.0.1:${port}`,
      "Sec-Fetch-Site: cross-site",
    ],
    "cross-site without Origin": ["Sec-Fetch-Site: cross-site"],
    "same-site without Origin": ["Sec-Fetch-Site: same-site"],
    "an unknown Sec-Fetch-Site": ["Sec-Fetch-Site: none, cross-site"],
    "a form post": ["Origin: https://evil.example", "Content-Type: application/x-www-form-urlencoded"],
  };
  for (const [name, headers] of Object.entries(cases)) {
    test(name, async () => {
      const response = await spendWith(...headers);
      expect(response.status).toBe(403);
      expect(errorOf(response).code).toBe("origin_refused");
      expect(response.headers.has("access-control-allow-origin")).toBe(false);
      expect(spent).toEqual([]);
    });
  }

  test("an <img> or no-cors GET of another site", async () => {
    const response = await getWith("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image");
    expect(response.status).toBe(403);
  });

  test("the refusal names the flag and the origin", async () => {
    expect(errorOf(await spendWith("Origin: http://127.0.0.1:3000")).message).toContain(
      "--allow-origin http://127.0.0.1:3000.",
    );
  });
});

describe("CORS", () => {
  const preflight = (origin: string, ...headers: string[]) =>
    sendRaw(
      port,
      head(
        "OPTIONS /v1/spend HTTP/1.1",
        `Host: 127.0.0.1:${port}`,
        `Origin: ${origin}`,
        "Access-Control-Request-Method: POST",
        ...headers,
      ),
    );

  test("an allowed origin's preflight echoes what it asks for, and nothing is a wildcard", async () => {
    const { status, headers } = await preflight(
      ALLOWED,
      "Access-Control-Request-Headers: authorization,x-stainless-os",
    );
    expect(status).toBe(204);
    expect(headers.get("access-control-allow-origin")).toBe(ALLOWED);
    expect(headers.get("access-control-allow-headers")).toBe("authorization,x-stainless-os");
    expect(headers.get("access-control-allow-methods")).toBe("GET, POST, DELETE, OPTIONS");
    expect(headers.get("vary")).toContain("Origin");
    expect(headers.has("access-control-allow-private-network")).toBe(false);
    expect([...headers.values()]).not.toContain("*");
  });

  test.each(["vscode-webview://0f3a", "https://a.example.com", "http://localhost:5173", "file://"])(
    "what a pattern allows is echoed as it is, never the pattern: %s",
    async (origin) => {
      const asked = await preflight(origin, "Access-Control-Request-Private-Network: true");
      expect([asked.status, asked.headers.get("access-control-allow-origin")]).toEqual([204, origin]);
      expect((await getWith(`Origin: ${origin}`)).headers.get("access-control-allow-origin")).toBe(origin);
    },
  );

  test("the opaque origin is echoed as null where it is allowed, and then a key keeps others out", async () => {
    const open = startServer({ config: { allowedOrigins: ["null"], apiKeys: ["right-key"] } });
    const ask = (...headers: string[]) =>
      sendRaw(open.port, head("GET /v1/models HTTP/1.1", "Host: localhost", "Origin: null", ...headers));
    const [keyed, bare] = [await ask("x-api-key: right-key", "Sec-Fetch-Site: cross-site"), await ask()];
    await open.stop(0);
    expect([keyed.status, bare.status]).toEqual([200, 401]);
    expect(keyed.headers.get("access-control-allow-origin")).toBe("null");
  });

  test("private-network access is granted when an allowed origin asks", async () => {
    const { headers } = await preflight(ALLOWED, "Access-Control-Request-Private-Network: true");
    expect(headers.get("access-control-allow-private-network")).toBe("true");
  });

  test("a foreign origin's preflight is refused without a CORS header", async () => {
    const { status, headers } = await preflight("https://evil.example", "Access-Control-Request-Private-Network: true");
    expect(status).toBe(403);
    expect([...headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  });

  test("an allowed origin may read the answer, its errors and our headers", async () => {
    const fine = await getWith(`Origin: ${ALLOWED}`);
    expect(fine.headers.get("access-control-allow-origin")).toBe(ALLOWED);
    expect(fine.headers.get("access-control-expose-headers")).toBe("request-id, x-request-id");
    const failed = await sendRaw(
      port,
      head("GET /v1/models/none HTTP/1.1", `Host: 127.0.0.1:${port}`, `Origin: ${ALLOWED}`),
    );
    expect(failed.status).toBe(404);
    expect(failed.headers.get("access-control-allow-origin")).toBe(ALLOWED);
  });

  test("programs that send no Origin get no CORS header, but caches learn that the answer depends on it", async () => {
    const { headers } = await getWith();
    expect(headers.has("access-control-allow-origin")).toBe(false);
    expect(headers.get("vary")).toBe("Origin");
  });
});
