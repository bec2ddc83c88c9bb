import { afterEach, describe, expect, test } from "bun:test";
import { ApiError } from "../../../src/core/error.ts";
import type { ChatEvent } from "../../../src/core/event.ts";
import type { FetchImage } from "../../../src/media/fetch-image.ts";
import { PNG } from "../../support/media.ts";
import { until } from "../../support/wait.ts";
import { readError } from "../../support/wire.ts";
import { BUSY, FINISH, HELLO, play, type Run, START, silentUntilAborted, untilAborted } from "../playing.ts";
import { namedEvents, serve, stopServers } from "./responses-server.ts";

afterEach(stopServers);

const hello = play(START, ...HELLO, FINISH);
const ERROR: ChatEvent = { type: "error", error: BUSY };
type Told = { id: string; output: { id: string }[] };
const read = async (response: Response | Promise<Response>) => (await (await response).json()) as Told;

describe("an answer", () => {
  test("that is not streamed is the response that a stream ends with", async () => {
    const { post } = serve(hello);
    const whole = await (await post({ temperature: 0.1 })).json();
    const response = await post({ stream: true, temperature: 0.1 });
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(response.headers.get("x-claude-max-api-ignored")).toBe("temperature");
    const text = await response.text();
    expect(text).not.toContain("[DONE]");
    const last = namedEvents(text).at(-1);
    expect(last.type).toBe("response.completed");
    const withoutNames = (value: object) =>
      JSON.stringify(value)
        .replace(/(resp|msg)_\w+/g, "$1")
        .replace(/"(created|completed)_at":\d+/g, "");
    expect(withoutNames(last.response)).toBe(withoutNames(whole as object));
  });

  test("tells of a failure before it begins with its true status, streamed or not", async () => {
    const { post } = serve(play(ERROR));
    for (const stream of [false, true]) {
      const response = await post({ stream });
      expect(response.status).toBe(529);
      expect(await response.json()).toMatchObject({
        error: { message: "busy", type: "server_error", param: null, code: "overloaded" },
      });
    }
  });

  test("that fails in the middle is a failed response when streamed, else an error", async () => {
    const { post } = serve(play(START, ...HELLO, ERROR));
    const events = namedEvents(await (await post({ stream: true })).text());
    expect(events.at(-1)).toMatchObject({ type: "response.failed", response: { status: "failed" } });
    expect((await post({})).status).toBe(529);
  });

  test("that is long in coming is committed to; a failure is then told by a response", async () => {
    const arrival = Promise.withResolvers<ChatEvent>();
    const late: Run = async function* () {
      yield await arrival.promise;
    };
    const response = await serve(late, { commitAfterMs: 1, heartbeatMs: 1 }).post({ stream: true });
    expect(response.status).toBe(200);
    arrival.resolve(ERROR);
    const types = namedEvents(await response.text()).map(({ type }) => type);
    expect(types).toEqual(["response.created", "response.in_progress", "response.failed"]);
  });

  test("is given up when the client leaves", async () => {
    for (const [run, stream] of [
      [silentUntilAborted, false],
      [untilAborted, true],
    ] as const) {
      const client = new AbortController();
      const { post, asked } = serve(run);
      const answering = post({ stream }, { signal: client.signal }).catch(() => undefined);
      await until(() => asked.length === 1, "the backend is asked");
      if (stream) await answering;
      client.abort();
      await until(() => asked[0]?.signal.aborted === true, "the turn is given up");
      await answering;
    }
  });

  test("has its images fetched, once nothing else is wrong", async () => {
    const fetched: string[] = [];
    const fetchImage: FetchImage = async (url) => {
      fetched.push(url);
      return { mediaType: "image/png", base64: PNG };
    };
    const { post, asked } = serve(hello, { fetchImage });
    const input = [{ role: "user", content: [{ type: "input_image", image_url: "https://a.example/a.png" }] }];
    expect((await post({ input, tool_choice: "required" })).status).toBe(400);
    expect(fetched).toEqual([]);
    expect((await post({ input })).status).toBe(200);
    expect(asked[0]?.request.turns[0]?.content).toMatchObject([{ type: "image", data: PNG }]);
  });
});

