import { describe, expect, test } from "bun:test";
import type { ChatRequest, Tool } from "../../../src/core/request.ts";
import { profileFor } from "./turns.ts";

const F: Tool = { name: "f", parameters: { type: "object", properties: {} } };
const G: Tool = { name: "g", description: "Does g.", parameters: { type: "object", properties: {} } };
const FORMAT = { schema: { type: "object" }, delivery: "whole" } as const;

const same = (one: Partial<ChatRequest>, other: Partial<ChatRequest>) =>
  profileFor("S", one).key === profileFor("S", other).key;

test("a profile is the system prompt, the tools and the schema of the answer", () => {
  const { key, ...profile } = profileFor("S", { tools: [F, G], outputFormat: FORMAT });
  expect(profile).toEqual({ system: "S", tools: [F, G], outputSchema: { type: "object" } });
  expect(key).toBeString();
});

describe("processes serve each other's requests that differ in", () => {
  test.each<[string, Partial<ChatRequest>, Partial<ChatRequest>]>([
    ["how the answer is delivered", { outputFormat: FORMAT }, { outputFormat: { ...FORMAT, delivery: "as-written" } }],
    ["which tool must be called", { tools: [F] }, { tools: [F], toolChoice: { type: "tool", name: "f" } }],
    ["whether any tool may be called", { tools: [F] }, { tools: [F], toolChoice: { type: "none" } }],
    ["their settings", { stop: ["END"], effort: "high" }, { maxOutputTokens: 5, parallelToolCalls: false }],
    ["a description that is undefined", { tools: [F] }, { tools: [{ ...F, description: undefined } as Tool] }],
  ])("%s", (_, one, other) => {
    expect(same(one, other)).toBeTrue();
  });
});

describe("processes do not serve each other's requests that differ in", () => {
  test.each<[string, Partial<ChatRequest>, Partial<ChatRequest>]>([
    ["the system prompt", {}, { system: "T" }],
    ["the tools", { tools: [F] }, {}],
    ["the order of the tools", { tools: [F, G] }, { tools: [G, F] }],
    ["a description", { tools: [F] }, { tools: [{ ...F, description: "" }] }],
    ["parameters", { tools: [F] }, { tools: [{ ...F, parameters: { type: "object" } }] }],
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

describe("beside structured output, which is a tool of the CLI's,", () => {
  const none = { tools: [F], outputFormat: FORMAT, toolChoice: { type: "none" } } as const;

  test("the client's tools are left out where none may be called", () => {
    expect(profileFor("S", none)).toMatchObject({ tools: [], outputSchema: FORMAT.schema });
    expect(same(none, { outputFormat: FORMAT })).toBeTrue();
  });

  test("they are offered where they may be", () => {
    expect(profileFor("S", { ...none, toolChoice: { type: "required" } }).tools).toEqual([F]);
  });
});
