import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import Anthropic from "@anthropic-ai/sdk";
import { blocks, native, type Reply, text, textBlock, toolUse } from "../../src/simulator/reply.ts";
import type { RecordedRequest } from "../../src/simulator/simulator.ts";
import type { Harness } from "../support/harness.ts";
import {
  assistant,
  BENT,
  NATIVE,
  type NativeConversation,
  own,
  result,
  said,
  user,
} from "../support/native-conversations.ts";
import { receivedSystem, receivedTurns } from "../support/received.ts";
import { shareHarness } from "../support/shared-harness.ts";

// What Anthropic's API alone understands, through the real CLI: what the model was asked is the proof.

const BETAS = [
  "advisor-tool-2026-03-01",
  "compact-2026-01-12",
  "compact-2026-09-04",
  "files-api-2025-04-14",
  "mcp-client-2025-11-20",
  "skills-2025-10-02",
];

/** Which the server never asks for, whoever names them. */
const PAID_BETAS = ["fast-mode-2026-02-01", "context-1m-2025-08-07"];
const BEGUN = "the API takes a beginning of the answer of older models: it is gone on with";

let app: Harness;
beforeAll(async () => {
  app = await shareHarness({ responder: () => text("ok") });
});
afterAll(() => app[Symbol.asyncDispose]());

