import { afterEach, describe, expect, test } from "bun:test";
import { BackgroundRuns } from "../../../../src/api/openai-responses/background/runs.ts";
import { ApiError } from "../../../../src/core/error.ts";
import type { ChatEvent } from "../../../../src/core/event.ts";
import { until } from "../../../support/wait.ts";
import { readError } from "../../../support/wire.ts";
import {
  BUSY,
  FINISH,
  HELLO,
  play,
  playing,
  type Run,
  START,
  silentUntilAborted,
  untilAborted,
} from "../../playing.ts";
import { serve, stopServers } from "../responses-server.ts";

afterEach(stopServers);

type Told = { id: string; status: string; output: object[]; error: object | null };
const read = async (response: Response | Promise<Response>) => (await (await response).json()) as Told;

/** Looks until the response has come to this. */
async function statusOf(look: () => Promise<Response>, status: string): Promise<Told> {
  for (let told = await read(look()); ; told = await read(look())) {
    if (told.status === status) return told;
    await Bun.sleep(5);
  }
}

test("a response in the background is written while nobody waits, and then stored", async () => {
  const goOn = Promise.withResolvers<void>();
  const slow: Run = async function* () {
    yield START;
    yield* HELLO;
    await goOn.promise;
    yield FINISH;
  };
  const { post, ask } = serve(slow);
  const { id, status } = await read(post({ background: true }));
  expect(status).toBe("queued");
  await statusOf(() => ask(`/${id}`), "in_progress");
  goOn.resolve();
  const completed = await statusOf(() => ask(`/${id}`), "completed");
  expect(completed).toMatchObject({ background: true, output: [{ type: "message", status: "completed" }] });
  expect(await read(post({ background: true, previous_response_id: id }))).toMatchObject({ status: "queued" });
});

test("it is given up when it is cancelled, and stays as it was then", async () => {
  const { post, ask, asked } = serve(untilAborted);
  const { id } = await read(post({ background: true }));
  await until(() => asked.length === 1, "the backend is asked");
  const cancel = () => read(ask(`/${id}/cancel`, { method: "POST" }));
  expect(await cancel()).toMatchObject({ id, status: "cancelled", error: null });
  expect(asked[0]?.signal.aborted).toBe(true);
  expect(await read(ask(`/${id}`))).toMatchObject({ status: "cancelled" });
  expect(await cancel()).toMatchObject({ status: "cancelled" });
});

test("it is given up when it is deleted", async () => {
  const { post, ask, asked } = serve(untilAborted);
  const { id } = await read(post({ background: true }));
  expect((await ask(`/${id}`, { method: "DELETE" })).status).toBe(200);
  expect(asked[0]?.signal.aborted).toBe(true);
  expect((await ask(`/${id}`)).status).toBe(404);
});

const ERROR: ChatEvent = { type: "error", error: BUSY };
const throwing: Run = async function* () {
  yield START;
  throw new Error("boom");
};
test.each([
  ["at once", play(ERROR)],
  ["in the middle", play(START, ...HELLO, ERROR)],
  ["without a word", throwing],
])("one that fails %s is a failed response", async (_, run) => {
  const { post, ask } = serve(run);
  const { id } = await read(post({ background: true }));
  const failed = await statusOf(() => ask(`/${id}`), "failed");
  expect(failed).toMatchObject({ error: { code: "server_error" } });
});

test("one that somebody waited for cannot be cancelled", async () => {
  const { post, ask } = serve(play(START, ...HELLO, FINISH));
  const { id } = await read(post({}));
  const response = await ask(`/${id}/cancel`, { method: "POST" });
  expect(response.status).toBe(400);
  expect((await readError(response)).param).toBe("id");
});

test("while it is written, its input can be listed, and who goes on after it is told to wait", async () => {
  const { post, ask } = serve(untilAborted);
  const { id } = await read(post({ background: true, input: "Tell" }));
  expect(await read(ask(`/${id}/input_items`))).toMatchObject({ data: [{ content: [{ text: "Tell" }] }] });
  const refused = await post({ previous_response_id: id });
  expect(refused.status).toBe(400);
  const error = await readError(refused);
  expect(error).toMatchObject({ param: "previous_response_id", code: null });
  expect(error.message).toContain(`'${id}' is still being written`);
});

describe("one that cannot be taken is refused at once", () => {
  const FULL = new ApiError("queue_full", "too many", { retryAfterSeconds: 5 });
  const { backend } = playing(play());
  const turnedAway = play({ type: "error", error: FULL });

  test.each([false, true])("when the queue is full (stream: %p)", async (stream) => {
    const background = new BackgroundRuns();
    const { post } = serve(play(), { background, backend: { ...backend, run: (_, signal) => turnedAway(signal, 0) } });
    const refused = await post({ background: true, stream });
    expect([refused.status, (await readError(refused)).code]).toEqual([429, "queue_full"]);
    expect(background.isBusy).toBe(false);
  });

  test("when there is no such model", async () => {
    const { post, asked } = serve(untilAborted);
    const refused = await post({ background: true, model: "gpt-0" });
    expect([refused.status, (await readError(refused)).code]).toEqual([404, "model_not_found"]);
    expect(asked).toEqual([]);
  });
});

test("one that waits for its turn is told to be queued at once", async () => {
  const { post } = serve(silentUntilAborted);
  expect(await read(post({ background: true }))).toMatchObject({ status: "queued" });
});
