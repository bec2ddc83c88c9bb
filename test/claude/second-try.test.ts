import { describe, expect, test } from "bun:test";
import { ModelCatalog } from "../../src/claude/models/catalog.ts";
import { isThinkingRefusal, learnRule, withSecondTry } from "../../src/claude/second-try.ts";
import { ApiError } from "../../src/core/error.ts";
import type { ChatEvent } from "../../src/core/event.ts";
import type { ChatRequest } from "../../src/core/request.ts";

const FAILED: ChatEvent = { type: "error", error: new ApiError("invalid_request", "no") };
const BEGUN: ChatEvent = { type: "response-start", id: "msg_1", model: "m" };

async function told(tries: readonly ChatEvent[][], helps: boolean): Promise<ChatEvent[]> {
  const left = [...tries];
  async function* run() {
    yield* left.shift() ?? [];
  }
  return await Array.fromAsync(withSecondTry(run, () => (helps ? "again" : undefined)));
}

test("a turn that fails before its answer begins is tried once more where that helps, and not a third time", async () => {
  expect(await told([[FAILED], [BEGUN]], true)).toEqual([BEGUN]);
  expect(await told([[FAILED], [FAILED], [BEGUN]], true)).toEqual([FAILED]);
});

test("one that fails otherwise, or later, is told as it is", async () => {
  expect(await told([[FAILED], [BEGUN]], false)).toEqual([FAILED]);
  expect(await told([[BEGUN, FAILED], [BEGUN]], true)).toEqual([BEGUN, FAILED]);
});

const REQUEST: ChatRequest = {
  model: "claude-haiku-4-5",
  system: "",
  turns: [],
  tools: [{ name: "f", parameters: { type: "object" } }],
  toolChoice: { type: "auto" },
  parallelToolCalls: true,
  stop: [],
};
const NOT_FORCED = 'tool_choice: type "tool" and "any" are not supported for this model.';
const refused = (said: string, upstreamStatus = 400) =>
  new ApiError("invalid_request", `The Anthropic API refused the request: ${said}`, { upstreamStatus });
const required = { toolChoice: { type: "required" } } as const;

const serial = { parallelToolCalls: false };
const refuses = (...refused: string[]) => ({ refuses: refused });

test.each<[string, Partial<ChatRequest>, string, object]>([
  ["a forced call", required, NOT_FORCED, { takesForcedCalls: false }],
  ["a forced call, as the CLI tells it", required, `400 ${NOT_FORCED}`, { takesForcedCalls: false }],
  [
    "sampling",
    { sampling: { temperature: 0 }, effort: "none" },
    "`temperature` is deprecated for this model.",
    { takesSampling: false },
  ],
  [
    "a forced call beside thinking",
    required,
    "Thinking may not be enabled when tool_choice forces tool use.",
    { takesForcedCalls: false },
  ],
  [
    "sampling, said of thinking",
    { sampling: { topK: 3 }, effort: "none" },
    "`top_k` must be unset when thinking is enabled.",
    { takesSampling: false },
  ],
  ["stop texts", { stop: ["END"] }, "stop_sequences: Extra inputs are not permitted", { takesStops: false }],
  [
    "a level of effort, and of those that there are",
    { model: "claude-opus-5", effort: "xhigh" },
    "This model does not support effort level 'xhigh'. Supported levels: high, low, medium.",
    { efforts: ["low", "medium", "high"] },
  ],
  [
    "a level of effort alone",
    { model: "claude-opus-5", effort: "max" },
    "This model does not support effort level 'max'.",
    { efforts: ["low", "medium", "high", "xhigh"] },
  ],
  [
    "a level of effort in other words",
    { model: "claude-opus-5", effort: "low" },
    'level "low" not supported, valid levels: medium, high',
    { efforts: ["medium", "high"] },
  ],
  [
    "the effort, which nobody asked for",
    { model: "claude-opus-5" },
    "This model does not support the effort parameter.",
    { efforts: [] },
  ],
  [
    "the longest answer",
    { model: "claude-opus-5", maxOutputTokens: 100_000 },
    "max_tokens: 100000 > 64000, which is the maximum allowed number of output tokens for claude-opus-5",
    { outputTokens: 64_000 },
  ],
  [
    "another word against thinking",
    { model: "claude-opus-5", effort: "none" },
    '"thinking.type.disabled" is not supported for this model. Use "thinking.type.between_tools" instead.',
    { thinkingOff: "between_tools" },
  ],
  [
    "a word against thinking",
    { model: "claude-opus-5", effort: "none" },
    '"thinking.type.disabled" is not supported for this model.',
    { thinkingOff: "never" },
  ],
  [
    "sampling, in words nobody has seen yet",
    { sampling: { temperature: 0 }, effort: "none" },
    "temperature: Extra inputs are not permitted",
    { takesSampling: false },
  ],
  [
    "one call at a time",
    serial,
    "tool_choice.disable_parallel_tool_use: Extra inputs are not permitted",
    refuses("serial-calls"),
  ],
  [
    "one call at a time, as of one choice",
    serial,
    "tool_choice.auto.disable_parallel_tool_use: no",
    refuses("serial-calls"),
  ],
  [
    "any choice",
    serial,
    "tool_choice: Extra inputs are not permitted",
    { takesForcedCalls: false, ...refuses("serial-calls") },
  ],
  ["thinking", {}, "thinking.type.adaptive is not supported for this model", refuses("think-first")],
  ["thinking, otherwise said", {}, "adaptive thinking is not supported on this model", refuses("think-first")],
  ["thinking as a whole", {}, "thinking: Extra inputs are not permitted", refuses("think-first")],
  [
    "the levels of effort",
    { model: "claude-opus-5", effort: "xhigh" },
    "output_config.effort: Input should be 'low', 'medium' or 'high'",
    { efforts: ["low", "medium", "high"] },
  ],
  [
    "the effort by its name",
    { model: "claude-opus-5", effort: "low" },
    "output_config.effort: Extra inputs are not permitted",
    { efforts: [], ...refuses("effort") },
  ],
  [
    "the field of the effort",
    { model: "claude-opus-5" },
    "output_config: Extra inputs are not permitted",
    refuses("effort"),
  ],
])("of %s a rule is learnt once, for this model", (_, fields, said, rule) => {
  const catalog = new ModelCatalog({});
  const request = { ...REQUEST, ...fields };
  expect(learnRule(request, refused(said), catalog)).toBeTrue();
  expect(catalog.presume(request.model).facts).toMatchObject(rule);
  expect(catalog.presume("claude-opus-4-6").facts).not.toMatchObject(rule);
  expect(learnRule(request, refused(said), catalog)).toBeFalse();
});

