import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import OpenAI7 from "openai";
import OpenAI4 from "openai-4";
import OpenAI6 from "openai-6";
import { apiError, blocks, text, textBlock, toolUse } from "../../src/simulator/reply.ts";
import { startServer, type TestServer } from "../server/harness.ts";
import { type RunningBinary, sharedBinary } from "../support/binary.ts";

// What every chat client does, by the official SDK in the versions that programs still have, against the built binary. Version 7 has
// tests of its own for all that it can do.

let app: RunningBinary;
/** Asks for a key. */
let guarded: TestServer;
beforeAll(async () => {
  guarded = startServer({ config: { apiKeys: ["a-key-of-ours"] } });
  app = await sharedBinary();
});
afterAll(() => guarded.stop(0));

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
  create(content: string, fields?: { model?: string; n?: number }): Promise<Completion>;
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
  const sdk = ({ url }: { readonly url: string } = app) =>
    open({ baseURL: `${url}/v1`, apiKey: "anything", maxRetries: 0 });

  test("create() answers, with the API's usage", async () => {
    app.simulator.enqueue(text("Hi there"));
    const { choices, usage } = await sdk().create(`Hello, ${name}`);
    expect(choices).toMatchObject([{ finish_reason: "stop", message: { role: "assistant", content: "Hi there" } }]);
    expect(usage?.total_tokens).toBeGreaterThan(0);
  });

  test("create() streams", async () => {
    app.simulator.enqueue(text("Hi there, 漢字", { chunks: ["Hi ", "there, ", "漢字"] }));
    const pieces: string[] = [];
    for await (const { choices } of await sdk().stream(`Stream, ${name}`)) pieces.push(choices[0]?.delta.content ?? "");
    expect(pieces.filter((piece) => piece !== "")).toEqual(["Hi ", "there, ", "漢字"]);
  });

  test("stream() puts text, parallel calls and usage together", async () => {
    const [first, second] = [1, 2].map((n) => `toolu_${name.replace(" ", "")}_${n}`);
    app.simulator.enqueue(
      blocks([
        textBlock("Looking."),
        toolUse(first ?? "", "weather", ['{"ci', 'ty":"Rome"}']),
        toolUse(second ?? "", "weather", []),
      ]),
    );
    const { choices, usage } = await sdk().helper(`Weather, ${name}?`);
    expect(choices).toMatchObject([
      {
        finish_reason: "tool_calls",
        message: {
          content: "Looking.",
          tool_calls: [
            { id: first, type: "function", function: { name: "weather", arguments: '{"city":"Rome"}' } },
            { id: second, type: "function", function: { name: "weather", arguments: "{}" } },
          ],
        },
      },
    ]);
    expect(usage?.total_tokens).toBeGreaterThan(0);
  });

  test("errors are of the SDK's own classes", async () => {
    const failed = async (kind: keyof Sdk["errors"], asked: Promise<unknown>) => {
      const error = await asked.catch((thrown: unknown) => thrown);
      expect({ error, isOfKind: isA(error, sdk().errors[kind]) }).toMatchObject({ isOfKind: true });
      return error;
    };
    const invalid = await failed("BadRequestError", sdk().create("Hi", { n: 99 }));
    expect(invalid).toMatchObject({ status: 400, param: "n" });
    const unknown = await failed("AuthenticationError", sdk(guarded).create("Hi"));
    expect(unknown).toMatchObject({ status: 401, code: "invalid_api_key" });
    const missing = await failed("NotFoundError", sdk().create("Hi", { model: "nope" }));
    expect(missing).toMatchObject({ status: 404, code: "model_not_found" });
    app.simulator.enqueue(apiError(429, "rate_limit_error", "slow down"));
    expect(await failed("RateLimitError", sdk().create("Hi"))).toMatchObject({ status: 429 });
  });
});

const isA = (value: unknown, kind: unknown) => typeof kind === "function" && value instanceof kind;
