import { describe, expect, test } from "bun:test";
import {
  BLANK_PROFILE,
  canRebind,
  canRebindWithin,
  type Profile,
  profileOf,
} from "../../../src/claude/pool/profile.ts";
import { settingsOf } from "../../../src/claude/pool/request-settings.ts";
import type { ChatRequest, Tool } from "../../../src/core/request.ts";
import { FACTS } from "../../support/models.ts";
import { profileFor, REQUEST } from "./turns.ts";

const F: Tool = { name: "f", parameters: { type: "object", properties: {} } };
const G: Tool = { name: "g", description: "Does g.", parameters: { type: "object", properties: {} } };
const SEARCH = { definition: { type: "web_search_20250305", name: "web_search" }, at: 1 };
const NAMED_F = { definition: { type: "x", name: "f" }, at: 0 };
const FORMAT = { schema: { type: "object" }, delivery: "whole" } as const;

const same = (one: Partial<ChatRequest>, other: Partial<ChatRequest>) =>
  profileFor("S", one).key === profileFor("S", other).key;

test("a profile is the system prompt, the tools and the schema of the answer", () => {
  const { key, toolsKey, schemaKey, promptKey, isPlainlyNamed, definitions, ...profile } = profileFor("S", {
    tools: [F, G],
    serverTools: [SEARCH],
    outputFormat: FORMAT,
    betas: ["b"],
  });
  const outputSchema = { type: "object" };
  expect(profile).toEqual({ system: "S", tools: [F, G], serverTools: [SEARCH], outputSchema, betas: ["b"] });
  for (const part of [key, toolsKey, schemaKey, promptKey]) expect(part).toBeString();
  expect(isPlainlyNamed).toBeTrue();
  expect(definitions.map(({ name }) => name)).toEqual(["f", "web_search", "g", "StructuredOutput"]);
});

test("a process that nobody asked for anything has the profile of a request that asks for nothing in particular", () => {
  expect(BLANK_PROFILE).toEqual(profileFor(""));
});

test("parts of a profile have keys of their own, so that no part can pass for another", () => {
  const [tools, schema] = [profileFor("S", { tools: [F] }), profileFor("S", { outputFormat: FORMAT })];
  expect(tools.schemaKey).toBe(profileFor("T").schemaKey);
  expect(schema.toolsKey).toBe(profileFor("T").toolsKey);
  expect(tools.toolsKey).not.toBe(profileFor("S").toolsKey);
  expect(schema.schemaKey).not.toBe(profileFor("S").schemaKey);
  expect(profileFor('S","[]').key).not.toBe(profileFor("S").key);
});

describe("a process that remembers nothing", () => {
  test.each<[string, Profile, Profile]>([
    ["the same", profileFor("S", { tools: [F] }), profileFor("S", { tools: [F] })],
    ["another system prompt", profileFor("S"), profileFor("T")],
    ["other tools", profileFor("S", { tools: [F] }), profileFor("S", { tools: [G] })],
    ["more tools", profileFor("S", { tools: [F] }), profileFor("S", { tools: [F, G] })],
    ["no tools, where it has some", profileFor("S", { tools: [F] }), profileFor("S")],
    ["a system prompt, where it has none", BLANK_PROFILE, profileFor("S")],
    ["tools, where it has none", profileFor("S"), profileFor("S", { tools: [F] })],
    ["tools and another system prompt", BLANK_PROFILE, profileFor("S", { tools: [F, G] })],
    [
      "what the API offers for a trial, where it has asked for nothing",
      BLANK_PROFILE,
      profileFor("S", { betas: ["b"] }),
    ],
    ["tools and no system prompt, where it has neither", BLANK_PROFILE, profileFor("", { tools: [F] })],
    [
      "tools that the API runs",
      profileFor("S", { tools: [F] }),
      profileFor("S", { tools: [F], serverTools: [SEARCH] }),
    ],
  ])("can be given %s", (_, from, to) => {
    expect(canRebind(from, to)).toBeTrue();
  });

  test.each<[string, Profile, Profile]>([
    ["no system prompt, where it has one", profileFor("S"), BLANK_PROFILE],
    ["what the API offers for a trial, where it has asked before", profileFor(""), profileFor("S", { betas: ["b"] })],
    ["less of that", profileFor("S", { betas: ["b"] }), profileFor("S")],
    ["a blank system prompt", profileFor("S"), profileFor(" ")],
    [
      "a system prompt that the CLI would tear",
      profileFor("S"),
      profileFor("a\n__SYSTEM_PROMPT_DYNAMIC_BOUNDARY__\nb"),
    ],
    ["a schema", BLANK_PROFILE, profileFor("", { outputFormat: FORMAT })],
    ["no schema, where it has one", profileFor("S", { outputFormat: FORMAT }), profileFor("S")],
  ])("cannot be given %s", (_, from, to) => {
    expect(canRebind(from, to)).toBeFalse();
  });
});