test("an image that is gone is a 400 in what is asked, and left out of what was before, and of what tools answered", async () => {
  const fetchImage: FetchImage = async (_, { param }) => {
    throw new ApiError("invalid_request", "gone", { param });
  };
  const { post, asked } = serve(hello, { fetchImage });
  const image = { type: "input_image", image_url: "https://a.example/a.png" };
  const question = { role: "user", content: [{ type: "input_text", text: "a" }, image] };
  expect(await readError(post({ input: [question] }))).toMatchObject({ param: "input[0].content[1].image_url" });
  expect(asked).toEqual([]);
  const call = { type: "function_call", call_id: "c", name: "f", arguments: "{}" };
  const response = await post({
    input: [question, call, { type: "function_call_output", call_id: "c", output: [image] }],
  });
  expect([response.status, response.headers.get("x-claude-max-api-ignored")]).toEqual([
    200,
    "input.content.image_url,input.output.image_url",
  ]);
  const left = { type: "text", text: "[There was an image or a file here, which cannot be read any more.]" };
  expect(asked[0]?.request.turns).toMatchObject([
    { content: [{ text: "a" }, left] },
    {},
    { content: [{ type: "tool-result", content: [left] }] },
  ]);
  const { post: postStrict } = serve(hello, { fetchImage, strict: true });
  const more = [question, { role: "assistant", content: "b" }, { role: "user", content: "c" }];
  expect(await readError(postStrict({ input: more }))).toMatchObject({
    param: "input[0].content[1].image_url",
    message: "gone",
  });
});

test("without a model that of the response before it is asked, else the default", async () => {
  const { post, asked } = serve(hello, { defaultModel: "claude-sonnet-4" });
  for (const model of [undefined, null, ""]) {
    const response = await post({ model });
    expect([response.status, response.headers.get("x-claude-max-api-ignored")]).toEqual([200, null]);
  }
  expect(asked.map(({ request }) => request.model)).toEqual(Array(3).fill("claude-sonnet-4"));
  const { id } = await read(post({ model: "haiku" }));
  await read(post({ model: null, previous_response_id: id }));
  expect(asked.at(-1)?.request.model).toBe(START.model);
});

test("a tool is told with all its fields, those that were not given as null", async () => {
  const tools = [
    { type: "function", function: { name: "f" } },
    { type: "function", name: "g", strict: true },
    { type: "namespace", name: "n", tools: [{ type: "function", name: "h" }] },
    { type: "web_search" },
    { type: "file_search", vector_store_ids: ["vs_1"] },
  ];
  const told = { description: null, parameters: null, strict: null };
  expect(await read(serve(hello).post({ tools }))).toMatchObject({
    tools: [
      { ...told, type: "function", name: "f" },
      { ...told, type: "function", name: "g", strict: true },
      { type: "namespace", name: "n", tools: [{ ...told, type: "function", name: "h" }] },
      { type: "web_search", filters: null, search_context_size: "medium", user_location: null },
    ],
  });
});

test("a request that does not fit is told its field", async () => {
  const error = await readError(serve(hello).post({ input: [{ role: "user" }] }));
  expect(error).toMatchObject({ type: "invalid_request_error", param: "input[0].content" });
});

