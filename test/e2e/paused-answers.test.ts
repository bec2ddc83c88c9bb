import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { ChatRequest, Turn } from "../../src/core/request.ts";
import { blocks, text, textBlock, toolUse } from "../../src/simulator/reply.ts";
import { BackendHarness } from "../support/backend.ts";
import { call, f, found, requestFor, result, searching, user } from "../support/native.ts";
import { receivedTurns } from "../support/received.ts";

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

// How often it is gone on with, and when not: test/claude/paused-turns.test.ts.
describe("an answer that the API pauses", () => {
  const PAUSED = { stopReason: "pause_turn" };
  const paused = (id: string) => blocks([call(id), found(id)], PAUSED);

  test("is gone on with, as one answer with the usage of all", async () => {
    app.simulator.enqueue(
      blocks([textBlock("Let me "), call("srvtoolu_1"), found("srvtoolu_1")], PAUSED),
      paused("srvtoolu_2"),
      text("see."),
    );
    const before = app.simulator.requests.length;
    const { turn, finish, events } = await app.ask(request([user("Search")], { serverTools: searching() }));
    const texts = turn.content.flatMap((block) => (block.type === "text" ? [block.text] : []));
    expect(texts).toEqual(["Let me ", "see."]);
    expect(turn.content).toHaveLength(6);
    expect([finish.reason.raw, events.filter(({ type }) => type === "response-start").length]).toEqual(["end_turn", 1]);
    const asked = app.simulator.requests.slice(before);
    expect(asked).toHaveLength(3);
    const charged = asked.map((one) => one.charged?.input_tokens ?? 0).reduce((sum, tokens) => sum + tokens, 0);
    expect(finish.usage.inputTokens).toBe(charged);
    const [question, work, goOn] = receivedTurns(app.received);
    expect(question?.content).toEqual([{ type: "text", text: "Search" }]);
    expect(work?.content.map(({ type }) => type)).toEqual(["text", "server_tool_use", "web_search_tool_result"]);
    expect(goOn?.content[0]?.text).toStartWith("[You were paused");
  });

  test("is told to a client that goes on by itself, whose next request the same process serves", async () => {
    app.simulator.enqueue(paused("srvtoolu_1"), text("Done."));
    const turns = [user("Search")];
    const offer = { serverTools: searching(), tellsPauses: true };
    const { turn, finish } = await app.ask(request(turns, offer));
    expect(finish.reason).toEqual({ unified: "length", raw: "pause_turn" });
    await app.ask(request([...turns, turn, user("Go on")], offer));
    expect(app.served).toStartWith("how=reuse keep=2");
  });

  test("keeps no call that has no result: the CLI sends none", async () => {
    app.simulator.enqueue(blocks([textBlock("a"), call("srvtoolu_1")], PAUSED), text("Done."));
    await app.ask(request([user("Search")], { serverTools: searching() }));
    expect(receivedTurns(app.received)[1]?.content.map(({ type }) => type)).toEqual(["text"]);
  });

  test("is told as it is where it calls a function, which only its client can answer", async () => {
    app.simulator.enqueue(blocks([textBlock("a"), toolUse("toolu_p", "look", {})], PAUSED), text("Seen."));
    const before = app.simulator.requests.length;
    const turns = [user("Look")];
    const offer = { tools: [f("look")] };
    const { turn, finish } = await app.ask(request(turns, offer));
    expect([finish.reason.raw, app.simulator.requests.length - before]).toEqual(["pause_turn", 1]);
    await app.ask(request([...turns, turn, user(result("toolu_p", "r"))], offer));
    expect(receivedTurns(app.received).map(({ content }) => content.map(({ type }) => type))).toEqual([
      ["text"],
      ["text", "tool_use"],
      ["tool_result"],
    ]);
  });
});
