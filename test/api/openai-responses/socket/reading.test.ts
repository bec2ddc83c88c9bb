import { expect, test } from "bun:test";
import { UpgradeResponse } from "../../../../src/api/answer/socket.ts";
import { responsesSocketRoute } from "../../../../src/api/openai-responses/socket/session.ts";
import { MemoryResponseStore } from "../../../../src/api/openai-responses/store/memory-store.ts";
import { until } from "../../../support/wait.ts";
import { FINISH, HELLO, play, playing, START } from "../../playing.ts";

// A message of a WebSocket may take several turns to be read; meanwhile more may come, and the server may be told to stop.

const CREATE = { type: "response.create", model: "opus", input: "hi" };

/** A session on a connection that keeps what is sent on it. */
async function begin() {
  const { backend, asked } = playing(play(START, ...HELLO, FINISH));
  const route = responsesSocketRoute({ backend, store: new MemoryResponseStore() });
  const headers = { upgrade: "websocket", connection: "Upgrade" };
  const response = await route.handle(new Request("http://localhost/v1/responses", { headers }));
  if (!(response instanceof UpgradeResponse)) throw new Error("it is no WebSocket");
  const told: { readonly type: string; readonly error?: { readonly code: string } }[] = [];
  const session = response.begin({
    send: async (text) => void told.push(JSON.parse(text)),
    close: (code) => void told.push({ type: `closed with ${code}` }),
    report: () => {},
  });
  return { session, told, asked };
}

const types = (told: readonly { readonly type: string }[]) => told.map(({ type }) => type);

test("a message that is being read when the server is to stop is answered, and the connection closed behind it", async () => {
  const { session, told } = await begin();
  const { promise, resolve } = Promise.withResolvers<unknown>();
  session.receive(() => promise);
  session.stop();
  expect(told).toEqual([]);
  resolve(CREATE);
  await until(() => types(told).includes("closed with 1001"), "the connection is closed");
  expect(types(told).slice(-2)).toEqual(["response.completed", "closed with 1001"]);
});

test("messages are taken in their order, however long each is read", async () => {
  const { session, told } = await begin();
  const { promise, resolve } = Promise.withResolvers<unknown>();
  session.receive(() => promise);
  session.receive(async () => ({ type: "response.stop" }));
  await Bun.sleep(0);
  expect(told).toEqual([]);
  resolve({ ...CREATE, input: 1 });
  await until(() => told.length === 2, "both are answered");
  expect(JSON.stringify(told[0])).toContain("input");
  expect(JSON.stringify(told[1])).toContain("type");
});

test("of messages that wait to be read only so many are kept, and none is read once the client has left", async () => {
  const { session, told, asked } = await begin();
  const { promise, resolve } = Promise.withResolvers<unknown>();
  session.receive(() => promise);
  let read = 0;
  const next = async () => {
    read++;
    return CREATE;
  };
  for (let count = 0; count < 32; count++) session.receive(next);
  expect(told).toMatchObject([{ type: "error", error: { code: "queue_full" } }]);
  session.closed();
  resolve(CREATE);
  await Bun.sleep(1);
  expect([read, asked.length]).toEqual([0, 0]);
});
