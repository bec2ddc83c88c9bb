import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { blocks, text, textBlock } from "../../src/simulator/reply.ts";
import type { RecordedRequest } from "../../src/simulator/simulator.ts";
import type { Harness } from "../support/harness.ts";
import { receivedSystem, receivedTurns } from "../support/received.ts";
import { shareHarness } from "../support/shared-harness.ts";

// What programs send to /v1/messages beside the textbook, through the real CLI: what the model was asked is the proof.

let app: Harness;
beforeAll(async () => {
  app = await shareHarness();
});
afterAll(() => app[Symbol.asyncDispose]());

const post = (body: object) =>
  fetch(`${app.url}/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "sonnet", max_tokens: 3000, ...body }),
  });

/** Asks, and returns what of it reached the API, in one request. */
async function asked(body: object): Promise<{ request: RecordedRequest; ignored: string | null; answer: string }> {
  const before = app.simulator.requests.length;
  const response = await post(body);
  const answer = await response.text();
  expect([response.status, response.status === 200 ? "" : answer]).toEqual([200, ""]);
  const [request, ...others] = app.simulator.requests.slice(before);
  if (request === undefined || others.length > 0) throw new Error(`${others.length} more requests than one arrived`);
  return { request, ignored: response.headers.get("x-claude-max-api-ignored"), answer };
}

const said = (words: string) => ({ type: "text", text: words });
const user = (...content: object[]) => ({ role: "user", content });
const assistant = (...content: object[]) => ({ role: "assistant", content });

describe("blocks that the API alone understands reach it as they are:", () => {
  const linked = { type: "document", source: { type: "url", url: "https://example.com/a.pdf" } };
  const found = { type: "search_result", source: "https://a.example", title: "A", content: [said("a")] };
  const search = { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "q" } };
  const result = {
    type: "web_search_tool_result",
    tool_use_id: "srvtoolu_1",
    content: [{ type: "web_search_result", url: "https://a.example", title: "A", encrypted_content: "x" }],
  };
  const mcp = { type: "mcp_tool_use", id: "mcptoolu_1", name: "n", server_name: "s", input: {} };
  const mcpResult = { type: "mcp_tool_result", tool_use_id: "mcptoolu_1", is_error: false, content: [said("v")] };
  const summary = { type: "compaction", content: "What was said." };
  const call = { type: "tool_use", id: "toolu_1", name: "f", input: {} };
  const file = { type: "document", source: { type: "text", media_type: "text/plain", data: "d" }, title: "q" };
  test.each<[string, object[]]>([
    ["a document by URL in a question", [user(linked, said("a"))]],
    ["a document by URL in the history", [user(linked, said("a")), assistant(said("b")), user(said("c"))]],
    ["a search result", [user(found, said("a"))]],
    ["a search of Anthropic's", [user(said("a")), assistant(search, result, said("b")), user(said("c"))]],
    ["calls of an MCP server", [user(said("a")), assistant(mcp, mcpResult, said("b")), user(said("c"))]],
    ["what stands for a compacted conversation", [user(said("a")), assistant(summary, said("b")), user(said("c"))]],
    [
      "documents and search results in the result of a call",
      [
        user(said("a")),
        assistant(call),
        user({ tool_use_id: "toolu_1", type: "tool_result", content: [file, found, linked] }),
      ],
    ],
  ])("%s", async (_, messages) => {
    const { request, ignored } = await asked({ messages });
    expect<unknown>(receivedTurns(request)).toEqual(messages);
    expect(ignored).toBeNull();
  });
});

describe("other programs' spellings ask the same as the textbook's:", () => {
  const definition = { name: "f", parameters: { type: "object", properties: { a: { type: "string" } } } };
  const tools = [{ name: "f", input_schema: definition.parameters }];
  const calls = { id: "toolu_1", type: "function", function: { name: "f", arguments: '{"a":"1"}' } };
  const call = { type: "tool_use", id: "toolu_1", name: "f", input: { a: "1" } };
  const result = { type: "tool_result", tool_use_id: "toolu_1", content: [said("r")] };
  const own = "x-anthropic-billing-header: cc_version=2.1.332.a1b; cc_entrypoint=cli; cch=";
  test.each<[string, object, object]>([
    [
      "a chat of OpenAI's",
      {
        messages: [
          { role: "system", content: "Be brief." },
          { role: "user", content: "a" },
          { role: "assistant", content: null, tool_calls: [calls] },
          { role: "tool", tool_call_id: "toolu_1", content: "r" },
        ],
        tools: [{ type: "function", function: definition }],
      },
      { system: "Be brief.", messages: [user(said("a")), assistant(call), user(result)], tools },
    ],
    [
      "results that stand elsewhere, twice, or without their call",
      {
        messages: [
          user({ ...result, tool_use_id: "gone" }, said("a")),
          assistant(call),
          user(said("b")),
          assistant(said("c")),
          user(result),
          user(result, said("d")),
        ],
        tools,
      },
      {
        messages: [
          user(said("[Result of the earlier tool call gone]\nr"), said("a")),
          assistant(call),
          user(result, said("b")),
          assistant(said("c")),
          user(said("[Result of the earlier tool call toolu_1]\nr"), said("d")),
        ],
        tools,
      },
    ],
    [
      "Claude Code's own lines, which are others in each request",
      {
        system: [
          said(`${own}1;`),
          said("You are Claude Code, Anthropic's official CLI for Claude."),
          said("Be brief."),
        ],
        messages: [user(said("a"))],
      },
      { system: "Be brief.", messages: [user(said("a"))] },
    ],
    [
      "no limit, or less than one",
      { max_tokens: 0, messages: [user(said("a"))] },
      { max_tokens: undefined, messages: [user(said("a"))] },
    ],
  ])("%s", async (_, spelled, textbook) => {
    const [one, other] = [await asked(spelled), await asked(textbook)];
    expect(receivedTurns(one.request)).toEqual(receivedTurns(other.request));
    expect(receivedSystem(one.request)).toEqual(receivedSystem(other.request));
    expect<unknown>([one.request.body.tools, one.request.body.max_tokens]).toEqual([
      other.request.body.tools,
      other.request.body.max_tokens,
    ]);
  });
});

describe("an answer that the client has begun", () => {
  const begun = [user(said("Count to five.")), assistant(said("1, 2, 3"))];
  test.each([
    ["is gone on with", ", 4, 5"],
    ["is not told again where the model repeats it", "1, 2, 3, 4, 5"],
  ])("%s", async (_, written) => {
    app.simulator.enqueue(text(written));
    const { request, ignored, answer } = await asked({ messages: begun });
    expect<unknown>(receivedTurns(request).slice(0, 2)).toEqual(begun);
    expect(receivedTurns(request).at(-1)?.role).toBe("user");
    expect(JSON.parse(answer).content).toEqual([{ type: "text", text: ", 4, 5" }]);
    expect(ignored).toBe("messages.continuation");
  });

  test("is streamed without what the model repeats", async () => {
    app.simulator.enqueue(blocks([textBlock("1, 2, 3, 4", ["1, ", "2, 3", ", 4"])]));
    const { answer } = await asked({ messages: begun, stream: true });
    const deltas = [...answer.matchAll(/"text_delta","text":"([^"]*)"/g)].map(([, words]) => words);
    expect(deltas.join("")).toBe(", 4");
  });
});

test("what the API tells beside the counts is passed on: the tier, and for how long what was cached", async () => {
  const { answer } = await asked({ messages: [user(said("a"))] });
  const { usage } = JSON.parse(answer);
  expect(usage.service_tier).toBe("standard");
  expect(usage.cache_creation).toContainKeys(["ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens"]);
});
