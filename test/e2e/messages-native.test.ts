import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import Anthropic from "@anthropic-ai/sdk";
import { blocks, native, type Reply, text, toolUse } from "../../src/simulator/reply.ts";
import type { RecordedRequest } from "../../src/simulator/simulator.ts";
import type { Harness } from "../support/harness.ts";
import {
  assistant,
  BENT,
  NATIVE,
  type NativeConversation,
  own,
  result,
  SIGNATURE,
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

let app: Harness;
let client: Anthropic;
beforeAll(async () => {
  app = await shareHarness({ responder: () => text("ok"), trustedSignatures: [SIGNATURE] });
  client = new Anthropic({ baseURL: app.url, apiKey: "none", maxRetries: 0 });
});
afterAll(() => app[Symbol.asyncDispose]());

/** Asks, and returns what of it reached the API, in one request. */
async function asked(body: object, betas: readonly string[] = BETAS) {
  const before = app.simulator.requests.length;
  const response = await fetch(`${app.url}/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json", "anthropic-beta": betas.join(",") },
    body: JSON.stringify({ model: "sonnet", max_tokens: 3000, ...body }),
  });
  const answer = await response.text();
  expect([response.status, response.status === 200 ? "" : answer]).toEqual([200, ""]);
  const [request, ...others] = app.simulator.requests.slice(before);
  if (request === undefined || others.length > 0) throw new Error(`${others.length} more requests than one arrived`);
  return { request, ignored: response.headers.get("x-claude-max-api-ignored"), answer: JSON.parse(answer) };
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

describe("reach the API as they are:", () => {
  const FIELDS = ["container", "context_management", "mcp_servers"];
  test.each(Object.entries(NATIVE))("%s", async (_, body: NativeConversation) => {
    const { request, ignored } = await asked(body);
    const sent = JSON.parse(request.rawBody);
    expect(turnsIn(request)).toEqual([...body.messages]);
    expect(sent.tools ?? []).toEqual(body.tools ?? []);
    expect<unknown>(receivedSystem(request)).toBe(body.system);
    for (const field of FIELDS) if (field in body) expect(sent[field]).toEqual(body[field]);
    if (body.tool_choice !== undefined) expect(sent.tool_choice).toEqual(body.tool_choice);
    expect(betasIn(request)).toContainValues([...BETAS, "oauth-2025-04-20"]);
    expect(ignored).toBeNull();
  });
});

test("container, context_management and mcp_servers reach the API as they are", async () => {
  const fields = {
    container: { id: "container_1" },
    context_management: { edits: [{ type: "clear_tool_uses_20250919" }] },
    mcp_servers: [{ type: "url", name: "wiki", url: "https://example.com/mcp" }],
  };
  const { request } = await asked({ ...fields, messages: [user(said("a"))] });
  expect(JSON.parse(request.rawBody)).toMatchObject(fields);
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

test.each(Object.entries(BENT))("does not reach the API as it is, and is named: %s", async (_, { body, named }) => {
  const { request, ignored } = await asked(body);
  expect(turnsIn(request)).not.toEqual([...body.messages]);
  expect(ignored).toBe(named);
});

test("what is asked for on trial is asked for by whoever names it, and by nobody else", async () => {
  const question = { messages: [user(said("Who am I?"))] };
  expect(betasIn((await asked(question)).request)).toContain("files-api-2025-04-14");
  expect(betasIn((await asked(question, [])).request)).not.toContain("files-api-2025-04-14");
  const others = ["files-api-2025-04-14", "fast-mode-2026-02-01", "context-1m-2025-08-07"];
  const { request } = await asked(question, others);
  expect(betasIn(request)).toContain("files-api-2025-04-14");
  expect(betasIn(request)).not.toContainAnyValues(others.slice(1));
});

describe("a loop goes on in the process that waits", () => {
  const memory = { type: "memory_20250818", name: "memory" };
  test.each<[string, Reply, object[], object]>([
    [
      "for a tool of Anthropic's",
      blocks([toolUse("toolu_mem", "memory", { command: "view" })]),
      [memory],
      said("kept"),
    ],
    [
      "with a tool that was deferred until now",
      blocks([toolUse("toolu_find", "find", {})]),
      [own("find"), own("later", { defer_loading: true })],
      { type: "tool_reference", tool_name: "later" },
    ],
  ])("%s", async (_, reply, tools, given) => {
    const question = user(said(`Begin ${JSON.stringify(given)}.`));
    app.simulator.enqueue(reply);
    const first = await asked({ messages: [question], tools }, []);
    expect(first.answer.stop_reason).toBe("tool_use");
    const { id } = first.answer.content.at(-1);
    const messages = [question, assistant(...first.answer.content), user(result("", [given], { tool_use_id: id }))];
    const log = app.log.length;
    const { request } = await asked({ messages, tools }, []);
    // That the model itself calls is told again only where the CLI searches among tools; without it, a call says the same.
    const [begun, called, answered] = turnsIn(request);
    expect([begun, answered]).toEqual([question, messages.at(-1)]);
    expect(assistant(...first.answer.content)).toMatchObject({ ...Object(called) });
    expect(JSON.parse(request.rawBody).tools).toEqual(tools);
    expect(app.log.slice(log).join("\n")).toContain("how=resume");
  });
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
  app.simulator.enqueue(told, told);
  const params = { model: "sonnet", max_tokens: 100, messages: [{ role: "user" as const, content: "Hi" }] };
  const whole = await client.beta.messages.create(params);
  const streamed = await client.beta.messages.stream(params).finalMessage();
  for (const answer of [whole, streamed]) {
    expect<unknown>(answer).toMatchObject({
      container,
      context_management: applied,
      usage: { server_tool_use: { web_search_requests: 1 } },
      content: [{ type: "text", text: "Hi." }],
    });
  }
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
