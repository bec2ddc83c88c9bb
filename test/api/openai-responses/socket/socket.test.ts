import { afterEach, describe, expect, test } from "bun:test";
import type { ChatEvent } from "../../../../src/core/event.ts";
import { isEnd, openSocket, type TestSocket } from "../../../support/socket.ts";
import { until } from "../../../support/wait.ts";
import { readError } from "../../../support/wire.ts";
import { BUSY, FINISH, HELLO, play, type Run, START, untilAborted } from "../../playing.ts";
import { namedEvents, serve, stopServers } from "../responses-server.ts";

const sockets: TestSocket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  await stopServers();
});

const hello = play(START, ...HELLO, FINISH);
const ERROR: ChatEvent = { type: "error", error: BUSY };

async function open(run: Run, options: Parameters<typeof serve>[1] = {}) {
  const served = serve(run, options);
  const connect = async () => {
    const socket = await openSocket(served.server.url);
    sockets.push(socket);
    return socket;
  };
  return { ...served, connect, socket: await connect() };
}

const ASK = { model: "opus", input: "hi" };
const turnsOf = ({ request }: { request: { turns: readonly { content: readonly object[] }[] } }) =>
  request.turns.map(({ content }) => content);
const text = (said: string) => [{ type: "text", text: said }];

describe("response.create on a WebSocket", () => {
  test("is answered by the events of a stream, as frames of their JSON", async () => {
    const { socket, post } = await open(hello);
    expect((await socket.create(ASK)).response).toMatchObject({ status: "completed" });
    const streamed = namedEvents(await (await post({ stream: true })).text());
    const plain = (events: object[]) =>
      JSON.stringify(events)
        .replace(/(resp|msg)_\w+/g, "$1")
        .replace(/"(created|completed)_at":\d+/g, "");
    expect(plain(socket.events)).toBe(plain(streamed));
  });

  test("can be sent again and again, and goes on after the last, stored or not", async () => {
    const { socket, asked, connect, ask } = await open(hello);
    const first = await socket.create({ ...ASK, store: false });
    const second = await socket.create({
      ...ASK,
      input: "more",
      store: false,
      previous_response_id: first.response?.id,
    });
    const third = await socket.create({ ...ASK, input: "last", previous_response_id: second.response?.id });
    expect(asked.map(turnsOf).at(-1)).toEqual([text("hi"), text("Hello"), text("more"), text("Hello"), text("last")]);
    expect((await ask(`/${second.response?.id}`)).status).toBe(404);
    expect((await ask(`/${third.response?.id}`)).status).toBe(200);
    const other = await connect();
    const refused = await other.create({ ...ASK, previous_response_id: second.response?.id });
    expect(refused).toMatchObject({ type: "error", status: 400, error: { code: "previous_response_not_found" } });
  });

  test("stored after what is not can be gone on after without the connection", async () => {
    const { socket, asked, post } = await open(hello);
    const first = await socket.create({ ...ASK, store: false });
    const second = await socket.create({ ...ASK, input: "more", previous_response_id: first.response?.id });
    socket.close();
    expect((await post({ input: "last", previous_response_id: second.response?.id })).status).toBe(200);
    expect(asked.map(turnsOf).at(-1)).toEqual([text("hi"), text("Hello"), text("more"), text("Hello"), text("last")]);
  });

  test("finds the items of a response that is not stored", async () => {
    const { socket, asked } = await open(hello);
    const { response } = await socket.create({ ...ASK, store: false });
    const [item] = (response?.output ?? []) as { id: string }[];
    await socket.create({
      ...ASK,
      input: [
        { type: "item_reference", id: item?.id },
        { role: "user", content: "b" },
      ],
    });
    expect(asked.map(turnsOf).at(-1)?.slice(-2)).toEqual([text("Hello"), text("b")]);
  });

  test.each([
    ["is refused", hello, { input: [{ type: "function_call_output", call_id: "strange", output: "r" }] }],
    ["fails before it begins", play(ERROR), {}],
    ["fails in the middle", play(START, ...HELLO, ERROR), {}],
  ])(
    "that %s is forgotten with what it goes on after, where only the connection knows that",
    async (_, failing, fields) => {
      let run = hello;
      const { socket } = await open((...args) => run(...args));
      const first = await socket.create({ ...ASK, store: false });
      const stored = await socket.create(ASK);
      const goOn = (previous: typeof first) =>
        socket.create({ ...ASK, store: false, previous_response_id: previous.response?.id, ...fields });
      run = failing;
      for (const previous of [first, stored]) expect((await goOn(previous)).type).not.toBe("response.completed");
      run = hello;
      const again = (previous: typeof first) => socket.create({ ...ASK, previous_response_id: previous.response?.id });
      expect((await again(first)).error?.code).toBe("previous_response_not_found");
      expect((await again(stored)).type).toBe("response.completed");
    },
  );

  test("with generate false asks nobody, and can be gone on after", async () => {
    const { socket, asked } = await open(hello);
    const warm = await socket.create({
      ...ASK,
      input: [{ role: "developer", content: "Rules." }],
      generate: false,
      store: false,
    });
    expect(warm.response).toMatchObject({ status: "completed", output: [], usage: { total_tokens: 0 } });
    expect(asked).toEqual([]);
    await socket.create({ ...ASK, store: false, previous_response_id: warm.response?.id });
    expect(asked[0]?.request).toMatchObject({ system: "Rules.", turns: [{ role: "user", content: text("hi") }] });
  });

  test.each([
    ["a model that is not there", { model: "gpt-0" }, 404, "model"],
    ["a tool choice that nothing fits", { tool_choice: "required" }, 400, "tool_choice"],
    ["a file that is nowhere", { input: [{ role: "user", content: [{ type: "input_file", file_id: "f" }] }] }, 400, ""],
    ["a conversation that is nowhere", { conversation: "conv_1" }, 400, "conversation"],
  ])("with generate false is refused where it could never be asked: %s", async (_, fields, status, param) => {
    const { socket } = await open(hello);
    const refused = await socket.create({ ...ASK, ...fields, generate: false });
    expect(refused).toMatchObject({ type: "error", status });
    expect(refused.error?.param).toContain(param);
  });

  test("with generate false may end with anything that can be gone on after", async () => {
    const { socket } = await open(hello);
    const call = { type: "function_call", call_id: "c", name: "f", arguments: "{}" };
    for (const input of [[], [{ role: "assistant", content: "a" }], [{ role: "user", content: "a" }, call]]) {
      expect((await socket.create({ ...ASK, input, generate: false })).type).toBe("response.completed");
    }
  });

  test("names what has no effect with its first event", async () => {
    const { socket } = await open(hello);
    await socket.create({ ...ASK, temperature: 0.1 });
    const [created, ...others] = socket.events;
    expect(created?.headers).toEqual({ "x-claude-max-api-ignored": "temperature" });
    expect(others.every(({ headers }) => headers === undefined)).toBe(true);
  });

  test("is answered in turn on one lane, and at once on several", async () => {
    const goOn = Promise.withResolvers<void>();
    const slowFirst: Run = async function* (_, index) {
      yield START;
      if (index === 0) await goOn.promise;
      yield FINISH;
    };
    const { socket, asked } = await open(slowFirst);
    for (const stream_id of ["a", "a", "b"]) socket.send({ type: "response.create", ...ASK, stream_id });
    expect((await socket.next(isEnd)).stream_id).toBe("b");
    expect(asked).toHaveLength(2);
    goOn.resolve();
    expect((await socket.next(isEnd)).stream_id).toBe("a");
    expect((await socket.next(isEnd)).stream_id).toBe("a");
    expect(asked).toHaveLength(3);
    expect(socket.events.every(({ stream_id }) => stream_id !== undefined)).toBe(true);
  });

  test("is refused while too many are under way", async () => {
    const { socket } = await open(untilAborted);
    for (let count = 0; count < 17; count++) socket.send({ type: "response.create", ...ASK, stream_id: `${count}` });
    expect(await socket.next(isEnd)).toMatchObject({
      type: "error",
      status: 429,
      stream_id: "16",
      error: { code: "queue_full" },
    });
  });

  test("ends its turns when the client leaves", async () => {
    const { socket, asked } = await open(untilAborted);
    socket.send({ type: "response.create", ...ASK });
    await until(() => asked.length === 1, "the backend is asked");
    socket.close();
    await until(() => asked[0]?.signal.aborted === true, "the turn is given up");
  });
});

