import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { text } from "../../src/simulator/reply.ts";
import type { Harness } from "../support/harness.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { sseChunks, sseData } from "../support/sse.ts";
import { readCompletion } from "../support/wire.ts";

let app: Harness;
beforeAll(async () => {
  app = await shareHarness();
});
afterAll(() => app[Symbol.asyncDispose]());

const BODY = { model: "claude-sonnet-4", stream: true, messages: [{ role: "user", content: "Hello" }] };
const ANSWER = text("Hello there", {
  chunks: ["Hel", "lo ", "there"],
  thinking: "Let me see.",
  usage: {
    input_tokens: 11,
    cache_read_input_tokens: 700,
    cache_creation_input_tokens: 30,
    output_tokens: 25,
    thinking_tokens: 20,
  },
});
const USAGE = {
  prompt_tokens: 741,
  completion_tokens: 25,
  total_tokens: 766,
  prompt_tokens_details: { cached_tokens: 700 },
  completion_tokens_details: { reasoning_tokens: 20 },
};

async function stream(body: object) {
  const response = await app.chat(body);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toStartWith("text/event-stream");
  return await response.text();
}

describe("in one answer, streamed with its usage,", () => {
  let body: string;
  let chunks: ReturnType<typeof sseChunks>;
  const deltas = () => chunks.flatMap(({ choices }) => choices).map(({ delta }) => delta);
  beforeAll(async () => {
    app.simulator.enqueue(ANSWER);
    body = await stream({ ...BODY, stream_options: { include_usage: true } });
    chunks = sseChunks(body);
  });

  test("the first chunk carries the role, the last one the finish reason, and [DONE] ends the stream", () => {
    expect(sseData(body).at(-1)).toBe("[DONE]");
    const choices = chunks.flatMap(({ choices }) => choices);
    const isThinking = (delta: object) => "reasoning_content" in delta || "reasoning_details" in delta;
    const written = choices.filter(({ delta }) => !isThinking(delta));
    expect(choices[0]).toBe(written[0]);
    expect(choices.at(-1)).toBe(written.at(-1));
    expect(written.map(({ delta, finish_reason }) => [delta, finish_reason])).toEqual([
      [{ role: "assistant", content: "", refusal: null }, null],
      [{ content: "Hel" }, null],
      [{ content: "lo " }, null],
      [{ content: "there" }, null],
      [{}, "stop"],
    ]);
  });

  test("all chunks share one id, time and model, the model being the one that answers", () => {
    const heads = chunks.map(({ id, created, model, object }) => JSON.stringify({ id, created, model, object }));
    expect(new Set(heads).size).toBe(1);
    const head = JSON.parse(heads[0] ?? "");
    expect(head.object).toBe("chat.completion.chunk");
    expect(head.id).toMatch(/^chatcmpl-\w+$/);
    expect(head.model).toBe(app.simulator.requests[0]?.body.model);
    expect(head.created).toBeGreaterThan(1_700_000_000);
  });

  test("thinking comes as reasoning_content, apart from the answer", () => {
    expect(
      deltas()
        .map((delta) => delta.reasoning_content ?? "")
        .join(""),
    ).toBe("Let me see.");
    expect(
      deltas()
        .map((delta) => delta.content ?? "")
        .join(""),
    ).toBe("Hello there");
    expect(deltas().some((delta) => delta.reasoning_content && delta.content)).toBe(false);
  });

  test("usage comes in a chunk of its own without choices, only when asked for, and is null or absent before", async () => {
    expect(chunks.at(-1).choices).toEqual([]);
    expect(chunks.at(-1).usage).toMatchObject(USAGE);
    expect(chunks.slice(0, -1).map(({ usage }) => usage)).toEqual(chunks.slice(0, -1).map(() => null));
    app.simulator.enqueue(ANSWER);
    expect(sseChunks(await stream(BODY)).some((chunk) => "usage" in chunk)).toBe(false);
  });
});

test("the answer that is not streamed is the same, collected", async () => {
  app.simulator.enqueue(ANSWER);
  const answer = await readCompletion(app.chat({ ...BODY, stream: false }));
  expect(answer).toMatchObject({
    object: "chat.completion",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: "Hello there", reasoning_content: "Let me see.", refusal: null },
        logprobs: null,
        finish_reason: "stop",
      },
    ],
    usage: USAGE,
  });
});

test("tokens are passed on while the model still writes", async () => {
  app.simulator.enqueue(text("first second", { chunks: ["first ", "second"], delayMs: 400 }));
  const response = await app.chat(BODY);
  const reader = response.body?.getReader();
  if (!reader) throw new Error("no body");
  let seen = "";
  while (!seen.includes("first ")) seen += new TextDecoder().decode((await reader.read()).value);
  expect(seen).not.toContain("second");
  for (let next = await reader.read(); !next.done; next = await reader.read())
    seen += new TextDecoder().decode(next.value);
  expect(seen).toContain("second");
});

test("a character of several bytes is never split, however the model's tokens fall", async () => {
  const answer = "añb 👩‍👩‍👧‍👦 ж 漢字 𝒳";
  app.simulator.enqueue(text(answer, { chunks: [...answer] }));
  const response = await app.chat(BODY);
  // Fatal: every network chunk on its own must be whole, for clients that decode chunk by chunk.
  let body = "";
  for await (const chunk of response.body ?? []) body += new TextDecoder("utf-8", { fatal: true }).decode(chunk);
  const joined = sseChunks(body).map(({ choices: [choice] }) => choice.delta.content ?? "");
  expect(joined.join("")).toBe(answer);
});

test("an answer without text ends as an empty one, after one request to the model", async () => {
  const before = app.simulator.requests.length;
  app.simulator.enqueue(text(""));
  const answer = await readCompletion(app.chat({ ...BODY, stream: false }));
  expect(answer.choices[0]).toMatchObject({ message: { content: "" }, finish_reason: "stop" });
  app.simulator.enqueue(text("And on it goes."));
  expect(await app.ask({ ...BODY, stream: false })).toBe("And on it goes.");
  expect(app.simulator.requests.length).toBeGreaterThanOrEqual(before + 2);
});
