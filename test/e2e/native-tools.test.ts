import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { isJsonObject, type JsonObject } from "../../src/core/json.ts";
import type { ChatRequest, Turn } from "../../src/core/request.ts";
import { webSearchAnswer } from "../../src/simulator/answer/web-search.ts";
import { blocks, hangMidStream, type ReplyBlock, text, textBlock, toolUse } from "../../src/simulator/reply.ts";
import { BackendHarness } from "../support/backend.ts";
import { claudeVersion } from "../support/claude-version.ts";
import { CliHome } from "../support/cli-session.ts";
import { call, f, found, PAGES, requestFor, result, SEARCH, searching, user } from "../support/native.ts";
import { receivedTurns } from "../support/received.ts";

// What the API gets of tools and of fields of its own, and what becomes of what its own tools do: through the real CLI.

const VERSION = await claudeVersion();
let app: BackendHarness;
beforeAll(async () => {
  app = await new BackendHarness().start();
});
afterAll(() => app[Symbol.asyncDispose]());
afterEach(() => app.simulator.clearQueue());

/** Each test has a conversation of its own, which no process remembers. */
let conversations = 0;
afterEach(() => void conversations++);
const request = (turns: readonly Turn[], fields: Partial<ChatRequest> = {}) =>
  requestFor(`System ${conversations}.`, turns, fields);

function blockOf(block: ReplyBlock): JsonObject {
  if (block.type !== "native" || !isJsonObject(block.block)) throw new Error("no block of the API's own");
  return block.block;
}

/** The value of a top-level field as it stands in the body. */
function written(field: string): string {
  const { rawBody } = app.received;
  const value = (JSON.parse(rawBody) as JsonObject)[field];
  const json = JSON.stringify(value);
  expect(rawBody).toContain(`"${field}":${json}`);
  return json;
}

describe("tools arrive to the letter, in the client's order", () => {
  const words = "½ … （是） a\u200bb e\u0301 👨‍👩‍👧 ﬁ";
  const parameters = {
    type: "object",
    properties: { z: { enum: [words], default: words }, a: { $ref: "#/$defs/d" } },
    required: ["z"],
    $defs: { d: { anyOf: [{ type: "string" }, { type: "null" }] } },
    additionalProperties: false,
  };
  const STRICT = {
    type: "object",
    properties: { z: { type: "string" } },
    required: ["z"],
    additionalProperties: false,
  };
  const tools = [
    f("zeta", { description: words, parameters }),
    f("Bash", {
      parameters: STRICT,
      description: "d".repeat(5_000),
      native: { strict: true, input_examples: [{ z: words }] },
    }),
    f("str_replace_based_edit_tool", { native: { type: "text_editor_20250728", max_characters: 10_000 } }),
    f("alpha", { native: { type: "custom", eager_input_streaming: true } }),
  ];
  const definitions = [
    { name: "zeta", description: words, input_schema: parameters },
    SEARCH,
    {
      name: "Bash",
      description: "d".repeat(5_000),
      input_schema: STRICT,
      strict: true,
      input_examples: [{ z: words }],
    },
    { type: "text_editor_20250728", name: "str_replace_based_edit_tool", max_characters: 10_000 },
    { type: "custom", name: "alpha", input_schema: { type: "object" }, eager_input_streaming: true },
    { type: "code_execution_20250825", name: "code_execution" },
  ];
  const serverTools = [...searching(1), { definition: definitions[5] ?? {}, at: 4 }];

  test("and stay so while the process waits for results, and in the next turn", async () => {
    app.simulator.enqueue(
      blocks([toolUse("toolu_a1", "str_replace_based_edit_tool", { command: "view" })]),
      text("Done."),
      text("Yes."),
    );
    const turns = [user("Hello")];
    const offer = { tools, serverTools };
    const calling = await app.ask(request(turns, offer));
    expect(written("tools")).toBe(JSON.stringify(definitions));
    turns.push(calling.turn, user(result("toolu_a1", "r")));
    const done = await app.ask(request(turns, offer));
    expect(app.served).toStartWith("how=resume");
    expect(written("tools")).toBe(JSON.stringify(definitions));
    await app.ask(request([...turns, done.turn, user("And?")], offer));
    expect(app.served).toStartWith("how=reuse keep=4");
    expect(written("tools")).toBe(JSON.stringify(definitions));
  });

  test("and are gone in a request without", async () => {
    app.simulator.enqueue(text("Plain."));
    await app.ask(request([user("Hello")]));
    expect(written("tools")).toBe("[]");
  });
});

