import { afterEach, describe, expect, test } from "bun:test";
import { networkInterfaces } from "node:os";
import type { TLSSocket } from "node:tls";
import { gzipSync } from "node:zlib";
import { ApiError } from "../../src/core/error.ts";
import { createImageFetcher, type ImageFetcherOptions } from "../../src/media/fetch-image.ts";
import { createHttpsGet } from "../../src/media/https-get.ts";
import { until } from "../support/wait.ts";
import { CERTIFICATE } from "./certificate.ts";
import { alone, GIF, NOT_FOUND } from "./made-up-internet.ts";
import { drip, type LoopbackServer, respond, startTcpServer, startTlsServer, writeForever } from "./tls-server.ts";

// Real TLS over loopback, which is allowed here only by what the options say.

const servers: LoopbackServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});
const keep = (server: LoopbackServer) => {
  servers.push(server);
  return server;
};
const tlsServer = async (answer: (socket: TLSSocket, head: string) => void, address?: string) =>
  keep(await startTlsServer(answer, address));
const tcpServer = async (greet?: Parameters<typeof startTcpServer>[0]) => keep(await startTcpServer(greet));

const withGif = (socket: TLSSocket) => respond(socket, 200, [`Content-Length: ${GIF.length}`], GIF);
const withHead = (...headers: string[]) => ["HTTP/1.1 200 OK", ...headers, "", ""].join("\r\n");

function fetchFrom(server: LoopbackServer, options: Partial<ImageFetcherOptions> = {}, signal?: AbortSignal) {
  const fetchImage = createImageFetcher({
    resolve: async () => ["127.0.0.1"],
    request: createHttpsGet(CERTIFICATE),
    isAllowedAddress: () => true,
    port: server.port,
    ...options,
  });
  return (host = "images.test") =>
    fetchImage(`https://${host}:${server.port}/a.gif?size=2#part`, {
      ...alone(),
      ...(signal === undefined ? {} : { signal }),
    });
}

async function refusalOf(fetching: Promise<unknown>): Promise<string> {
  const error = await fetching.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ApiError)) throw new Error("was not refused by an ApiError", { cause: error });
  expect(error).toMatchObject({ code: "invalid_request", param: "p" });
  return error.message;
}

test("the connection goes to the checked address, in the name of the host, and tells nothing that was not needed", async () => {
  const server = await tlsServer(withGif);
  // No name server knows images.test: had the name been looked up again, this would fail.
  expect(await fetchFrom(server)()).toEqual({ mediaType: "image/gif", base64: Buffer.from(GIF).toString("base64") });
  const [{ servername, head } = { servername: null, head: "" }] = server.received;
  expect(servername).toBe("images.test");
  const [line, ...headers] = head.trimEnd().split("\r\n");
  expect(line).toBe("GET /a.gif?size=2 HTTP/1.1");
  expect(headers.map((header) => header.toLowerCase()).sort()).toEqual([
    "accept-encoding: identity",
    "accept: image/png, image/jpeg, image/gif, image/webp",
    "connection: close",
    `host: images.test:${server.port}`,
    "user-agent: claude-max-api",
  ]);
  await until(() => server.open() === 0, "the connection to be closed");
});

test("two hosts at one address get connections of their own, each under its name", async () => {
  const server = await tlsServer(withGif);
  await fetchFrom(server)("images.test");
  await fetchFrom(server)("other.test");
  await fetchFrom(server)("other.test.");
  expect(server.received.map(({ servername }) => servername)).toEqual(["images.test", "other.test", "other.test"]);
  expect(server.accepted()).toBe(3);
});

describe("an IP address as the host is held against the addresses of the certificate", () => {
  test("IPv4", async () => {
    const server = await tlsServer(withGif);
    expect((await fetchFrom(server)("127.0.0.1")).mediaType).toBe("image/gif");
    expect(server.received.map(({ servername }) => servername || undefined)).toEqual([undefined]);
  });

  // Only Linux answers at all of 127/8.
  test.if(process.platform === "linux")("IPv4 that the certificate does not name", async () => {
    const server = await tlsServer(withGif, "0.0.0.0");
    expect(await refusalOf(fetchFrom(server)("127.0.0.2"))).toContain("No connection to the host");
    expect(server.received).toEqual([]);
  });

  const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some(({ address }) => address === "::1"),
  );
  test.if(hasIpv6)("IPv6", async () => {
    const server = await tlsServer(withGif, "::1");
    expect((await fetchFrom(server)("[::1]")).mediaType).toBe("image/gif");
  });
});

