import { expect, test } from "bun:test";
import { join } from "node:path";
import { BodyRoom } from "../../../src/server/body/body-room.ts";
import { readJsonBody } from "../../../src/server/body/read-body.ts";
import { MAX_BODIES_BYTES, MAX_BODY_BYTES, MAX_JSON_VALUES } from "../../../src/server/limits.ts";
import { startServer } from "../harness.ts";

const { signal } = new AbortController();

function watched(promise: Promise<void>) {
  const state = { isDone: false, promise };
  void promise.then(() => {
    state.isDone = true;
  });
  return state;
}

test("who finds no room waits until others are answered, the first to come first", async () => {
  const room = new BodyRoom(100);
  const [first, second, third, small] = [room.part(), room.part(), room.part(), room.part()];
  await first.take(60, signal);
  const waiting = watched(second.take(60, signal));
  const behind = watched(third.take(30, signal));
  const small30 = watched(small.take(30, signal));
  await Bun.sleep(0);
  expect([waiting.isDone, behind.isDone, small30.isDone]).toEqual([false, false, false]);
  first.end();
  await Promise.all([waiting.promise, behind.promise]);
  expect([room.taken, small30.isDone]).toEqual([90, false]);
  second.end();
  await small30.promise;
  third.end();
  third.end();
  small.end();
  expect(room.taken).toBe(0);
});

test("what was taken beyond the true size is given back once that is known, and what is asked beyond all is all", async () => {
  const room = new BodyRoom(100);
  const part = room.part();
  await part.take(500, signal);
  expect(room.taken).toBe(100);
  await part.decode(40, async () => expect(room.taken).toBe(40));
  part.end();
  expect(room.taken).toBe(0);
});

test("who leaves while waiting makes way for those behind, and one that was answered meanwhile keeps nothing", async () => {
  const room = new BodyRoom(100);
  const first = room.part();
  await first.take(60, signal);
  const left = new AbortController();
  const leaving = room.part().take(60, left.signal);
  const behind = room.part();
  const entering = behind.take(40, signal);
  left.abort();
  expect(leaving).rejects.toMatchObject({ code: "client_closed" });
  await entering;
  expect(room.part().take(1, AbortSignal.abort())).rejects.toMatchObject({ code: "client_closed" });
  const late = room.part();
  const taking = late.take(50, signal);
  late.end();
  first.end();
  await taking;
  expect(room.taken).toBe(40);
});

test("beyond those that may wait, more are told to come back", async () => {
  const room = new BodyRoom(1);
  await room.part().take(1, signal);
  const waiting = Array.from({ length: 64 }, () => room.part().take(1, signal));
  expect(room.part().take(1, signal)).rejects.toMatchObject({ code: "queue_full", retryAfterSeconds: 5 });
  room.giveBack(1);
  await waiting[0];
});

test("large bodies are decoded one at a time, whatever becomes of each", async () => {
  const room = new BodyRoom(100);
  const order: string[] = [];
  const decode = (name: string) =>
    room.alone(async () => {
      order.push(`${name} begins`);
      await Bun.sleep(1);
      order.push(`${name} ends`);
      if (name === "a") throw new Error("broken");
    });
  await Promise.allSettled([decode("a"), decode("b")]);
  expect(order).toEqual(["a begins", "a ends", "b begins", "b ends"]);
});

const post = (body: string | ReadableStream, headers?: Record<string, string>) =>
  new Request("http://localhost/v1/spend", { method: "POST", body, headers: headers ?? {} });

test("a large body is the same as a small one, and holds its size of the room until the end", async () => {
  const value = { text: "é\n".repeat(400_000), list: Array.from({ length: 20_000 }, (_, n) => ({ n })) };
  const text = JSON.stringify(value);
  const bytes = Buffer.byteLength(text);
  for (const headers of [undefined, { "content-length": String(bytes) }]) {
    const room = new BodyRoom(MAX_BODIES_BYTES);
    const part = room.part();
    expect(await readJsonBody(post(text, headers), part)).toEqual(value);
    expect(room.taken).toBe(bytes);
    part.end();
    expect(room.taken).toBe(0);
  }
});

test("nothing of a large body is kept here once it was handed on", async () => {
  const child = Bun.spawn([process.execPath, "--no-env-file", join(import.meta.dir, "large-body-alone.ts")], {
    stdin: "ignore",
    stderr: "inherit",
  });
  expect(await new Response(child.stdout).json()).toEqual({ read: ["list"], areGone: true });
});

test("what is wrong with a large body is told as of a small one", async () => {
  const long = "x".repeat(2_000_000);
  const cases = [
    [`{"a":"${long}",\n}`, /line 2, column 1: '}' came where a name/],
    [`{"a":"${long}"`, /the text ends where a comma or '}'/],
    ["[".repeat(1_500_000), /nests deeper than 512 levels/],
  ] as const;
  for (const [body, message] of cases) expect(readJsonBody(post(body))).rejects.toThrow(message);
  const broken = Buffer.concat([Buffer.from(`{"a":"${long}`), Buffer.from([0xff]), Buffer.from('"}')]);
  expect(readJsonBody(post(new Response(broken).body ?? ""))).rejects.toThrow("not valid UTF-8");
});

test("while a large body waits for room, small requests are answered, and it is once there is room", async () => {
  const server = startServer();
  try {
    const { handler } = server;
    const held = handler.bodyShare(new Request("http://127.0.0.1/held"));
    await held.take(MAX_BODIES_BYTES, signal);
    const large = JSON.stringify({ text: "x".repeat(2_000_000) });
    const send = (body: string) => fetch(`${server.url}/v1/spend`, { method: "POST", body });
    const waiting = send(large);
    const small = [await send("{}"), await send("{}")];
    expect(small.map(({ status }) => status)).toEqual([200, 200]);
    expect(server.spent).toEqual([{}, {}]);
    held.end();
    expect((await waiting).status).toBe(200);
    expect(server.spent).toHaveLength(3);
  } finally {
    await server.stop(0);
  }
});

test("a body of too many values is refused for what is wrong with it, and else for their number", async () => {
  const server = startServer();
  const send = async (messages: string, path = "/v1/checked") => {
    const response = await fetch(`${server.url}${path}`, { method: "POST", body: `{"messages":[${messages}]}` });
    const { error } = (await response.json()) as { error: { message: string; param: string; code: string } };
    return { status: response.status, ...error };
  };
  try {
    const fine = '{"content":"a"},'.repeat(MAX_JSON_VALUES / 2);
    expect(fine.length).toBeLessThan(MAX_BODY_BYTES);
    const wrong = await send(`${fine}{"content":1}`);
    expect(wrong).toMatchObject({ status: 400, param: `messages[${MAX_JSON_VALUES / 2}].content` });
    const right = await send(`${fine}{"content":"a"}`);
    expect(right).toMatchObject({ status: 413, code: "request_too_large" });
    expect(right.message).toContain(`more than ${MAX_JSON_VALUES} values`);
  } finally {
    await server.stop(0);
  }
});
