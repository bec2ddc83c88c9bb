import { expect, test } from "bun:test";
import { demoAnswer } from "../../../src/simulator/demo/demo-answer.ts";
import { readMessagesBody } from "../../../src/simulator/messages-body.ts";
import { deltas, message, requestBody, streamedEvents } from "../api-client.ts";
import { turns } from "../judge/verdict.ts";
import { documentBlock, imageBlock } from "../media.ts";
import { simulatorPerTest } from "../simulator-fixture.ts";

const start = simulatorPerTest();

const tool = (name: string) => ({
  name,
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
});
const TOOLS = { tools: ["weather", "news", "a", "b"].map(tool) };
const OUTPUT = { tools: [tool("weather"), tool("StructuredOutput")] };
const call = (id: string, name: string) => ({ type: "tool_use", id, name, input: {} });
const result = (tool_use_id: string, content: unknown, more: object = {}) => ({
  type: "tool_result",
  tool_use_id,
  content,
  ...more,
});

/** The tools that the demo calls, or the lines of its text. */
function answered(changes: object): readonly string[] {
  const reply = demoAnswer({ body: readMessagesBody(requestBody({ ...changes })) });
  if (reply.kind !== "message") throw new Error(reply.kind);
  const names = reply.blocks.flatMap((block) => (block.type === "tool_use" ? [`call ${block.name}`] : []));
  return names.length > 0 ? names : reply.blocks.flatMap((block) => block.chunks.join("").split("\n"));
}

test("a forced tool is called, by nothing but a call that says it is simulated", async () => {
  const answer = await message(start(), { ...TOOLS, tool_choice: { type: "tool", name: "news" } });
  expect(answer).toMatchObject({
    content: [
      { type: "tool_use", id: expect.stringMatching(/^toolu_sim_\w+$/), name: "news", input: { city: "simulated" } },
    ],
    stop_reason: "tool_use",
  });
});

test("a call streams its input in several pieces", async () => {
  const pieces = deltas(await streamedEvents(start(), { ...TOOLS, tool_choice: { type: "any" } }), "partial_json");
  expect(pieces.length).toBeGreaterThan(2);
  expect(pieces.join("")).toBe('{"city":"simulated"}');
});

test.each<[rule: string, changes: object, called: string]>([
  ["any tool that is forced is the first", { ...TOOLS, tool_choice: { type: "any" } }, "call weather"],
  [
    "any tool that is forced is the one asked for",
    { ...TOOLS, ...turns("call news"), tool_choice: { type: "any" } },
    "call news",
  ],
  ["`call NAME` calls the tool", { ...TOOLS, ...turns("call news") }, "call news"],
  [
    "`call NAME` may stand among other blocks",
    { ...TOOLS, ...turns([imageBlock(), { type: "text", text: " call news\n" }]) },
    "call news",
  ],
  ["structured output is given", OUTPUT, "call StructuredOutput"],
  ["`call NAME` comes before structured output", { ...OUTPUT, ...turns("call weather") }, "call weather"],
  [
    "structured output is given after other tools",
    { ...OUTPUT, ...turns("call weather", [call("x", "weather")], [result("x", "sunny")]) },
    "call StructuredOutput",
  ],
])("%s", (_rule, changes, called) => expect(answered(changes)).toEqual([called]));

test.each<[rule: string, changes: object]>([
  ["an unknown tool is not called", { ...TOOLS, ...turns("call nothing") }],
  ["a sentence about a call is none", { ...TOOLS, ...turns("please call news") }],
  ["tool_choice none calls nothing", { ...OUTPUT, ...turns("call weather"), tool_choice: { type: "none" } }],
  [
    "structured output is given once",
    { ...OUTPUT, ...turns("?", [call("x", "StructuredOutput")], [result("x", "ok")]) },
  ],
  [
    "a call that was made is not made again",
    { ...TOOLS, ...turns("call news", [call("x", "news")], [result("x", "none")]) },
  ],
])("%s", (_rule, changes) => expect(answered(changes)[0]).toContain("Simulated answer"));

test("a text answer names the first tools and tells how to see a call", () => {
  expect(answered(TOOLS)).toContain('- tools: 4 (weather, news, a, …); to see a call, send the message "call weather"');
  expect(answered({ tools: [tool("weather")] }).join()).toContain("- tools: 1 (weather);");
  expect(answered({}).join()).not.toContain("tools");
});

test("a deferred tool is neither named nor taken for any", () => {
  const tools = [{ ...tool("hidden"), defer_loading: true }, tool("weather")];
  expect(answered({ tools })).toContain('- tools: 1 (weather); to see a call, send the message "call weather"');
  expect(answered({ tools, tool_choice: { type: "any" } })).toEqual(["call weather"]);
});

test("images and documents of the last message are counted", () => {
  const media = [imageBlock(), documentBlock(), imageBlock()];
  expect(answered(turns([...media, { type: "text", text: "Look!" }]))).toContain(
    "- your last message: Look! + 2 images + 1 document",
  );
  expect(answered(turns([imageBlock()]))).toContain("- your last message: (no text) + 1 image");
});

test("after tool results the answer tells what came back, shortened", () => {
  const calls = ["u", "v", "w"].map((id) => call(id, `tool_${id}`));
  const results = [
    result("v", "👍".repeat(201)),
    result("u", [{ type: "text", text: "sunny" }, imageBlock()]),
    result("w", "no such city", { is_error: true }),
  ];
  const lines = answered(turns("?", calls, results));
  expect(lines.slice(-6, -2)).toEqual([
    "- your last message: (no text) + 3 tool results",
    `- tool_v returned: ${"👍".repeat(200)}…`,
    "- tool_u returned: sunny + 1 image",
    "- tool_w failed with: no such city",
  ]);
});

test("of many tool results the first are told", () => {
  const ids = ["a", "b", "c", "d", "e", "f", "g"];
  const lines = answered(
    turns(
      "?",
      ids.map((id) => call(id, id)),
      ids.map((id) => result(id, undefined)),
    ),
  );
  expect(lines).toContain("- e returned: (no text)");
  expect(lines).toContain("- and 2 other results");
});