describe("a response", () => {
  test("is stored unless that is not wanted, with what was asked", async () => {
    const { post, ask } = serve(hello);
    const kept = await read(post({ input: "Keep" }));
    expect(await read(ask(`/${kept.id}`))).toEqual(kept);
    expect(await (await ask(`/${kept.id}/input_items`)).json()).toMatchObject({
      object: "list",
      data: [{ type: "message", role: "user", status: "completed", content: [{ type: "input_text", text: "Keep" }] }],
      has_more: false,
    });
    const { id } = await read(post({ store: false }));
    expect(await readError(ask(`/${id}`))).toMatchObject({ code: "response_not_found", param: "id" });
  });

  test("is stored when it was streamed, or failed in the middle", async () => {
    const { post, ask } = serve(play(START, ...HELLO, ERROR));
    const [created] = namedEvents(await (await post({ stream: true })).text());
    expect(await read(ask(`/${created.response.id}`))).toMatchObject({
      status: "failed",
      output: [{ type: "message" }],
    });
  });

  test("can be gone on after; its instructions are not carried over", async () => {
    const { post, asked } = serve(hello);
    const first = await read(post({ input: "One", instructions: "Be kind." }));
    const second = await read(post({ input: "Two", previous_response_id: first.id }));
    await read(post({ input: "Three", previous_response_id: second.id }));
    const said = (role: string, text: string) => ({ role, content: [{ type: "text", text }] });
    expect<object | undefined>(asked[2]?.request.turns).toEqual([
      said("user", "One"),
      said("assistant", "Hello"),
      said("user", "Two"),
      said("assistant", "Hello"),
      said("user", "Three"),
    ]);
    expect(asked.map(({ request }) => request.system)).toEqual(["Be kind.", "", ""]);
  });

  test("whose beginning was deleted cannot, and it is said which", async () => {
    const { post, ask } = serve(hello);
    const first = await read(post({}));
    const second = await read(post({ previous_response_id: first.id }));
    expect(await read(ask(`/${first.id}`, { method: "DELETE" }))).toMatchObject({ object: "response", deleted: true });
    const response = await post({ previous_response_id: second.id });
    expect(response.status).toBe(400);
    const error = await readError(response);
    expect(error).toMatchObject({ code: "previous_response_not_found", param: "previous_response_id" });
    expect(error.message).toContain(first.id);
  });

  test("has items that a request may refer to", async () => {
    const { post, asked } = serve(hello);
    const { output } = await read(post({}));
    const reference = { type: "item_reference", id: output[0]?.id };
    await read(post({ input: [{ role: "user", content: "a" }, reference, { role: "user", content: "b" }] }));
    expect(asked[1]?.request.turns[1]).toEqual({ role: "assistant", content: [{ type: "text", text: "Hello" }] });
  });

  test("lists its input in pages, the last item first", async () => {
    const { post, ask } = serve(hello);
    const input = ["a", "b", "c"].map((id) => ({ type: "message", id, role: "user", content: id }));
    const { id } = await read(post({ input }));
    const page = async (query: string) => {
      const response = await ask(`/${id}/input_items${query}`);
      const { data, ...rest } = (await response.json()) as { data: { id: string }[]; has_more: boolean };
      return { ids: data.map((item) => item.id), ...rest };
    };
    expect(await page("")).toMatchObject({ ids: ["c", "b", "a"], first_id: "c", last_id: "a", has_more: false });
    expect(await page("?order=asc&limit=2")).toMatchObject({ ids: ["a", "b"], has_more: true });
    expect(await page("?order=asc&after=b")).toMatchObject({ ids: ["c"], has_more: false });
    for (const [query, param] of [
      ["limit=0", "limit"],
      ["order=up", "order"],
      ["after=d", "after"],
    ]) {
      const response = await ask(`/${id}/input_items?${query}`);
      expect(response.status).toBe(400);
      expect((await readError(response)).param).toBe(param ?? null);
    }
  });

  test("that is not there is a 404, whatever is to be done with it", async () => {
    const { ask } = serve(hello);
    for (const [method, path] of [
      ["GET", "/x"],
      ["DELETE", "/x"],
      ["POST", "/x/cancel"],
      ["GET", "/x/input_items"],
    ]) {
      const response = await ask(path ?? "", { method });
      expect(response.status).toBe(404);
      expect((await readError(response)).code).toBe("response_not_found");
    }
  });
});

test.each([
  ["include[]=message.input_image.image_url&include[]=reasoning.encrypted_content", "include"],
  ["include[0]=reasoning.encrypted_content&include[1]=message.input_image.image_url&limit=1", "include"],
  ["include=message.input_image.image_url&order=asc", null],
  ["before=x&include=x&include=y", "before,include"],
])("of the query for the input, ?%s, what has no effect is named", async (query, ignored) => {
  const { post, ask } = serve(play(START, ...HELLO, FINISH));
  const { id } = (await (await post({})).json()) as { id: string };
  const response = await ask(`/${id}/input_items?${query}`);
  expect([response.status, response.headers.get("x-claude-max-api-ignored")]).toEqual([200, ignored]);
});