/** Asks, and returns what of it reached the API, in one request. */
async function asked(body: object, betas: readonly string[] = BETAS) {
  const before = app.simulator.requests.length;
  const response = await fetch(`${app.url}/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json", "anthropic-beta": betas.join(",") },
    // A process that had a system prompt serves none without.
    body: JSON.stringify({ model: "sonnet", max_tokens: 3000, system: "Be brief.", ...body }),
  });
  const answer = await response.text();
  expect([response.status, response.status === 200 ? "" : answer]).toEqual([200, ""]);
  const [request, ...others] = app.simulator.requests.slice(before);
  if (request === undefined || others.length > 0) throw new Error(`${others.length} more requests than one arrived`);
  const isStreamed = "stream" in body;
  return {
    request,
    ignored: response.headers.get("x-claude-max-api-ignored"),
    answer: isStreamed ? answer : JSON.parse(answer),
  };
}

const betasIn = ({ headers }: RecordedRequest) => headers.get("anthropic-beta")?.split(",") ?? [];

/** What the CLI adds behind results that refer to tools. */
const LOADED = said("Tool loaded.");

function turnsIn(request: RecordedRequest): unknown[] {
  return receivedTurns(request).map(({ role, content }) => {
    const hasReference = JSON.stringify(content).includes('"tool_reference"') && role === "user";
    const last = content.at(-1);
    return { role, content: hasReference && Bun.deepEquals(last, LOADED) ? content.slice(0, -1) : content };
  });
}

const withoutThinking = (conversation: NativeConversation): NativeConversation =>
  JSON.parse(JSON.stringify(conversation), (_, value: unknown) =>
    Array.isArray(value) ? value.filter((part) => part?.type !== "thinking") : value,
  );

const nameOf = (tool: object) => Reflect.get(tool, "name") ?? Reflect.get(tool, "type");

/** All of these that go together as one conversation, whose ids are told apart: `parts` has the turns of each. */
function joined(conversations: readonly NativeConversation[]) {
  const parts = conversations.map(({ messages }, index): readonly object[] =>
    JSON.parse(JSON.stringify(messages).replaceAll(/toolu_\w+/g, (id) => `${id}_${index}`)),
  );
  const tools = conversations.flatMap(({ tools }) => (Array.isArray(tools) ? tools : []));
  const isFirst = (tool: object, index: number) => tools.findIndex((other) => nameOf(other) === nameOf(tool)) === index;
  const messages = parts.flatMap((part, index) => (index === 0 ? part : [assistant(said("Well.")), ...part]));
  const body = Object.assign({}, ...conversations, { messages, tools: tools.filter(isFirst) });
  return { body, parts };
}

/** They differ in fields of which a request has one. */
const APART = ["a search that is asked for", "a container with skills", "old results that are to be cleared"];

describe("reach the API as they are, all in one request:", () => {
  const conversations = Object.entries(NATIVE).filter(([name]) => !APART.includes(name));
  // What goes before it would have to be learnt first. thinking.test.ts has thoughts.
  const { body, parts } = joined(conversations.map(([, conversation]) => withoutThinking(conversation)));
  let arrived: Awaited<ReturnType<typeof asked>>;
  beforeAll(async () => {
    arrived = await asked(body, [...BETAS, ...PAID_BETAS]);
  });

  test.each(conversations.map(([name], index) => [name, index] as const))("%s", (_, index) => {
    // Between two of them stands an answer.
    const start = parts.slice(0, index).reduce((sum, part) => sum + part.length + 1, 0);
    const part = parts[index] ?? expect.unreachable();
    expect(turnsIn(arrived.request).slice(start, start + part.length)).toEqual([...part]);
  });

  test("tools, the choice of them, system prompt and other fields", () => {
    const sent = JSON.parse(arrived.request.rawBody);
    const { tools, tool_choice, container, context_management, mcp_servers } = body;
    expect(sent).toMatchObject({ tools, tool_choice, container, context_management, mcp_servers });
    expect(sent.tools).toEqual(tools);
    expect<unknown>(receivedSystem(arrived.request)).toBe(body.system);
    expect(turnsIn(arrived.request)).toEqual(body.messages);
  });

  test("without a word of what is left out", () => expect(arrived.ignored).toBeNull());

  test("what is asked for on trial, by whoever names it, and not what says who pays", async () => {
    expect(betasIn(arrived.request)).toContainValues([...BETAS, "oauth-2025-04-20"]);
    expect(betasIn(arrived.request)).not.toContainAnyValues(PAID_BETAS);
  });

  test("the answer tells what the API tells beside the counts: the tier, and for how long what was cached", () => {
    const { usage } = arrived.answer;
    expect(usage.service_tier).toBe("standard");
    expect(usage.cache_creation).toContainKeys(["ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens"]);
  });
});

test("container, context_management and mcp_servers reach the API as they are", async () => {
  const fields = {
    container: NATIVE["a container with skills"]?.container,
    context_management: NATIVE["old results that are to be cleared"]?.context_management,
    mcp_servers: [{ type: "url", name: "wiki", url: "https://example.com/mcp" }],
  };
  const search = NATIVE["a search that is asked for"] ?? expect.unreachable();
  const { request, ignored } = await asked({ ...search, ...fields });
  const { model: _, messages: __, ...others } = search;
  expect(JSON.parse(request.rawBody)).toMatchObject({ ...others, ...fields });
  expect(ignored).toBeNull();
});

test("marks for the cache are the CLI's, however many a client has, and one of an hour on its tools", async () => {
  const mark = (ttl: string) => ({ cache_control: { type: "ephemeral", ttl } });
  const { request, ignored } = await asked({
    ...mark("5m"),
    system: [said("s", mark("5m"))],
    messages: [user(said("a", mark("5m")), said("b", mark("5m"))), assistant(said("c", mark("5m"))), user(said("d"))],
    tools: [own("f", mark("5m")), own("g", mark("1h"))],
  });
  const marked = JSON.parse(request.rawBody).tools.map((tool: object) => "cache_control" in tool);
  expect([marked, ignored]).toEqual([[false, true], null]);
  expect(request.rawBody.split('"cache_control"').length - 1).toBeLessThanOrEqual(4);
});

test("what does not reach the API as it is, is named: what the CLI takes out, tool changes, and a beginning of the answer", async () => {
  const { [BEGUN]: begun, ...others } = BENT;
  const conversations = [...Object.values(others), begun ?? expect.unreachable()];
  const { body } = joined(conversations.map(({ body }) => body));
  const { request, ignored } = await asked(body);
  const named = conversations.flatMap(({ named }) => named.split(","));
  expect(ignored?.split(",").toSorted()).toEqual([...new Set(named)].toSorted());
  const turns = JSON.stringify(turnsIn(request));
  for (const lost of ["advisor_tool_result", "mcp_tool_use", "server_tool_use", "tool_addition"])
    expect(turns).not.toContain(lost);
  expect(turnsIn(request).at(-1)).toMatchObject({ role: "user" });
  expect(JSON.parse(request.rawBody).tools).toContainEqual(own("later"));
});

test("a loop goes on in the process that waits for a tool of Anthropic's, with a tool that was deferred until now", async () => {
  const tools = [{ type: "memory_20250818", name: "memory" }, own("find"), own("later", { defer_loading: true })];
  const question = user(said("Begin."));
  app.simulator.enqueue(
    blocks([toolUse("toolu_mem", "memory", { command: "view" }), toolUse("toolu_find", "find", {})]),
  );
  const first = await asked({ messages: [question], tools }, []);
  expect(betasIn(first.request)).not.toContainAnyValues(BETAS);
  expect(first.answer.stop_reason).toBe("tool_use");
  const { content } = first.answer;
  const given = [said("kept"), { type: "tool_reference", tool_name: "later" }];
  const results = given.map((part, index) => result("", [part], { tool_use_id: content[index].id }));
  const messages = [question, assistant(...content), user(...results)];
  const log = app.log.length;
  const { request } = await asked({ messages, tools }, []);
  // That the model itself calls is told again only where the CLI searches among tools; without it, a call says the same.
  const [begun, called, answered] = turnsIn(request);
  expect([begun, answered]).toEqual([question, messages.at(-1)]);
  expect(assistant(...content)).toMatchObject({ ...Object(called) });
  expect(JSON.parse(request.rawBody).tools).toEqual(tools);
  expect(app.log.slice(log).join("\n")).toContain("how=resume");
});

test("what the API tells of an answer beside its content is told where it tells it", async () => {
  const usage = { input_tokens: 5, output_tokens: 1 };
  const applied = {
    applied_edits: [{ type: "clear_tool_uses_20250919", cleared_tool_uses: 2, cleared_input_tokens: 9 }],
  };
  const container = { id: "container_1", expires_at: "2030-01-01T00:00:00Z", skills: null };
  const message = {
    ...{ id: "msg_1", type: "message", role: "assistant", model: "claude-sonnet-5-5", content: [] },
    ...{ stop_reason: null, stop_sequence: null, usage },
  };
  const told: Reply = {
    kind: "raw",
    gapMs: 0,
    events: [
      { type: "message_start", message },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hi." } },
      { type: "content_block_stop", index: 0 },
      {
        type: "message_delta",
        delta: { stop_reason: "end_turn", stop_sequence: null, container },
        usage: { output_tokens: 2, server_tool_use: { web_search_requests: 1 } },
        context_management: applied,
      },
      { type: "message_stop" },
    ],
  };
  app.simulator.enqueue(told);
  const params = { model: "sonnet", max_tokens: 100, messages: [{ role: "user" as const, content: "Hi" }] };
  const client = new Anthropic({ baseURL: app.url, apiKey: "none", maxRetries: 0 });
  expect<unknown>(await client.beta.messages.stream(params).finalMessage()).toMatchObject({
    container,
    context_management: applied,
    usage: { server_tool_use: { web_search_requests: 1 } },
    content: [{ type: "text", text: "Hi." }],
  });
});

test("a compaction is asked for, and is the whole answer", async () => {
  const summary = { type: "compaction", content: "What was said." };
  app.simulator.enqueue(blocks([native(summary)], { stopReason: "compaction" }));
  const { request, answer, ignored } = await asked({
    compaction: { type: "summarize" },
    messages: [user(said("a")), assistant(said("b")), user(said("c"))],
  });
  const sent = JSON.parse(request.rawBody);
  expect([sent.compaction, sent.context_management ?? null]).toEqual([{ type: "summarize" }, null]);
  expect([answer.content, answer.stop_reason, ignored]).toEqual([[summary], "compaction", null]);
});

test("an answer that the client has begun is gone on with, and streamed without what the model repeats", async () => {
  const begun = [user(said("Count to five.")), assistant(said("1, 2, 3"))];
  app.simulator.enqueue(blocks([textBlock("1, 2, 3, 4", ["1, ", "2, 3", ", 4"])]));
  const { request, ignored, answer } = await asked({ messages: begun, stream: true }, []);
  expect(turnsIn(request).slice(0, 2)).toEqual(begun);
  expect(turnsIn(request).at(-1)).toMatchObject({ role: "user" });
  const deltas = [...answer.matchAll(/"text_delta","text":"([^"]*)"/g)].map(([, words]) => words);
  expect(deltas.join("")).toBe(", 4");
  expect(ignored).toBe("messages.continuation");
});