describe("an error on a WebSocket", () => {
  const cases: [string, object | string, string | null][] = [
    ["no JSON", "{", null],
    ["an empty message", "", null],
    ["no object", "[1]", null],
    ["another type", { type: "response.stop" }, "type"],
    ["a field that is wrong", { type: "response.create", ...ASK, input: 1 }, "input"],
    ["a lane that is no name", { type: "response.create", ...ASK, stream_id: 1 }, "stream_id"],
    ["the background", { type: "response.create", ...ASK, background: true }, "background"],
    ["an item that says nothing", { type: "response.create", ...ASK, input: [{ type: "compaction" }] }, "input"],
    ["too deep a nesting", `${"[".repeat(600)}${"]".repeat(600)}`, null],
  ];
  test.each(cases)("about %s is an event, and the next request is answered", async (_, message, param) => {
    const { socket, asked } = await open(hello);
    socket.send(message);
    const told = await socket.next(isEnd);
    expect(told).toMatchObject({ type: "error", status: 400, error: { param, type: "invalid_request_error" } });
    expect(told.error?.message).not.toContain("request body");
    if (param === null) expect(told.error?.message).toContain("message");
    expect(asked).toEqual([]);
    expect((await socket.create(ASK)).type).toBe("response.completed");
  });

  test("before a response begins has the status and the headers that a response would have", async () => {
    const { socket } = await open(play(ERROR));
    expect(await socket.create({ ...ASK, stream_id: "a" })).toMatchObject({
      type: "error",
      status: 529,
      stream_id: "a",
      error: { code: "overloaded", message: "busy", type: "server_error" },
    });
    expect(socket.events).toHaveLength(1);
  });

  test("in the middle is a failed response", async () => {
    const { socket } = await open(play(START, ...HELLO, ERROR));
    expect(await socket.create(ASK)).toMatchObject({ type: "response.failed", response: { status: "failed" } });
  });

  test("of a strict server names the field that would have no effect", async () => {
    const { socket } = await open(hello, { strict: true });
    const hosted = { tools: [{ type: "file_search" }] };
    for (const generate of [true, false]) {
      const refused = await socket.create({ ...ASK, generate, temperature: 0.1 });
      expect(refused.error?.param).toBe("temperature");
      expect((await socket.create({ ...ASK, generate, ...hosted })).error?.param).toStartWith("tools");
    }
  });

  test("answers steering, which is not offered, with the input", async () => {
    const { socket } = await open(hello);
    socket.send({ type: "response.steer", previous_response_id: "resp_1", input: "left" });
    expect(await socket.next(() => true)).toMatchObject({
      type: "response.steer.failed",
      error: { code: "steering_not_supported" },
      steer: { previous_response_id: "resp_1", input: "left" },
    });
  });
});

test("GET without an upgrade is told what it is for", async () => {
  const { ask } = serve(hello);
  const response = await ask("");
  expect(response.status).toBe(426);
  expect(response.headers.get("upgrade")).toBe("websocket");
  expect((await readError(response)).code).toBe("upgrade_required");
});
