import { expect, test } from "bun:test";
import { DEMO_NOTICE } from "../../../src/simulator/demo/demo-answer.ts";
import { deltas, message, streamedEvents, textOfDeltas } from "../api-client.ts";
import { simulatorPerTest } from "../simulator-fixture.ts";

const start = simulatorPerTest();

test("a demo answer begins by saying that it is simulated, and its id says so too", async () => {
  const { id, content } = await message(start());
  expect(id).toStartWith("msg_sim_");
  expect(content[0]?.text).toStartWith(DEMO_NOTICE);
  expect(DEMO_NOTICE).toContain("no model was asked and no quota was spent");
});

test("a demo answer tells the model, the turns, the system prompt and the last message", async () => {
  const { content } = await message(start(), {
    system: "Be brief.",
    messages: [
      { role: "user", content: "Hello" },
      { role: "assistant", content: "Hi" },
      { role: "user", content: "How are you?" },
    ],
  });
  const answer = content[0]?.text ?? "";
  expect(answer).toContain("claude-test-1");
  expect(answer).toContain("3 turns");
  expect(answer).toContain("9 characters");
  expect(answer).toContain("How are you?");
});

test("a demo answer echoes at most 200 characters of the last message", async () => {
  const { content } = await message(start(), { messages: [{ role: "user", content: "👍".repeat(201) }] });
  expect(content[0]?.text).toContain(`${"👍".repeat(200)}…`);
  expect(content[0]?.text).not.toContain("👍".repeat(201));
});

test("a demo answer streams in several deltas that add up to it", async () => {
  const simulator = start();
  const events = await streamedEvents(simulator);
  expect(deltas(events, "text").length).toBeGreaterThan(10);
  expect(textOfDeltas(events)).toBe((await message(simulator)).content[0]?.text ?? "");
});

test("a demo's search is made up, and says so", async () => {
  const tools = [{ type: "web_search_20250305", name: "web_search" }];
  const { content } = await message(start(), { messages: [{ role: "user", content: "Weather?" }], tools });
  expect(content.map(({ type }) => type)).toEqual(
    expect.arrayContaining(["server_tool_use", "web_search_tool_result"]),
  );
  expect(JSON.stringify(content)).toMatch(/made up.*web_search_result_location|web_search_result_location.*made up/);
});
