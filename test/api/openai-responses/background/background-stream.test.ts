import { afterEach, describe, expect, test } from "bun:test";
import { EventLogs } from "../../../../src/api/openai-responses/background/event-log.ts";
import { BackgroundRuns } from "../../../../src/api/openai-responses/background/runs.ts";
import type { ChatEvent } from "../../../../src/core/event.ts";
import { readError } from "../../../support/wire.ts";
import { BUSY, FINISH, HELLO, play, type Run, START, silentUntilAborted, untilAborted } from "../../playing.ts";
import { namedEvents, serve, stopServers } from "../responses-server.ts";

afterEach(stopServers);

const hello = play(START, ...HELLO, FINISH);
const STREAMED = { background: true, stream: true };
const typesOf = (events: { type: string }[]) => events.map(({ type }) => type);

/** Reads a stream until an event of the type has come, and leaves. */
async function leaveAfter(response: Response, type: string) {
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += new TextDecoder().decode(chunk);
    if (text.includes(`event: ${type}\n`)) break;
  }
  return namedEvents(text);
}

/** All that is told of a response after an event. */
async function replay(ask: (path: string) => Promise<Response>, id: string, after?: number) {
  const response = await ask(`/${id}?stream=true${after === undefined ? "" : `&starting_after=${after}`}`);
  expect(response.status).toBe(200);
  return namedEvents(await response.text());
}

describe("a response that is streamed from the background", () => {
  test("is queued, goes on when its reader leaves, and is picked up again where it was", async () => {
    const goOn = Promise.withResolvers<void>();
    const slow: Run = async function* () {
      yield START;
      yield* HELLO.slice(0, 2);
      await goOn.promise;
      yield* HELLO.slice(2);
      yield FINISH;
    };
    const { post, ask, asked } = serve(slow, { heartbeatMs: 5 });
    const seen = await leaveAfter(await post(STREAMED), "response.output_text.delta");
    expect(typesOf(seen).slice(0, 3)).toEqual(["response.created", "response.queued", "response.in_progress"]);
    expect(seen[0].response).toMatchObject({ status: "queued", background: true });
    const { id } = seen[0].response;
    const following = [replay(ask, id, seen.at(-1).sequence_number), replay(ask, id, seen.at(-1).sequence_number)];
    goOn.resolve();
    const [rest = [], others] = await Promise.all(following);
    expect(others).toEqual(rest);
    expect(asked[0]?.signal.aborted).toBe(false);
    expect(rest.at(-1)).toMatchObject({ type: "response.completed", response: { id, status: "completed" } });
    const all = [...seen, ...rest];
    expect(all.map(({ sequence_number }) => sequence_number)).toEqual([...all.keys()]);
    expect(await replay(ask, id)).toEqual(all);
    expect(await replay(ask, id, all.length - 1)).toEqual([]);
    expect(await (await ask(`/${id}`)).json()).toMatchObject({ status: "completed" });
  });

  test.each([
    ["before it begins", play({ type: "error", error: BUSY })],
    ["in the middle", play(START, ...HELLO, { type: "error", error: BUSY } satisfies ChatEvent)],
  ])("that fails %s ends with response.failed", async (_, run) => {
    const { post, ask } = serve(run);
    const events = namedEvents(await (await post(STREAMED)).text());
    expect(typesOf(events).slice(0, 2)).toEqual(["response.created", "response.queued"]);
    expect(events.at(-1)).toMatchObject({ type: "response.failed", response: { status: "failed" } });
    expect(await replay(ask, events[0].response.id)).toEqual(events);
  });

  test.each([
    ["cancelled", (id: string) => [`/${id}/cancel`, "POST"], 200],
    ["deleted", (id: string) => [`/${id}`, "DELETE"], 404],
  ])("that is %s just ends, since there is no event for it", async (_, end, status) => {
    const { post, ask, asked } = serve(untilAborted);
    const [created] = await leaveAfter(await post(STREAMED), "response.in_progress");
    const { id } = created.response;
    const reader = await ask(`/${id}?stream=true`);
    const [path, method] = end(id);
    expect((await ask(path ?? "", { method })).status).toBe(200);
    const events = namedEvents(await reader.text());
    expect(typesOf(events)).toEqual(["response.created", "response.queued", "response.in_progress"]);
    expect(asked[0]?.signal.aborted).toBe(true);
    expect((await ask(`/${id}`)).status).toBe(status);
    expect((await ask(`/${id}?stream=true`)).status).toBe(status);
  });

  test("sends its beginning at once, and bridges silences", async () => {
    const { post } = serve(silentUntilAborted, { heartbeatMs: 5 });
    const { body } = await post(STREAMED);
    let text = "";
    for await (const chunk of body ?? []) {
      text += new TextDecoder().decode(chunk);
      if (text.includes(": keep-alive")) break;
    }
    expect(typesOf(namedEvents(text))).toEqual(["response.created", "response.queued"]);
  });
});

describe("a stream cannot be picked up", () => {
  test.each([
    ["of a response that was not for the background", {}],
    ["of one that was not streamed", { background: true }],
  ])("%s: the answer says why", async (_, fields) => {
    const { post, ask } = serve(hello);
    const { id } = (await (await post(fields)).json()) as { id: string };
    const error = await readError(await ask(`/${id}?stream=true`));
    expect(error.param).toBe("stream");
    expect(error.message).toContain("both 'background' and 'stream'");
  });

  test.each([
    ["?stream=yes", "stream"],
    ["?starting_after=3", "starting_after"],
    ["?stream=true&starting_after=-1", "starting_after"],
    ["?stream=true&starting_after=x", "starting_after"],
  ])("with %s", async (query, param) => {
    const { post, ask } = serve(hello);
    const [created] = namedEvents(await (await post(STREAMED)).text());
    const response = await ask(`/${created.response.id}${query}`);
    expect(response.status).toBe(400);
    expect((await readError(response)).param).toBe(param);
  });

  test("after an event that there is not, neither of one that has ended nor of one that is written", async () => {
    const ended = serve(hello);
    const events = namedEvents(await (await ended.post(STREAMED)).text());
    const after = (served: typeof ended, id: string, number: number) =>
      served.ask(`/${id}?stream=true&starting_after=${number}`);
    const last = events.length - 1;
    const refused = await after(ended, events[0].response.id, last + 1);
    const error = await readError(refused);
    expect([refused.status, error.param]).toEqual([400, "starting_after"]);
    expect(error.message).toContain(`the last of which is ${last} so far`);
    expect(namedEvents(await (await after(ended, events[0].response.id, last)).text())).toEqual([]);
    const running = serve(untilAborted);
    const [created] = await leaveAfter(await running.post(STREAMED), "response.in_progress");
    expect((await after(running, created.response.id, 3)).status).toBe(400);
  });

  test("once its events are too old, or too many", async () => {
    const clock = { now: 0 };
    const { post, ask } = serve(hello, {
      background: new BackgroundRuns(new EventLogs({ maxAgeMs: 10 }, () => clock.now)),
    });
    const [created] = namedEvents(await (await post(STREAMED)).text());
    clock.now = 11;
    expect((await ask(`/${created.response.id}?stream=true`)).status).toBe(400);
    const small = serve(hello, { background: new BackgroundRuns(new EventLogs({ maxCharacters: 10 })) });
    const [another] = namedEvents(await (await small.post(STREAMED)).text());
    expect((await small.ask(`/${another.response.id}?stream=true`)).status).toBe(400);
  });

  test("of a response that is not there", async () => {
    expect((await serve(hello).ask("/resp_0?stream=true")).status).toBe(404);
  });
});
