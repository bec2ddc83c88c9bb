import { afterAll, describe, expect, test } from "bun:test";
import { errorOf, head, sendRaw, startServer } from "../harness.ts";

const server = startServer({
  config: { allowedHosts: ["NAS.local", "proxy.lan:8443", "tls.lan:443"], machineName: "Studio.corp.example" },
});
afterAll(() => server.stop(0));

const statusFor = async (...lines: string[]) => (await sendRaw(server.port, head(...lines))).status;
const get = (host: string) => statusFor("GET /v1/models HTTP/1.1", `Host: ${host}`);

describe("names of this machine reach the server", () => {
  for (const host of [
    "127.0.0.1",
    "127.0.0.1:3456",
    "127.8.9.10",
    "localhost",
    "LocalHost:1",
    "localhost.",
    "claude.localhost:3456",
    "[::1]:3456",
    "nas.local",
    "NAS.LOCAL.:9",
    "proxy.lan:8443",
    "tls.lan",
    "host.docker.internal:3456",
    "gateway.docker.internal",
    "host.containers.internal",
    "host.orb.internal",
    "HOST.lima.internal",
    "studio:3456",
    "studio.local",
  ]) {
    test(host, async () => expect(await get(host)).toBe(200));
  }
});

describe("every other Host is refused as DNS rebinding", () => {
  for (const host of [
    "evil.example",
    `evil.example:${server.port}`,
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "evil-localhost",
    "evil.internal",
    "host.docker.internal.evil.example",
    "studio.corp.example",
    "192.168.1.5",
    "0.0.0.0",
    "[::]",
    "169.254.169.254",
    "proxy.lan",
    "proxy.lan:1",
    "localhost, evil.example",
    "localhost@evil.example",
    "user@localhost",
    "localhost/evil",
    "local host",
    "%6cocalhost",
    "localhost:99999",
    "localhost:",
    "l\u00f6calhost",
    "",
  ]) {
    test(JSON.stringify(host), async () => {
      const response = await sendRaw(server.port, head("GET /v1/models HTTP/1.1", `Host: ${host}`));
      expect(response.status).toBe(403);
      expect(errorOf(response).code).toBe("host_refused");
    });
  }

  test("two Host headers, whichever comes first", async () => {
    expect(await statusFor("GET /v1/models HTTP/1.1", "Host: localhost", "Host: evil.example")).toBe(403);
    expect(await statusFor("GET /v1/models HTTP/1.1", "Host: evil.example", "Host: localhost")).toBe(403);
  });

  test("HTTP/1.0 without Host", async () => {
    expect(await statusFor("GET /v1/models HTTP/1.0")).toBe(403);
  });

  test("an absolute-form target does not stand in for the Host header", async () => {
    expect(await statusFor("GET http://localhost/v1/models HTTP/1.1", "Host: evil.example")).toBe(403);
  });

  test("the refusal names the flag that opens the server to that name", async () => {
    const response = await sendRaw(server.port, head("GET /health HTTP/1.1", "Host: box.lan:3456"));
    expect(errorOf(response).message).toContain("--allowed-host box.lan.");
  });
});

describe("what Bun itself refuses with a bare 400 never reaches the server", () => {
  const cases: Record<string, string[]> = {
    "HTTP/1.1 without Host": ["GET /v1/models HTTP/1.1"],
    "a folded header line": ["GET /v1/models HTTP/1.1", "X: y", " Host: evil.example", "Host: localhost"],
    "a space before the colon": ["GET /v1/models HTTP/1.1", "Host : localhost"],
    "a NUL in the Host": ["GET /v1/models HTTP/1.1", "Host: local\0host"],
    "a target that is no path": ["GET v1/models HTTP/1.1", "Host: localhost"],
    "an asterisk target": ["OPTIONS * HTTP/1.1", "Host: localhost"],
    "Content-Length beside Transfer-Encoding": [
      "POST /v1/spend HTTP/1.1",
      "Host: localhost",
      "Content-Length: 5",
      "Transfer-Encoding: chunked",
    ],
    "two Content-Lengths": ["POST /v1/spend HTTP/1.1", "Host: localhost", "Content-Length: 2", "Content-Length: 3"],
    "a negative Content-Length": ["POST /v1/spend HTTP/1.1", "Host: localhost", "Content-Length: -2"],
  };
  for (const [name, lines] of Object.entries(cases)) {
    test(name, async () => {
      const logged = server.log.length;
      const response = await sendRaw(server.port, head(...lines));
      expect(response).toMatchObject({ status: 400, body: "" });
      expect(server.log.length).toBe(logged);
    });
  }

  test("a method of another protocol gets a refusal, not a crash", async () => {
    expect(await statusFor("CONNECT localhost:80 HTTP/1.1", "Host: evil.example")).toBe(403);
    expect(await statusFor("CONNECT localhost:80 HTTP/1.1", "Host: localhost")).toBe(404);
    expect(await statusFor("TRACE /v1/models HTTP/1.1", "Host: localhost")).toBe(405);
  });
});

describe("a server that wants a key", () => {
  const keyed = startServer({ config: { apiKeys: ["k"] } });
  afterAll(() => keyed.stop(0));
  const ask = async (host: string, ...more: string[]) =>
    (await sendRaw(keyed.port, head("GET /v1/models HTTP/1.1", `Host: ${host}`, ...more))).status;

  test.each(["192.168.1.5:3456", "[fe80::1]:3456", "box.lan", "evil.example"])(
    "answers to %s, since a page that rebinds has no key",
    async (host) => {
      expect(await ask(host, "Authorization: Bearer k")).toBe(200);
      expect(await ask(host)).toBe(401);
    },
  );
  test("still wants a Host header that is one name", async () => {
    expect(await ask("localhost, evil.example", "Authorization: Bearer k")).toBe(403);
  });
});

test("a short host name does not shift the path", async () => {
  const short = startServer({ config: { allowedHosts: ["a"] } });
  const response = await sendRaw(short.port, head("GET /v1/models HTTP/1.1", "Host: a"));
  await short.stop(0);
  expect(response.status).toBe(200);
});

test("a refused host is logged once, with the flag that would let it in", async () => {
  const strict = startServer();
  for (const host of ["nas.lan", "nas.lan", "box.lan"]) {
    await sendRaw(strict.port, head("GET /v1/models HTTP/1.1", `Host: ${host}`));
  }
  await strict.stop(0);
  const warnings = strict.log.filter((line) => / warn /.test(line));
  expect(warnings).toEqual([
    expect.stringContaining("--allowed-host nas.lan"),
    expect.stringContaining("--allowed-host box.lan"),
  ]);
});
