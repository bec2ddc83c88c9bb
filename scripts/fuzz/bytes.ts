import { connect } from "node:net";
import type { Random } from "../soak/random.ts";
import type { Answer } from "./judge.ts";

const BODY = '{"model":"claude-sonnet-4","messages":[{"role":"user","content":"hi"}]}';

/** What a client writes that does not speak HTTP as it should. */
export function drawBytes(random: Random): Buffer {
  const path = random.pick([
    "/v1/chat/completions",
    "/v1/models",
    "/health",
    "//",
    "*",
    "/v1/../x",
    "http://localhost/health",
  ]);
  const lines = [
    `${random.pick(["GET", "POST", "get", "BREW", "CONNECT", ""])} ${path} HTTP/${random.pick(["1.1", "1.1", "1.0", "2.0", "x"])}`,
    random.pick(["Host: localhost", "Host: localhost", "Host: evil.example", "Host:", "X: y"]),
    "Content-Type: application/json",
    random.pick([
      `Content-Length: ${BODY.length}`,
      "Content-Length: -1",
      "Content-Length: 5, 6",
      "Transfer-Encoding: chunked",
      "X-Y: z",
    ]),
  ];
  if (random.chance(0.1)) lines.push(`Cookie: ${"c".repeat(random.pick([10_000, 100_000, 300_000]))}`);
  const ending = random.pick(["\r\n", "\r\n", "\r\n", "\n"]);
  const chunked = `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`;
  const body = random.pick([BODY, chunked, "zz\r\nx\r\n", ""]);
  const bytes = Buffer.from(`${lines.join(ending)}${ending}${ending}${body}`);
  for (let flips = random.pick([0, 0, 1, 3]); flips > 0; flips--) {
    bytes[random.between(0, bytes.length - 1)] = random.between(0, 255);
  }
  return random.chance(0.2) ? bytes.subarray(0, random.between(0, bytes.length)) : bytes;
}

/** A frame of a WebSocket as it should not be, and what opens one before it. */
export function drawFrames(random: Random): Buffer {
  const asking = [
    "GET /v1/responses HTTP/1.1",
    "Host: localhost",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  ];
  const frames = Array.from({ length: random.between(1, 4) }, () => {
    const payload = Buffer.from(
      random.pick(['{"type":"response.create"}', "\u0000", "{", "[]", '{"type":{"toString":1}}', "x".repeat(500)]),
    );
    const first = random.pick([0x81, 0x81, 0x82, 0x01, 0x80, 0x88, 0x89, 0x8a, 0xf1, 0x83, random.between(0, 255)]);
    const mask = random.chance(0.9) ? 0x80 : 0;
    if (payload.length < 126) {
      return Buffer.concat([Buffer.from([first, mask | payload.length]), Buffer.alloc(mask ? 4 : 0), payload]);
    }
    const length = random.chance(0.8) ? payload.length : random.between(0, 65_535);
    return Buffer.concat([
      Buffer.from([first, mask | 126, length >> 8, length & 255]),
      Buffer.alloc(mask ? 4 : 0),
      payload,
    ]);
  });
  return Buffer.concat([Buffer.from(`${asking.join("\r\n")}\r\n\r\n`), ...frames]);
}

/** Writes the bytes, and reads what comes first: undefined where nothing comes within the time, or the connection closes. */
export function sendBytes(port: number, bytes: Buffer, waitMs: number): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let received = "";
    const end = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answerIn(received));
    };
    const timer = setTimeout(end, waitMs);
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      const length = /content-length: (\d+)/i.exec(received)?.[1];
      const head = received.indexOf("\r\n\r\n");
      if (head !== -1 && length !== undefined && received.length >= head + 4 + Number(length)) end();
    });
    socket.on("error", () => {});
    socket.on("close", end);
    socket.write(bytes);
  });
}

function answerIn(received: string): Answer | undefined {
  const head = received.indexOf("\r\n\r\n");
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(received)?.[1]);
  if (head === -1 || !(status >= 200)) return undefined;
  const lines = received.slice(0, head).split("\r\n").slice(1);
  const headers = new Map(
    lines.map((line) => [line.split(":")[0]?.toLowerCase() ?? "", line.slice(line.indexOf(":") + 1).trim()]),
  );
  const length = headers.get("content-length");
  const body = received.slice(head + 4, length === undefined ? undefined : head + 4 + Number(length));
  return { status, headers: { get: (name) => headers.get(name) ?? null }, body };
}
