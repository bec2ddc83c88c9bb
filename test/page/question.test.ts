import { expect, test } from "bun:test";
import { bodyOf, curlOf, type Question, readChunk, shortened } from "../../src/page/client/question.ts";

const QUESTION: Question = {
  model: "claude-sonnet-4",
  text: "It's so?",
  system: "",
  images: [],
  tools: "",
  schema: "",
};

test("the playground asks what is filled in, and nothing else", () => {
  expect(bodyOf(QUESTION)).toEqual({
    model: "claude-sonnet-4",
    stream: true,
    stream_options: { include_usage: true },
    messages: [{ role: "user", content: "It's so?" }],
  });
  const all = { ...QUESTION, system: "Brief.", images: ["data:image/png;base64,AA"], tools: "[]", schema: "{}" };
  expect(bodyOf(all)).toMatchObject({
    messages: [{ role: "system" }, { content: [{ type: "text" }, { type: "image_url" }] }],
    tools: [],
    response_format: { type: "json_schema", json_schema: { schema: {} } },
  });
});

test("what is no JSON is named", () => {
  expect(() => bodyOf({ ...QUESTION, schema: "{" })).toThrow("The schema is no JSON");
  expect(() => bodyOf({ ...QUESTION, tools: "[" })).toThrow("The list of tools is no JSON");
});

test("the command has the body as it is, names the key's variable, and is shown without what images are made of", () => {
  const body = bodyOf({ ...QUESTION, images: [`data:image/png;base64,${"A".repeat(4096)}`] });
  const command = curlOf("http://127.0.0.1:3456", body, true);
  expect(command).toStartWith("curl -N http://127.0.0.1:3456/v1/chat/completions \\\n");
  expect(command).toContain('-H "Authorization: Bearer $CLAUDE_MAX_API_KEY"');
  expect(JSON.parse(/<<'JSON'\n([\s\S]*)\nJSON$/.exec(command)?.[1] ?? "")).toEqual(body);
  expect(shortened(command).length).toBeLessThan(700);
  expect(shortened(command)).toContain("… (5 KB)");
  expect(curlOf("http://127.0.0.1:3456", body, false)).not.toContain("Authorization");
});

test("a stream is read piece by piece: words, thoughts, calls, the end, what was used, an error", () => {
  const read = (chunk: object) => readChunk(JSON.stringify(chunk));
  const delta = (fields: object) => read({ choices: [{ delta: fields, finish_reason: null }] });
  expect(delta({ content: "Hi" })[0]).toMatchObject({ text: "Hi" });
  expect(delta({ reasoning_content: "Hm" })[0]).toMatchObject({ thinking: "Hm" });
  const call = { index: 1, function: { name: "weather", arguments: "{" } };
  expect(delta({ tool_calls: [call] })[1]).toEqual({ call: { index: 1, name: "weather", args: "{" } });
  expect(read({ choices: [{ delta: {}, finish_reason: "stop" }] })[0]).toMatchObject({ finish: "stop" });
  const usage = { prompt_tokens: 9, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 4 } };
  expect(read({ choices: [], usage }).at(-1)).toEqual({ usage: { prompt: 9, cached: 4, output: 2 } });
  expect(read({ error: { message: "no" } })).toEqual([{ error: "no" }]);
  expect(readChunk("[DONE]")).toEqual([]);
});
