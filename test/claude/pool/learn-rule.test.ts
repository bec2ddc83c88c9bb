import { expect, test } from "bun:test";
import { ModelCatalog } from "../../../src/claude/models/catalog.ts";
import { learnRule } from "../../../src/claude/pool/learn-rule.ts";
import { ApiError } from "../../../src/core/error.ts";
import type { ChatRequest } from "../../../src/core/request.ts";

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
    "a word against thinking",
    { model: "claude-opus-5", effort: "none" },
    '"thinking.type.disabled" is not supported for this model.',
    { thinkingOff: "never" },
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
  ["thinking blocks", required, refused("messages.1.content.0: `thinking` blocks cannot be modified")],
  ["money", required, new ApiError("payment_required", NOT_FORCED, { upstreamStatus: 400 })],
  ["another status", required, refused(NOT_FORCED, 422)],
])("nothing is learnt from a refusal that is about %s", (_, fields, error) => {
  expect(learnRule({ ...REQUEST, ...fields }, error, new ModelCatalog({}))).toBeFalse();
});