describe("no request is sent when the certificate", () => {
  test("is for another host", async () => {
    const server = await tlsServer(withGif);
    expect(await refusalOf(fetchFrom(server)("wrong.test"))).toContain("(ERR_TLS_CERT_ALTNAME_INVALID)");
    expect(server.received).toEqual([]);
  });

  test("is of an authority that nobody trusts", async () => {
    const server = await tlsServer(withGif);
    const message = await refusalOf(fetchFrom(server, { request: createHttpsGet() })());
    expect(message).toMatch(/\((DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+)\)/);
    expect(server.received).toEqual([]);
  });
});

test("with the usual policy no connection is made to loopback, whether the port is open or closed", async () => {
  const server = await tlsServer(withGif);
  const closed = await tcpServer();
  await closed.stop();
  const messages = [];
  for (const { port } of [server, closed]) {
    const fetchImage = createImageFetcher({ resolve: async () => ["127.0.0.1"], port });
    const url = `https://images.test:${port}/`;
    messages.push(await refusalOf(fetchImage(url, alone())));
  }
  expect(messages[0]).toContain(NOT_FOUND);
  expect(messages[0]?.replace(`:${server.port}`, "")).toBe(messages[1]?.replace(`:${closed.port}`, "") ?? "");
  expect(server.accepted()).toBe(0);
});

describe("bodies in every framing", () => {
  test.each<[string, string, string | Uint8Array]>([
    ["of a length", withHead(`Content-Length: ${GIF.length}`), GIF],
    ["up to the connection's end", withHead("Connection: close"), GIF],
    ["in chunks", withHead("Transfer-Encoding: chunked"), "6\r\nGIF89a\r\n4\r\n\x01\0\x01\0\r\n0\r\n\r\n"],
    ["after preliminary answers", `HTTP/1.1 103 Early Hints\r\n\r\n${withHead(`Content-Length: ${GIF.length}`)}`, GIF],
    ["longer than said: the rest is none of it", withHead(`Content-Length: ${GIF.length}`), `GIF89a\x01\0\x01\0more`],
  ])("%s", async (_, head, body) => {
    const server = await tlsServer((socket) => {
      socket.write(head);
      socket.end(body);
    });
    expect(await fetchFrom(server)()).toMatchObject({ base64: Buffer.from(GIF).toString("base64") });
    await until(() => server.open() === 0, "the connection to be closed");
  });
});

describe("an answer that is refused, and its connection closed", () => {
  test.each<[string, (socket: TLSSocket) => void, string]>([
    ["not found", (socket) => respond(socket, 404, [], "nothing here"), "HTTP status 404"],
    ["an endless error", (socket) => writeForever(socket, "HTTP/1.1 500 x\r\n\r\n", "more"), "HTTP status 500"],
    [
      "another protocol",
      (socket) => respond(socket, 101, ["Connection: upgrade", "Upgrade: websocket"]),
      "No connection",
    ],
    [
      "no image",
      (socket) => respond(socket, 200, ["Content-Type: image/gif"], "<html>"),
      "not a PNG, JPEG, GIF or WebP",
    ],
    ["compressed", (socket) => respond(socket, 200, ["Content-Encoding: gzip"], gzipSync(GIF)), "compressed"],
    ["shorter than said", (socket) => respond(socket, 200, ["Content-Length: 100"], GIF), "broke off"],
    [
      "chunks without an end",
      (socket) => respond(socket, 200, ["Transfer-Encoding: chunked"], "6\r\nGIF89a\r\n"),
      "broke off",
    ],
    [
      "too large by its own account",
      (socket) => socket.write(withHead("Content-Length: 1000001")),
      "larger than 1000000 bytes",
    ],
    ["no HTTP", (socket) => socket.end("220 mail.test ESMTP\r\n"), "No connection"],
    ["nothing", (socket) => socket.end(), "No connection"],
    ["endless headers", (socket) => writeForever(socket, "HTTP/1.1 200 OK\r\nx: ", "more"), "No connection"],
    [
      "endless, whatever it says of its length",
      (socket) => writeForever(socket, withHead("Transfer-Encoding: chunked"), "6\r\nGIF89a\r\n"),
      "larger than 1000000 bytes",
    ],
  ])("%s", async (_, answer, reason) => {
    const server = await tlsServer((socket) => void answer(socket.resume()));
    expect(await refusalOf(fetchFrom(server, { maxBytes: 1_000_000 })())).toContain(reason);
    await until(() => server.open() === 0, "the connection to be closed");
  });

  test("plain HTTP on the port", async () => {
    const server = await tcpServer((socket) => respond(socket, 200, []));
    expect(await refusalOf(fetchFrom(server)())).toContain("No connection");
  });

  test("a closed port", async () => {
    const server = await tcpServer();
    await server.stop();
    expect(await refusalOf(fetchFrom(server)())).toContain("(ECONNREFUSED)");
  });
});

