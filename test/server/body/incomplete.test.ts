import { afterAll, expect, test } from "bun:test";
import { once } from "node:events";
import { connect } from "node:net";
import { Elysia } from "elysia";
import { UpgradeResponse } from "../../../src/api/answer/socket.ts";
import { BodyRoom } from "../../../src/server/body/body-room.ts";
import { readJsonBody } from "../../../src/server/body/read-body.ts";
import {
  MAX_BODIES_BYTES,
  MAX_BODY_BYTES,
  MAX_REQUESTS,
  MAX_SOCKETS,
  maxMessageBytes,
} from "../../../src/server/limits.ts";
import { openSocket } from "../../support/socket.ts";
import { errorOf, head, startServer } from "../harness.ts";

const asked = { began: Promise.withResolvers<void>(), left: Promise.withResolvers<void>() };
const slowRoute = new Elysia().post("/v1/slow", async ({ request }) => {
  request.signal.addEventListener("abort", () => asked.left.resolve());
  asked.began.resolve();
  await asked.left.promise;
});
const silent = { receive() {}, stop() {}, closed() {} };
const socketRoute = new Elysia().get("/v1/responses", () => new UpgradeResponse(() => silent));
const server = startServer({ routes: [socketRoute, slowRoute] });
afterAll(() => server.stop(0));

/** A body whose pieces come at intervals, and whose end never comes. */
function trickle(pieces: readonly string[], everyMs: number) {
  let next = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      await Bun.sleep(next === 0 ? 0 : everyMs);
      const piece = pieces[next++];
      if (piece === undefined) await new Promise(() => {});
      controller.enqueue(Buffer.from(piece ?? ""));
    },
  });
}
const read = (body: ReadableStream, pace: { pauseMs: number; bytesPerSecond: number }) => {
  const request = new Request("http://localhost/v1/spend", { method: "POST", body });
  return readJsonBody(request, new BodyRoom(MAX_BODIES_BYTES).part(), MAX_BODY_BYTES, pace);
};

test("a body that stops is given up after the pause that it may make, and one that trickles by its pace", async () => {
  const given = { code: "request_incomplete" };
  expect(read(trickle(['{"a":'], 0), { pauseMs: 20, bytesPerSecond: 1 })).rejects.toMatchObject(given);
  const endless = Array.from({ length: 10_000 }, () => "1");
  await expect(read(trickle(endless, 5), { pauseMs: 50, bytesPerSecond: 100_000 })).rejects.toMatchObject(given);
});

test("what waits for room is not late: only the time counts in which the client is waited for", async () => {
  const room = new BodyRoom(MAX_BODY_BYTES);
  const first = room.part();
  await first.take(MAX_BODY_BYTES, new AbortController().signal);
  const text = JSON.stringify("x".repeat(2_000_000));
  const request = new Request("http://localhost/v1/spend", { method: "POST", body: text });
  const reading = readJsonBody(request, room.part(), MAX_BODY_BYTES, { pauseMs: 50, bytesPerSecond: 1e9 });
  await Bun.sleep(120);
  first.end();
  expect(await reading).toHaveLength(2_000_000);
});

test("a client that closes its side of the connection, if only for sending, has left: what it asked is given up", async () => {
  const socket = connect({ port: server.port, host: "127.0.0.1", allowHalfOpen: true });
  socket.resume();
  socket.write(`${head("POST /v1/slow HTTP/1.1", "Host: localhost", "Content-Length: 2")}{}`);
  await asked.began.promise;
  socket.end();
  await asked.left.promise;
  await once(socket, "close");
});

test("small bodies under way take room like large ones once they are too many", () => {
  const room = new BodyRoom(100, 10);
  const [one, two] = [room.part(), room.part()];
  expect([one.grow(6), two.grow(4), two.grow(1)]).toEqual([false, false, true]);
  one.cameWhole();
  expect(two.grow(1)).toBe(false);
  two.end();
  expect(room.part().grow(10)).toBe(false);
});

test("beyond as many requests as may be under way, one is told to come back", async () => {
  const request = new Request(`${server.url}/v1/models`, { headers: { host: "localhost" } });
  server.handler.register(request, { address: undefined, pending: MAX_REQUESTS + 1, onAnswered: () => {} });
  const response = await server.handler.handle(request, () => Promise.reject(new Error("was routed")));
  expect([response.status, response.headers.get("retry-after")]).toEqual([429, "5"]);
  expect(errorOf({ body: await response.text() })).toMatchObject({ code: "queue_full" });
});

test("whoever opens many WebSockets may send smaller messages on each", async () => {
  expect([1, 8, MAX_SOCKETS].map(maxMessageBytes)).toEqual([MAX_BODY_BYTES, MAX_BODY_BYTES, 8 * 1024 * 1024]);
  const half = async () => {
    const socket = connect(server.port, "127.0.0.1");
    socket.on("error", () => {});
    const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    const asking = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", key];
    socket.write(head("GET /v1/responses HTTP/1.1", "Host: localhost", ...asking));
    await once(socket, "data");
    const frame = Buffer.from([0x81, 0xff, ...Array(12).fill(0)]);
    frame.writeBigUInt64BE(BigInt(20 * 1024 * 1024), 2);
    socket.write(frame);
    return socket;
  };
  const alone = await half();
  alone.destroy();
  await once(alone, "close");
  const many = await Promise.all(Array.from({ length: 40 }, () => openSocket(server.url)));
  await once(await half(), "close");
  for (const socket of many) socket.close();
  await Promise.all(many.map(({ closed }) => closed));
});