describe("functions of the same names are told anew to the process that knows the conversation:", () => {
  const version = (number: number) => ({ tools: [f("look", { description: `Version ${number}.` })] });

  test("in the next turn", async () => {
    app.simulator.enqueue(text("One."), text("Two."));
    const turns = [user("1")];
    const { turn } = await app.ask(request(turns, version(1)));
    await app.ask(request([...turns, turn, user("2")], { ...version(2), serverTools: searching() }));
    expect(app.served).toStartWith("how=reuse keep=2");
    expect(written("tools")).toBe(
      JSON.stringify([SEARCH, { name: "look", description: "Version 2.", input_schema: { type: "object" } }]),
    );
  });

  test("with the results of calls, and other fields of the API's with them", async () => {
    app.simulator.enqueue(blocks([toolUse("toolu_b1", "look", {})]), text("Two."));
    const turns = [user("1")];
    const { turn } = await app.ask(request(turns, version(1)));
    const native = { context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] } };
    await app.ask(request([...turns, turn, user(result("toolu_b1", "r"))], { ...version(2), native }));
    expect(app.served).toStartWith("how=resume");
    expect(written("tools")).toContain("Version 2.");
    expect(written("context_management")).toBe(JSON.stringify(native.context_management));
  });

  test("but not what was thought beside others: the API might not take it back", async () => {
    app.simulator.enqueue(text("One.", { thinking: "Hm." }), text("Two."));
    const turns = [user("1")];
    const { turn } = await app.ask(request(turns, { ...version(1), effort: "high" }));
    const told = { ...turn, content: turn.content.filter(({ type }) => type !== "thinking") };
    await app.ask(request([...turns, told, user("2")], { ...version(2), effort: "high" }));
    expect(receivedTurns(app.received)[1]?.content).toEqual([{ type: "text", text: "One." }]);
  });
});

describe("other fields of the API's", () => {
  test("arrive as they are, for this turn", async () => {
    const context_management = { edits: [{ type: "clear_tool_uses_20250919", exclude_tools: ["½"] }] };
    app.simulator.enqueue(text("One."), text("Two."));
    const turns = [user("1")];
    const { turn } = await app.ask(request(turns, { native: { context_management } }));
    expect(written("context_management")).toBe(JSON.stringify(context_management));
    await app.ask(request([...turns, turn, user("2")]));
    expect(written("context_management")).not.toContain("clear_tool_uses");
  });

  test("never take the place of what is the CLI's own to say", async () => {
    app.simulator.enqueue(text("One."));
    const mine = { model: "x", messages: [], system: "x", metadata: { user_id: "x" }, stream: false, betas: ["x"] };
    await app.ask(request([user("1")], { native: mine }));
    const { body, headers } = app.received;
    expect(receivedTurns(app.received)).toEqual([{ role: "user", content: [{ type: "text", text: "1" }] }]);
    expect([body.model, body.stream]).toEqual([expect.stringContaining("sonnet"), true]);
    expect(body.metadata).not.toEqual(mine.metadata);
    expect(headers.get("anthropic-beta")).toContain("oauth-2025-04-20");
  });
});