const stallsIn = (head: string, more: string) => () => tlsServer((socket) => drip(socket, head, more));
const STALLS: [string, () => Promise<LoopbackServer>][] = [
  ["before TLS", () => tcpServer()],
  ["before the headers", stallsIn("", "")],
  ["within the headers", stallsIn("HTTP/1.1 200 OK\r\nx: ", "G")],
  ["in preliminary answers", stallsIn("", "HTTP/1.1 102 Processing\r\n\r\n")],
  ["in a body without a length", stallsIn(withHead(), "G")],
  ["in a body of a length", stallsIn(withHead("Content-Length: 99999"), "G")],
];

describe.each(STALLS)("a server that stalls %s", (_, start) => {
  test("is given up after the time, and its connection closed", async () => {
    const server = await start();
    expect(await refusalOf(fetchFrom(server, { timeoutMs: 150 })())).toContain("did not arrive within 0.15 seconds");
    await until(() => server.open() === 0, "the connection to be closed");
  });

  test("is left at once when the signal says so, and its connection closed", async () => {
    const server = await start();
    const client = new AbortController();
    const fetching = fetchFrom(server, {}, client.signal)();
    const left = fetching.catch((thrown: unknown) => thrown);
    await until(() => server.accepted() === 1, "the connection");
    // By now it is most likely where it stalls; the rule holds anywhere.
    await Bun.sleep(50);
    const reason = new Error("the client left");
    client.abort(reason);
    expect(await left).toBe(reason);
    await until(() => server.open() === 0, "the connection to be closed");
  });
});

test.each<[string, string[]]>([
  ["without a length", []],
  ["of a length", ["Content-Length: 99999"]],
  ["in chunks", ["Transfer-Encoding: chunked"]],
])("an abort is never taken for the end of a body %s", async (_, headers) => {
  const server = await tlsServer((socket) => drip(socket, withHead(...headers), "1\r\nG\r\n"));
  const client = new AbortController();
  const get = createHttpsGet(CERTIFICATE);
  const { body } = await get(new URL(`https://images.test:${server.port}/`), "127.0.0.1", client.signal);
  const reading = (async () => {
    for await (const _chunk of body) client.abort();
  })();
  await expect(reading).rejects.toThrow(/abort/);
});

test("a redirect is followed over real connections, the first of which is closed unread", async () => {
  const server: LoopbackServer = await tlsServer((socket, head) => {
    socket.resume();
    if (head.startsWith("GET /b.gif ")) return withGif(socket);
    writeForever(
      socket,
      `HTTP/1.1 302 x\r\nLocation: https://other.test:${server.port}/b.gif\r\nSet-Cookie: a=b\r\n\r\n`,
      "more",
    );
  });
  expect((await fetchFrom(server)()).mediaType).toBe("image/gif");
  expect(server.received.map(({ servername }) => servername)).toEqual(["images.test", "other.test"]);
  expect(server.received[1]?.head).not.toMatch(/cookie|referer/i);
  await until(() => server.open() === 0, "the connections to be closed");
});
