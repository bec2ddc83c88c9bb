import { describe, expect, test } from "bun:test";
import { addUsage, NO_USAGE, updateUsage } from "../../../src/claude/turn/usage.ts";

const BEFORE = { inputTokens: 10, cacheReadTokens: 7, cacheWriteTokens: 5, outputTokens: 1 };

describe("the API's counts", () => {
  test("are zero before it has told any", () => {
    expect(NO_USAGE).toEqual({ inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 });
  });

  test("are all taken over under our names", () => {
    const update = {
      input_tokens: 1,
      cache_read_input_tokens: 2,
      cache_creation_input_tokens: 3,
      output_tokens: 4,
      output_tokens_details: { thinking_tokens: 5 },
    };
    expect(updateUsage(NO_USAGE, update)).toEqual({
      inputTokens: 1,
      cacheReadTokens: 2,
      cacheWriteTokens: 3,
      outputTokens: 4,
      reasoningTokens: 5,
    });
  });

  test("keep what else the API tells, in its own form, each field until it is told anew", () => {
    const first = updateUsage(NO_USAGE, { input_tokens: 1, service_tier: "standard", inference_geo: "us" });
    expect(first.native).toEqual({ service_tier: "standard", inference_geo: "us" });
    const searched = { server_tool_use: { web_search_requests: 1 } };
    expect(updateUsage(first, { ...searched, inference_geo: null, iterations: [] }).native).toEqual({
      ...searched,
      service_tier: "standard",
      inference_geo: "us",
    });
  });

  test("are cumulative: a newer one replaces the older one", () => {
    expect(updateUsage(BEFORE, { output_tokens: 12 })).toEqual({ ...BEFORE, outputTokens: 12 });
  });

  test("count also when they go back to zero", () => {
    expect(updateUsage(BEFORE, { input_tokens: 0, cache_read_input_tokens: 0 })).toEqual({
      ...BEFORE,
      inputTokens: 0,
      cacheReadTokens: 0,
    });
  });

  test.each([
    ["left out", {}],
    ["null", { input_tokens: null, cache_read_input_tokens: null, output_tokens: null, output_tokens_details: null }],
  ])("stay as they were when %s", (_, update) => {
    expect(updateUsage({ ...BEFORE, reasoningTokens: 3 }, update)).toEqual({ ...BEFORE, reasoningTokens: 3 });
  });

  test("of thinking are unknown, not zero, until the API tells them", () => {
    expect(updateUsage(NO_USAGE, { output_tokens: 4 })).not.toHaveProperty("reasoningTokens");
    expect(updateUsage(NO_USAGE, { output_tokens_details: { thinking_tokens: 0 } })).toHaveProperty(
      "reasoningTokens",
      0,
    );
  });
});

describe("the sum over several requests", () => {
  test("adds what is counted, also in the API's own form, and takes the last word on the rest", () => {
    const one = { ...BEFORE, native: { server_tool_use: { web_search_requests: 2 }, service_tier: "standard", a: 1 } };
    const other = {
      ...BEFORE,
      native: { server_tool_use: { web_search_requests: 1, web_fetch_requests: 4 }, service_tier: "priority" },
    };
    expect(addUsage(one, other)).toEqual({
      inputTokens: 20,
      cacheReadTokens: 14,
      cacheWriteTokens: 10,
      outputTokens: 2,
      native: { server_tool_use: { web_search_requests: 3, web_fetch_requests: 4 }, service_tier: "priority", a: 1 },
    });
  });

  test("has what only one of them tells", () => {
    const native = { service_tier: "standard" };
    expect(addUsage({ ...BEFORE, native }, BEFORE).native).toEqual(native);
    expect(addUsage(BEFORE, { ...BEFORE, native }).native).toEqual(native);
    expect(addUsage(BEFORE, BEFORE)).not.toHaveProperty("native");
  });
});
