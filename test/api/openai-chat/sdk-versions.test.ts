import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import OpenAI7 from "openai";
import OpenAI4 from "openai-4";
import OpenAI6 from "openai-6";
import { ApiError } from "../../../src/core/error.ts";
import type { ChatEvent } from "../../../src/core/event.ts";
import { startServer, type TestServer } from "../../server/harness.ts";
import { FINISH, HELLO, play, START, serve, stopServers } from "./chat-server.ts";

// What every chat client does, by the official SDK in the versions that programs still have: of the same events, which are put together by
// the SDK, not by us. Version 7 does it through the built binary, too, with all else that it can do: test/e2e/binary-sdk.test.ts.

/** Asks for a key. */
let guarded: TestServer;
beforeAll(() => {
  guarded = startServer({ config: { apiKeys: ["a-key-of-ours"] } });
});
afterAll(() => guarded.stop(0));
afterEach(stopServers);

const told = (block: number, ...pieces: string[]): ChatEvent[] => [
  { type: "text-start", block },
  ...pieces.map((text): ChatEvent => ({ type: "text-delta", block, text })),
  { type: "text-end", block },
];
const called = (block: number, id: string, ...pieces: string[]): ChatEvent[] => [
  { type: "tool-call-start", block, id, name: "weather" },
  ...pieces.map((args): ChatEvent => ({ type: "tool-call-delta", block, args })),
  { type: "tool-call-end", block },
];
const CALLED: ChatEvent = { ...FINISH, reason: { unified: "tool-calls", raw: "tool_use" } };

const model = "claude-sonnet-4";
const asking = (content: string) => ({ model, messages: [{ role: "user" as const, content }] });
const WEATHER = {
  type: "function" as const,
  function: { name: "weather", parameters: { type: "object", properties: { city: { type: "string" } } } },
};
const withTool = (content: string) => ({
  ...asking(content),
  tools: [WEATHER],
  stream_options: { include_usage: true },
});

/** What the versions have in common; their classes have not. */
type Sdk = {
  readonly errors: Readonly<
    Record<"BadRequestError" | "AuthenticationError" | "NotFoundError" | "RateLimitError", unknown>
  >;
  create(content: string, fields?: { n?: number }): Promise<Completion>;
  stream(content: string): Promise<AsyncIterable<{ choices: { delta: { content?: string | null } }[] }>>;
  helper(content: string): Promise<Completion>;
};
type Completion = {
  readonly choices: readonly {
    readonly finish_reason: string;
    readonly message: { readonly content: string | null; readonly tool_calls?: readonly object[] };
  }[];
  readonly usage?: { readonly total_tokens: number } | null;
};

type Options = { readonly baseURL: string; readonly apiKey: string; readonly maxRetries: 0 };

const VERSIONS: Readonly<Record<string, (options: Options) => Sdk>> = {
  "openai 4": (options) => {
    const { chat, beta } = new OpenAI4(options);
    return {
      errors: OpenAI4,
      create: (content, fields) => chat.completions.create({ ...asking(content), ...fields }),
      stream: (content) => chat.completions.create({ ...asking(content), stream: true }),
      helper: (content) => beta.chat.completions.stream({ ...withTool(content), stream: true }).finalChatCompletion(),
    };
  },
  "openai 6": (options) => {
    const { chat } = new OpenAI6(options);
    return {
      errors: OpenAI6,
      create: (content, fields) => chat.completions.create({ ...asking(content), ...fields }),
      stream: (content) => chat.completions.create({ ...asking(content), stream: true }),
      helper: (content) => chat.completions.stream(withTool(content)).finalChatCompletion(),
    };
  },
  "openai 7": (options) => {
    const { chat } = new OpenAI7(options);
    return {
      errors: OpenAI7,
      create: (content, fields) => chat.completions.create({ ...asking(content), ...fields }),
      stream: (content) => chat.completions.create({ ...asking(content), stream: true }),
      helper: (content) => chat.completions.stream(withTool(content)).finalChatCompletion(),
    };
  },
};

describe.each(Object.entries(VERSIONS))("%s", (name, open) => {
  const sdk = ({ url }: { readonly url: string }) => open({ baseURL: `${url}/v1`, apiKey: "anything", maxRetries: 0 });

  test("create() answers, with the API's usage", async () => {
    const { choices, usage } = await sdk(serve(play(START, ...HELLO, FINISH))).create(`Hello, ${name}`);
    expect(choices).toMatchObject([{ finish_reason: "stop", message: { role: "assistant", content: "Hello" } }]);
    expect(usage?.total_tokens).toBe(10);
  });

  test("create() streams", async () => {
    const server = serve(play(START, ...told(0, "Hi ", "there, ", "漢字"), FINISH));
    const pieces: string[] = [];
    for await (const { choices } of await sdk(server).stream("Stream")) pieces.push(choices[0]?.delta.content ?? "");
    expect(pieces.filter((piece) => piece !== "")).toEqual(["Hi ", "there, ", "漢字"]);
  });

  test("stream() puts text, parallel calls and usage together", async () => {
    const calls = [...called(1, "toolu_1", '{"ci', 'ty":"Rome"}'), ...called(2, "toolu_2", "{}")];
    const { choices, usage } = await sdk(serve(play(START, ...told(0, "Looking."), ...calls, CALLED))).helper(
      "Weather?",
    );
    expect(choices).toMatchObject([
      {
        finish_reason: "tool_calls",
        message: {
          content: "Looking.",
          tool_calls: [
            { id: "toolu_1", type: "function", function: { name: "weather", arguments: '{"city":"Rome"}' } },
            { id: "toolu_2", type: "function", function: { name: "weather", arguments: "{}" } },
          ],
        },
      },
    ]);
    expect(usage?.total_tokens).toBe(10);
  });

  test("errors are of the SDK's own classes", async () => {
    const server = serve(play({ type: "error", error: new ApiError("rate_limited", "slow down") }));
    const lost = serve(play({ type: "error", error: new ApiError("model_not_found", "no such model") }));
    const failed = async (kind: keyof Sdk["errors"], asked: Promise<unknown>) => {
      const error = await asked.catch((thrown: unknown) => thrown);
      expect({ error, isOfKind: isA(error, sdk(server).errors[kind]) }).toMatchObject({ isOfKind: true });
      return error;
    };
    const invalid = await failed("BadRequestError", sdk(server).create("Hi", { n: 99 }));
    expect(invalid).toMatchObject({ status: 400, param: "n" });
    const unknown = await failed("AuthenticationError", sdk(guarded).create("Hi"));
    expect(unknown).toMatchObject({ status: 401, code: "invalid_api_key" });
    const missing = await failed("NotFoundError", sdk(lost).create("Hi"));
    expect(missing).toMatchObject({ status: 404, code: "model_not_found" });
    expect(await failed("RateLimitError", sdk(server).create("Hi"))).toMatchObject({ status: 429 });
  });
});

const isA = (value: unknown, kind: unknown) => typeof kind === "function" && value instanceof kind;