describe("a process that remembers a conversation", () => {
  const [one, other] = [profileFor("S", { tools: [F] }), profileFor("T", { tools: [F, G] })];

  test("can be given what one can that remembers nothing, where the API knows its functions by their own names", () => {
    expect(canRebindWithin(one, other, "sonnet")).toBeTrue();
    expect(canRebindWithin(one, profileFor(""), "sonnet")).toBeFalse();
    const renamed = profileFor("S", { tools: [{ ...F, name: "f " }] });
    expect(canRebindWithin(renamed, other, "sonnet")).toBeFalse();
    expect(canRebindWithin(renamed, profileFor("T", { tools: [{ ...F, name: "f " }] }), "sonnet")).toBeTrue();
    expect(canRebindWithin(renamed, profileFor("T", { tools: [{ ...F, name: "f " }, G] }), "sonnet")).toBeTrue();
    expect(canRebindWithin(renamed, profileFor("T", { tools: [{ ...F, name: "f_" }, G] }), "sonnet")).toBeFalse();
  });

  test("keeps the system prompt, where its model would have to be set anew", () => {
    expect(canRebindWithin(one, other, "claude-sonnet-4-20250514")).toBeFalse();
    expect(canRebindWithin(one, profileFor("S", { tools: [G] }), "claude-sonnet-4-20250514")).toBeTrue();
  });
});

describe("processes serve each other's requests that differ in", () => {
  test.each<[string, Partial<ChatRequest>, Partial<ChatRequest>]>([
    ["how the answer is delivered", { outputFormat: FORMAT }, { outputFormat: { ...FORMAT, delivery: "as-written" } }],
    ["which tool must be called", { tools: [F] }, { tools: [F], toolChoice: { type: "tool", name: "f" } }],
    ["whether any tool may be called", { tools: [F] }, { tools: [F], toolChoice: { type: "none" } }],
    ["their settings", { stop: ["END"], effort: "high" }, { maxOutputTokens: 5, parallelToolCalls: false }],
    ["a description", { tools: [F] }, { tools: [{ ...F, description: "" }] }],
    ["parameters", { tools: [F] }, { tools: [{ ...F, parameters: { type: "object" } }] }],
    ["other fields of a definition", { tools: [F] }, { tools: [{ ...F, native: { strict: true } }] }],
    ["the order of the tools", { tools: [F, G] }, { tools: [G, F] }],
    ["tools that the API runs", { tools: [F] }, { tools: [F], serverTools: [SEARCH] }],
    ["other fields of the API's", {}, { native: { container: "c" } }],
  ])("%s", (_, one, other) => {
    expect(same(one, other)).toBeTrue();
  });
});

describe("processes do not serve each other's requests that differ in", () => {
  test.each<[string, Partial<ChatRequest>, Partial<ChatRequest>]>([
    ["the system prompt", {}, { system: "T" }],
    ["the tools", { tools: [F] }, {}],
    [
      "by which names the API knows functions",
      { tools: [F, { ...G, name: "f " }] },
      { tools: [F, { ...G, name: "f_" }] },
    ],
    [
      "by which names the API knows arguments",
      { tools: [{ ...F, parameters: { type: "object", properties: { $a: {} } } }] },
      { tools: [{ ...F, parameters: { type: "object", properties: { "a ": {} } } }] },
    ],
    ["a function that has the name of one of the API's", { tools: [F] }, { tools: [F], serverTools: [NAMED_F] }],
    [
      "the schema of the answer",
      { outputFormat: FORMAT },
      { outputFormat: { ...FORMAT, schema: { type: "object", required: ["a"] } } },
    ],
    ["whether the answer has a schema", { outputFormat: { ...FORMAT, schema: {} } }, {}],
  ])("%s", (_, one, other) => {
    expect(same(one, other)).toBeFalse();
  });
});

describe("structured output that the API sees to", () => {
  const schema = { type: "object", additionalProperties: false } as const;
  const request = { ...REQUEST, system: "S", tools: [F], toolChoice: { type: "none" } } as const;
  const way = { type: "native", schema } as const;

  test("binds no process: the profile is that of a request for text, with all tools", () => {
    expect(profileOf(request, way)).toEqual(profileOf(request));
  });

  test("is a setting of the turn, beside the choice of tools", () => {
    const settings = settingsOf(request, profileOf(request, way), FACTS, way);
    expect(settings).toMatchObject({ outputSchema: schema, toolChoice: { type: "none" } });
    expect(settingsOf(request, profileOf(request), FACTS)).not.toHaveProperty("outputSchema");
  });
});

test("what the model reads of tools before the conversation has a key of its own", () => {
  const key = (fields: Partial<ChatRequest>) => profileFor("S", fields).promptKey;
  expect(key({ tools: [F] })).toBe(key({ tools: [{ ...F, description: undefined } as Tool] }));
  const others = [
    {},
    { tools: [{ ...F, description: "" }] },
    { tools: [F], serverTools: [SEARCH] },
    { tools: [F, G] },
    { tools: [G, F] },
  ];
  expect(new Set([{ tools: [F] }, ...others].map(key)).size).toBe(others.length + 1);
  const deferred = { ...G, native: { defer_loading: true } };
  expect(key({ tools: [F, deferred] })).toBe(key({ tools: [F] }));
});

describe("beside structured output, which is a tool of the CLI's,", () => {
  const none = { tools: [F], outputFormat: FORMAT, toolChoice: { type: "none" } } as const;

  test("the client's tools are left out where none may be called", () => {
    expect(profileFor("S", none)).toMatchObject({ tools: [], definitions: [], outputSchema: FORMAT.schema });
    expect(same(none, { outputFormat: FORMAT })).toBeTrue();
  });

  test("they are offered where they may be", () => {
    expect(profileFor("S", { ...none, toolChoice: { type: "required" } }).tools).toEqual([F]);
  });
});
