import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { blocks, text, textBlock, toolUse } from "../../src/simulator/reply.ts";
import type { Harness } from "../support/harness.ts";
import { call, found, SEARCH } from "../support/native.ts";
import { receivedTurns } from "../support/received.ts";
import { shareHarness } from "../support/shared-harness.ts";
import { lastServed } from "../support/steps.ts";
import { functionTool, readMessage, result, user } from "../support/tools.ts";

let app: Harness;
beforeAll(async () => {
  app = await shareHarness();
});
afterAll(() => app[Symbol.asyncDispose]());
afterEach(() => app.simulator.clearQueue());

const MODEL = "claude-sonnet-4";
/** What the model was told by the newest request, without what the tests begin with: for a question alone a process might be started. */
const received = () => receivedTurns(app.simulator.requests.at(-1) ?? expect.unreachable()).slice(BEGUN.length);
const BEGUN = [user("Paused?"), { role: "assistant", content: "So." }];
const typesReceived = () => received().map(({ content }) => content.map(({ type }) => type));

// How often it is gone on with, and when not: test/claude/paused-turns.test.ts.
describe("an answer that the API pauses", () => {
  const PAUSED = { stopReason: "pause_turn" };

  test("is gone on with, as one answer with the usage of all, but without a call that has no result: the CLI sends none", async () => {
    app.simulator.enqueue(
      blocks([textBlock("Let me "), call("srvtoolu_1"), found("srvtoolu_1")], PAUSED),
      blocks([textBlock("just "), call("srvtoolu_2")], PAUSED),
      text("see."),
    );
    const before = app.simulator.requests.length;
    const answered = await app.chat({ model: MODEL, messages: [...BEGUN, user("Search")], web_search_options: {} });
    const { choices, usage } = JSON.parse(await answered.text());
    expect(choices).toMatchObject([{ message: { content: "Let me just see." }, finish_reason: "stop" }]);
    const asked = app.simulator.requests.slice(before);
    expect(asked).toHaveLength(3);
    const charged = asked.map((one) => one.charged?.input_tokens ?? 0).reduce((sum, tokens) => sum + tokens, 0);
    expect(usage.prompt_tokens).toBe(charged);
    const told = received();
    expect(typesReceived()).toEqual([
      ["text"],
      ["text", "server_tool_use", "web_search_tool_result"],
      ["text"],
      ["text"],
      ["text"],
    ]);
    for (const goOn of [told[2], told[4]]) expect(goOn?.content[0]?.text).toStartWith("[You were paused");
  });

  test("is told to a client that goes on by itself, whose next request the same process serves", async () => {
    app.simulator.enqueue(blocks([call("srvtoolu_1"), found("srvtoolu_1")], PAUSED), text("Done."));
    const ask = async (messages: object[]) => {
      const headers = { "content-type": "application/json" };
      const body = JSON.stringify({ model: MODEL, max_tokens: 4000, messages, tools: [SEARCH] });
      const answered = await fetch(`${app.url}/v1/messages`, { method: "POST", headers, body });
      return (await answered.json()) as { content: object[]; stop_reason: string };
    };
    const messages = [...BEGUN, user("Search")];
    const { content, stop_reason } = await ask(messages);
    expect(stop_reason).toBe("pause_turn");
    await ask([...messages, { role: "assistant", content }, user("Go on")]);
    expect(lastServed(app)).toStartWith("how=reuse keep=4");
  });

  test("is told as it is where it calls a function, which only its client can answer", async () => {
    app.simulator.enqueue(blocks([textBlock("a"), toolUse("toolu_p", "look", {})], PAUSED), text("Seen."));
    const before = app.simulator.requests.length;
    const messages = [...BEGUN, user("Look")];
    const body = { model: MODEL, tools: [functionTool("look")] };
    const { message } = await readMessage(app.chat({ ...body, messages }));
    expect(message).toMatchObject({ content: "a", tool_calls: [{ id: "toolu_p" }] });
    expect(app.simulator.requests).toHaveLength(before + 1);
    await readMessage(app.chat({ ...body, messages: [...messages, message, result("toolu_p", "r")] }));
    expect(typesReceived()).toEqual([["text"], ["text", "tool_use"], ["tool_result"]]);
  });
});
