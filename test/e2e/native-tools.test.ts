import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { JsonObject } from "../../src/core/json.ts";
import type { ChatRequest, Turn } from "../../src/core/request.ts";
import { webSearchAnswer } from "../../src/simulator/answer/web-search.ts";
import { blocks, hangMidStream, text, textBlock, toolUse } from "../../src/simulator/reply.ts";
import { BackendHarness } from "../support/backend.ts";
import { claudeVersion } from "../support/claude-version.ts";
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
});

test("definitions, tools and other fields of the API's are told anew with results of calls and in the next turn, and each is for its turn alone", async () => {
  const version = (number: number) => ({ tools: [f("look", { description: `Version ${number}.` })] });
  const definition = (number: number) => ({
    name: "look",
    description: `Version ${number}.`,
    input_schema: { type: "object" },
  });
  const native = { context_management: { edits: [{ type: "clear_tool_uses_20250919", exclude_tools: ["½"] }] } };
  app.simulator.enqueue(blocks([toolUse("toolu_b1", "look", {})]), text("Two."), text("Three."));
  const turns = [user("1")];
  const calling = await app.ask(request(turns, version(1)));
  turns.push(calling.turn, user(result("toolu_b1", "r")));
  const two = await app.ask(request(turns, { ...version(2), native }));
  expect(app.served).toStartWith("how=resume");
  expect(written("tools")).toBe(JSON.stringify([definition(2)]));
  expect(written("context_management")).toBe(JSON.stringify(native.context_management));
  await app.ask(request([...turns, two.turn, user("2")], { ...version(3), serverTools: searching() }));
  expect(app.served).toStartWith("how=reuse keep=4");
  expect(written("tools")).toBe(JSON.stringify([SEARCH, definition(3)]));
  expect(written("context_management")).not.toContain("clear_tool_uses");
});

test("a request without tools has none, and fields of the API's never take the place of what is the CLI's own to say", async () => {
  app.simulator.enqueue(text("One."));
  const mine = { model: "x", messages: [], system: "x", metadata: { user_id: "x" }, stream: false, betas: ["x"] };
  await app.ask(request([user("1")], { native: mine }));
  const { body, headers } = app.received;
  expect(written("tools")).toBe("[]");
  expect(receivedTurns(app.received)).toEqual([{ role: "user", content: [{ type: "text", text: "1" }] }]);
  expect([body.model, body.stream]).toEqual([expect.stringContaining("sonnet"), true]);
  expect(body.metadata).not.toEqual(mine.metadata);
  expect(headers.get("anthropic-beta")).toContain("oauth-2025-04-20");
});

describe("what the API's own tools do", () => {
  const typesOf = (turn: Turn) =>
    turn.content.map((block) => (block.type === "native" ? block.block.type : block.type));

  test("stands beside calls that wait, may be all of an answer, and goes back as it was: from memory, and appended for another model", async () => {
    app.simulator.enqueue(
      blocks([textBlock("a"), call("srvtoolu_1"), found("srvtoolu_1"), toolUse("toolu_c1", "look", { x: 1 })]),
      blocks([textBlock("b"), call("srvtoolu_2"), found("srvtoolu_2")]),
      webSearchAnswer("q", PAGES),
      text("Four."),
      text("Five."),
    );
    const turns = [user("Search and look")];
    const offer = { tools: [f("look")], serverTools: searching() };
    const ask = async (next: Turn, fields: Partial<ChatRequest> = {}) => {
      const answer = await app.ask(request(turns, { ...offer, ...fields }));
      turns.push(answer.turn, next);
      return answer;
    };
    const calling = await ask(user(result("toolu_c1", "r")));
    expect(calling.finish.reason.unified).toBe("tool-calls");
    await ask(user("And?"));
    expect(app.served).toStartWith("how=resume");
    expect(receivedTurns(app.received)[1]?.content.map(({ type }) => type)).toEqual([
      ...["text", "server_tool_use", "web_search_tool_result", "tool_use"],
    ]);
    const searched = await ask(user("So?"));
    expect(app.served).toStartWith("how=reuse keep=4");
    expect(receivedTurns(app.received)[3]?.content).toHaveLength(3);
    expect(typesOf(searched.turn).slice(0, 2)).toEqual(["server_tool_use", "web_search_tool_result"]);
    await ask(user("Then?"));
    // 2.1.250 loses what texts rest on: there it is told again.
    expect(app.served.includes("keep=6")).toBe(VERSION !== "2.1.250");
    const remembered = receivedTurns(app.received);
    expect(remembered[5]?.content.at(-1)).toHaveProperty("citations", [expect.objectContaining({ title: "A…" })]);
    // Another model has nothing of it.
    await ask(user("!"), { model: "claude-opus-4" });
    expect(app.served).toContain("keep=0");
    expect(receivedTurns(app.received).slice(0, remembered.length)).toEqual(remembered);
  });

  test("may be given up in the middle: the next request is served without it", async () => {
    const leaving = new AbortController();
    app.simulator.enqueue(hangMidStream([textBlock("a"), call("srvtoolu_1")]));
    const asked = request([user("Search")], { serverTools: searching() });
    const events: string[] = [];
    for await (const event of app.backend.run(asked, leaving.signal, { isStreamed: true })) {
      events.push(event.type);
      if (event.type === "native-start") leaving.abort();
    }
    expect(events.at(-1)).toBe("error");
    app.simulator.enqueue(text("Done."));
    await app.ask(asked);
    expect(receivedTurns(app.received)).toHaveLength(1);
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