test.each<[string, Partial<ChatRequest>, ApiError]>([
  ["what was not asked for", {}, refused(NOT_FORCED)],
  ["what a message says", required, refused(`messages.0: ${NOT_FORCED}`)],
  ["a tool that is not there", required, refused("tool_choice: Tool 'g' not found in provided tools")],
  ["a number", { sampling: { temperature: 0.5 }, effort: "none" }, refused("temperature: range: 0..1")],
  ["a budget", {}, refused("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024")],
  ["another field that begins like one", {}, refused("thinking_mode: Extra inputs are not permitted")],
  ["a limit that it had not", { maxOutputTokens: 5 }, refused("max_tokens: 200000 > 64000, which is the maximum")],
  ["thinking blocks", required, refused("messages.1.content.0: `thinking` blocks cannot be modified")],
  ["money", required, new ApiError("payment_required", NOT_FORCED, { upstreamStatus: 400 })],
  ["another status", required, refused(NOT_FORCED, 422)],
])("nothing is learnt from a refusal that is about %s", (_, fields, error) => {
  expect(learnRule({ ...REQUEST, ...fields }, error, new ModelCatalog({}))).toBeFalse();
});

const refusal = (said: string, upstreamStatus = 400) =>
  new ApiError("invalid_request", `The Anthropic API refused the request: 400 ${said}`, { upstreamStatus });

describe("a refusal is of thinking that comes back", () => {
  test.each([
    "messages.1.content.0: Invalid `signature` in `thinking` block",
    "messages.1.content.0: Invalid `signature` in `thinking` block. The block is bound to a different conversation.",
    "messages.1.content.0: Invalid `data` in `redacted_thinking` block",
    "messages.3.content.1: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified.",
    "messages.1.content.0.thinking.signature: Field required",
  ])("where it says %p", (said) => {
    expect(isThinkingRefusal(refusal(said))).toBe(true);
  });

  test.each([
    '"thinking.type.disabled" is not supported for this model.',
    "messages: at least one message is required",
    "tools.0.name: the signature of a thinking tool",
  ])("and not where it says %p", (said) => {
    expect(isThinkingRefusal(refusal(said))).toBe(false);
  });

  test("and no failure of another kind", () => {
    const said = "Invalid `signature` in `thinking` block";
    expect(isThinkingRefusal(refusal(said, 500))).toBe(false);
    expect(isThinkingRefusal(new ApiError("upstream_error", said, { upstreamStatus: 400 }))).toBe(false);
  });
});
