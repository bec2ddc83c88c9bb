import { describe, expect, test } from "bun:test";
import { assistant, decode, mismatchOf, text, toolUse, user } from "../decode-body.ts";

describe("a body is refused with the field and what is accepted there:", () => {
  const image = (source: object) => ({ messages: [user([{ type: "image", source }])] });
  test.each<[string, object, string]>([
    [
      "a limit of none",
      { max_tokens: 0 },
      "'max_tokens': expected an integer of at least 1 or null, but got the number 0",
    ],
    ["no message", { messages: [] }, "Invalid value for 'messages'"],
    ["an unknown role", { messages: [{ role: "tool", content: "x" }] }, `'messages[0].role': expected one of "user"`],
    ["a content that is none", { messages: [user(7)] }, "'messages[0].content': expected a string or an array"],
    [
      "a block that no user sends",
      { messages: [user([toolUse("a")])] },
      `'messages[0].content[0].type': expected one of "text", "image", "document", "tool_result" or a string (another type of Anthropic's), but got the string "tool_use"`,
    ],
    ["a block without a type", { messages: [user([{ kind: "text" }])] }, "'messages[0].content[0].type'"],
    [
      "an input that is no object",
      { messages: [user("a"), assistant(toolUse("a", "x"))] },
      "'messages[1].content[0].input': expected an object",
    ],
    [
      "an image without its data",
      image({ type: "base64", media_type: "image/png" }),
      "'messages[0].content[0].source.data'",
    ],
    [
      "a document that is no PDF",
      { messages: [user([{ type: "document", source: { type: "base64", media_type: "text/html", data: "aaaa" } }])] },
      "'messages[0].content[0].source.media_type'",
    ],
    [
      "an unknown effort",
      { output_config: { effort: "enormous" } },
      `'output_config.effort': expected one of "low", "medium", "high", "xhigh", "max"`,
    ],
    ["a budget of none", { thinking: { type: "enabled", budget_tokens: 0 } }, "'thinking.budget_tokens'"],
    ["another format", { output_config: { format: { type: "xml" } } }, "'output_config.format.type'"],
    [
      "another choice",
      { tool_choice: { type: "some" } },
      `'tool_choice.type': expected one of "auto", "any", "tool", "none"`,
    ],
    ["a system prompt with an image", { system: [{ type: "image" }] }, "'system[0].type'"],
  ])("%s", (_, fields, message) => {
    expect(mismatchOf(fields)).toContain(message);
  });
});

test("null says of every optional field that it is not there", () => {
  const fields =
    "system stream stop_sequences thinking output_config output_format tools tool_choice mcp_servers".split(" ");
  const others = "temperature top_p metadata service_tier".split(" ");
  expect(decode(Object.fromEntries([...fields, ...others].map((field) => [field, null])))).toEqual(decode({}));
});

describe("the ignored fields of a request are", () => {
  const thought = assistant({ type: "thinking", thinking: "Hm.", signature: "s" }, text("b"));
  test.each<[string, object, string[]]>([
    [
      "those of sampling and the plan",
      { temperature: 0.2, top_p: 0.9, top_k: 5, service_tier: "standard_only", metadata: { user_id: "me" } },
      ["temperature", "top_p", "top_k", "service_tier", "metadata"],
    ],
    ["not what asks for nothing special", { temperature: 1, top_p: 1, service_tier: "auto", speed: "standard" }, []],
    [
      "not marks for the cache, wherever they are",
      {
        cache_control: { type: "ephemeral" },
        system: [{ ...text("s"), cache_control: { type: "ephemeral" } }],
        messages: [user([{ ...text("a"), cache_control: { type: "ephemeral" } }])],
        tools: [{ name: "f", input_schema: {}, cache_control: { type: "ephemeral" } }],
      },
      [],
    ],
    ["not the thinking of the history: it depends on the model", { messages: [user("a"), thought, user("c")] }, []],
    ["those of other programs", { verbosity: "low", litellm_tags: ["a"] }, ["verbosity", "litellm_tags"]],
    ["not those of a newer API", { made_up: { a: 1 } }, []],
    ["not those within what is the client's own", { tools: [{ name: "f", input_schema: { anything: 1 } }] }, []],
  ])("%s", (_, fields, ignored) => {
    expect(decode(fields).ignored).toEqual(ignored);
  });
});