describe("what the API's own tools do", () => {
  const nativeTypes = (turn: Turn | undefined) =>
    turn?.content.map((block) => (block.type === "native" ? block.block.type : block.type));

  test("is told, and goes back as it was: from memory, and appended in another process", async () => {
    app.simulator.enqueue(webSearchAnswer("q", PAGES), text("Two."), text("Three."));
    const turns = [user("Search")];
    const { turn } = await app.ask(request(turns, { serverTools: searching() }));
    expect(nativeTypes(turn)?.slice(0, 2)).toEqual(["server_tool_use", "web_search_tool_result"]);
    turns.push(turn, user("And?"));
    const next = await app.ask(request(turns, { serverTools: searching() }));
    // 2.1.250 loses what texts rest on: there it is told again.
    expect(app.served).toContain(VERSION === "2.1.250" ? "keep=0" : "keep=2");
    const [, remembered] = receivedTurns(app.received);
    expect(remembered?.content.at(-1)).toHaveProperty("citations", [expect.objectContaining({ title: "A…" })]);
    // Which betas a process asks for is settled when it starts.
    const betas = ["files-api-2025-04-14"];
    await app.ask(request([...turns, next.turn, user("So?")], { betas, serverTools: searching() }));
    expect(app.served).toContain("keep=0");
    expect(receivedTurns(app.received)[1]).toEqual(remembered);
  });

  test("does not keep calls of the client's from waiting for their results", async () => {
    const answer = [textBlock("a"), call("srvtoolu_1"), found("srvtoolu_1"), toolUse("toolu_c1", "look", { x: 1 })];
    app.simulator.enqueue(blocks(answer), text("Done."));
    const turns = [user("Search and look")];
    const offer = { tools: [f("look")], serverTools: searching() };
    const calling = await app.ask(request(turns, offer));
    expect(calling.finish.reason.unified).toBe("tool-calls");
    await app.ask(request([...turns, calling.turn, user(result("toolu_c1", "r"))], offer));
    expect(app.served).toStartWith("how=resume");
    const types = receivedTurns(app.received)[1]?.content.map(({ type }) => type);
    expect(types).toEqual(["text", "server_tool_use", "web_search_tool_result", "tool_use"]);
  });

  test("goes back as it was where a process is started from the conversation", async () => {
    const content = [
      { type: "text" as const, text: "a" },
      ...[call("srvtoolu_1"), found("srvtoolu_1")].map((block) => ({ type: "native" as const, block: blockOf(block) })),
      {
        type: "text" as const,
        text: "b",
        citations: [{ type: "web_search_result_location", url: "https://example.com/a" }],
      },
    ];
    await using home = new CliHome();
    const { session } = await home.resume([user("Search"), { role: "assistant", content }]);
    await session.initialize();
    await session.ask(user("And?"));
    const [request] = home.simulator.requests;
    const encoded = content.map((block) => ("block" in block ? block.block : block));
    expect(request && receivedTurns(request)[1]?.content).toEqual<unknown>(encoded);
  });

  test("may be given up in the middle: the next request is served without it", async () => {
    const leaving = new AbortController();
    app.simulator.enqueue(hangMidStream([textBlock("a"), call("srvtoolu_1")]));
    const asked = request([user("Search")], { serverTools: searching() });
    const events: string[] = [];
    for await (const event of app.backend.run(asked, leaving.signal)) {
      events.push(event.type);
      if (event.type === "native-start") leaving.abort();
    }
    expect(events.at(-1)).toBe("error");
    app.simulator.enqueue(text("Done."));
    await app.ask(asked);
    expect(receivedTurns(app.received)).toHaveLength(1);
  });

  test("may be all of an answer, and its end: the process remembers it", async () => {
    app.simulator.enqueue(blocks([textBlock("a"), call("srvtoolu_1"), found("srvtoolu_1")]), text("Two."));
    const turns = [user("Search")];
    const { turn } = await app.ask(request(turns, { serverTools: searching() }));
    await app.ask(request([...turns, turn, user("And?")], { serverTools: searching() }));
    expect(app.served).toStartWith("how=reuse keep=2");
    expect(receivedTurns(app.received)[1]?.content).toHaveLength(3);
  });

  test("goes back without what is said before the object of a schema, as the client was told it", async () => {
    const properties = { a: { type: "string" } };
    const schema = { type: "object", properties, required: ["a"], additionalProperties: false };
    app.simulator.enqueue(
      blocks([textBlock("Let me search."), call("srvtoolu_1"), found("srvtoolu_1"), textBlock('{"a":"1"}')]),
      text('{"a":"2"}'),
      text('{"a":"3"}'),
    );
    const turns = [user("Search")];
    const offer = { serverTools: searching(), outputFormat: { schema, delivery: "as-written" } } as const;
    for (const question of ["And?", "So?"]) {
      const { turn } = await app.ask(request(turns, offer));
      turns.push(turn, user(question));
    }
    await app.ask(request(turns, offer));
    expect(app.served).toStartWith("how=reuse keep=4");
    const types = receivedTurns(app.received)[1]?.content.map(({ type }) => type);
    expect(types).toEqual(["server_tool_use", "web_search_tool_result", "text"]);
  });
});
