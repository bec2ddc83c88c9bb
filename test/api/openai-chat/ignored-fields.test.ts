import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { ignoredFields, ignoredHeader } from "../../../src/api/fields/ignored-fields.ts";
import { PARAMETERS } from "../../../src/api/openai-chat/parameters.ts";
import { anyCharacter } from "../../support/any-character.ts";
import { decode } from "./decode-body.ts";

const ignoredOf = (body: Record<string, unknown>) => ignoredFields(body, PARAMETERS, []);
/** The names in the header; undefined: there is none. */
const namedOf = (body: Record<string, unknown>) => ignoredHeader(ignoredOf(body))["x-claude-max-api-ignored"];

const TOOL = { type: "function", function: { name: "f" } };
const CALL = { id: "1", type: "function", function: { name: "f", arguments: "{}" } };
const CALLED = [
  { role: "user", content: "a" },
  { role: "assistant", content: null, tool_calls: [CALL] },
];

describe("the ignored fields of a request are", () => {
  test.each<[string, object, string[]]>([
    ["those that have no effect", { seed: 7, temperature: 0.2, user: "me" }, ["seed", "temperature", "user"]],
    ["those that nobody knows", { top_k: 5, "x-custom": {}, k: 1 }, ["top_k", "x-custom", "k"]],
    ["not those that are honoured", { max_tokens: 5, stop: "END", stream: true, reasoning_effort: "low" }, []],
    ["not those that are null", { seed: null, top_k: null }, []],
    ["not the empty lists that are let through", { tools: [], functions: [] }, []],
    [
      "not what asks for tools",
      { tools: [TOOL], tool_choice: "auto", parallel_tool_calls: false, function_call: "auto", n: 2 },
      [],
    ],
  ])("%s", (_, fields, ignored) => {
    expect(decode(fields).ignored).toEqual(ignored);
  });

  test.each<[string, unknown]>([
    ["temperature", 1],
    ["top_p", 1],
    ["frequency_penalty", 0],
    ["presence_penalty", 0],
    ["logprobs", false],
    ["top_logprobs", 0],
    ["verbosity", "medium"],
    ["service_tier", "auto"],
    ["store", false],
  ])("not %s when it is %j, which asks for nothing special", (field, neutral) => {
    expect(decode({ [field]: neutral }).ignored).toEqual([]);
  });

  test("the names of speakers, told once", () => {
    const speaker = (name: string | null) => ({ role: "user", content: "a", name });
    expect(decode({ messages: [speaker("Ann"), speaker("Bob")] }).ignored).toEqual(["messages.name"]);
    expect(decode({ messages: [speaker(null)] }).ignored).toEqual([]);
  });

  test("what a client kept of the thinking: Anthropic takes none but its own", () => {
    const messages = [
      { role: "user", content: "a" },
      { role: "assistant", content: "b", reasoning_content: "c", reasoning: "c" },
      { role: "assistant", content: "b", reasoning_content: null, reasoning: "" },
      { role: "user", content: "d" },
    ];
    expect(decode({ messages }).ignored).toEqual(["messages.reasoning_content", "messages.reasoning"]);
  });

  test("how closely an image is to be looked at", () => {
    const image = (detail?: string) => ({ type: "image_url", image_url: { url: "https://example.com/a.png", detail } });
    const asking = (...content: object[]) => decode({ messages: [{ role: "user", content }] }).ignored;
    expect(asking(image("low"), image("high"))).toEqual(["messages.content.image_url.detail"]);
    expect(asking(image(), image("auto"))).toEqual([]);
  });

  test("how closely an image in a tool's result is to be looked at", () => {
    const image = { type: "image_url", image_url: { url: "https://example.com/a.png", detail: "high" } };
    const messages = [...CALLED, { role: "tool", tool_call_id: "1", content: [image] }];
    expect(decode({ messages }).ignored).toEqual(["messages.content.image_url.detail"]);
  });

  test("fields that nobody knows within others, by where they stand, each once", () => {
    const cache_control = { type: "ephemeral" };
    const asking = {
      role: "user",
      content: [
        { type: "text", text: "a", cache_control },
        { type: "text", text: "b", cache_control },
      ],
    };
    const [, called] = CALLED;
    const messages = [
      { role: "system", content: "s", cache_control },
      asking,
      {
        ...called,
        tool_calls: [{ ...CALL, extra_content: { google: {} } }],
      },
      { role: "tool", tool_call_id: "1", content: [{ type: "text", text: "r", cache_control }], is_error: false },
      { ...asking, id: "m1" },
    ];
    const tools = [
      { ...TOOL, cache_control },
      { type: "function", function: { name: "g", examples: [1] } },
    ];
    expect(decode({ messages, tools, stream_options: { include_obfuscation: true } }).ignored).toEqual([
      "messages.cache_control",
      "messages.content.cache_control",
      "messages.tool_calls.extra_content",
      "messages.id",
      "tools.cache_control",
      "tools.function.examples",
      "stream_options.include_obfuscation",
    ]);
  });

  test("not what says nothing, or nothing new, within others", () => {
    const [asking, called] = CALLED;
    const messages = [
      { ...asking, cache_control: null },
      {
        ...called,
        annotations: [],
        refusal: null,
        audio: null,
        function_call: null,
        tool_calls: [{ index: 0, ...CALL }],
      },
      { role: "tool", tool_call_id: "1", name: "f", content: "r" },
    ];
    const parameters = { type: "object", properties: {}, "x-vendor": 1 };
    const tools = [{ type: "function", function: { name: "f", parameters, strict: null } }];
    expect(decode({ messages, tools, stream_options: { include_obfuscation: false } }).ignored).toEqual([]);
  });

  test("not those of an answer of ours that comes back, but for the thinking", () => {
    const annotations = [
      { type: "url_citation", url_citation: { start_index: 0, end_index: 1, title: "t", url: "u" } },
    ];
    const answer = {
      role: "assistant",
      content: "b",
      refusal: null,
      annotations,
      reasoning_content: "c",
      reasoning: "c",
    };
    const messages = [{ role: "user", content: "a" }, answer, { role: "user", content: "d" }];
    expect(decode({ messages }).ignored).toEqual(["messages.reasoning_content", "messages.reasoning"]);
  });

  test("that a function's schema is strict, but not that it is none", () => {
    const strict = (value: boolean) => ({ name: "f", strict: value });
    const tool = (value: boolean) => ({ type: "function", function: strict(value) });
    expect(decode({ tools: [tool(true)] }).ignored).toEqual(["tools.function.strict"]);
    expect(decode({ functions: [strict(true)] }).ignored).toEqual(["functions.strict"]);
    expect(decode({ tools: [tool(false)] }).ignored).toEqual([]);
  });

  test.each(["__proto__", "constructor", "hasOwnProperty"])("also one named %s, as every object has", (name) => {
    const body = JSON.parse(`{"${name}":1}`);
    expect(ignoredOf(body)).toEqual([name]);
  });

  test("all of them; the header names thirty, however many a client sends", () => {
    const names = Array.from({ length: 100 }, (_, index) => `field_${index}`);
    const fields = Object.fromEntries(names.map((name) => [name, 1]));
    expect(decode(fields).ignored).toEqual(names);
    expect(namedOf(fields)).toBe(names.slice(0, 30).join(","));
  });
});

describe("the name of a field stands in the header as it cannot be misread", () => {
  test.each([
    ["a line end", "a\r\nset-cookie: b=c", "a%0D%0Aset-cookie%3A%20b%3Dc"],
    ["a line end at its end", "a\n", "a%0A"],
    ["a comma", "a,b", "a%2Cb"],
    ["a space", "a b", "a%20b"],
    ["a letter beyond ASCII", "é", "%C3%A9"],
    ["more than 64 characters", "a".repeat(65), "a".repeat(64)],
    ["half of a character where it is cut", `${"a".repeat(63)}é`, "a".repeat(63)],
  ])("with %s", (_, name, told) => {
    expect(namedOf({ [name]: 1, seed: 1 })).toBe(`${told},seed`);
    expect(namedOf({ [name]: 1 })).toBe(told);
  });

  test("but not without a character", () => {
    expect(namedOf({ "": 1 })).toBeUndefined();
  });

  test("whatever it is", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: anyCharacter }), fc.constant(1)), (body) => {
        const value = namedOf(body) ?? "";
        expect(value).toMatch(/^[\w.,%!~*'()-]*$/);
        expect(new Headers({ "x-test": value }).get("x-test")).toBe(value);
      }),
    );
  });
});
