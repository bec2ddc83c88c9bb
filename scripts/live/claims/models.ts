import { at } from "../../json-path.ts";
import { type Answer, blockOf, type Claim, LOOK, SMALLEST, says, text, told } from "../claim.ts";

// What one model takes and another does not: `src/claude/models/facts.ts`.

const EFFORTS = ["low", "medium", "high", "xhigh", "max"];
const ASKED = [says(text("Say yes."))];
const isThought = (answer: Answer | undefined) =>
  Number(at(answer?.body, "usage", "output_tokens_details", "thinking_tokens") ?? 0) > 0;

export const MODELS: readonly Claim[] = [
  forcedCall("forced-call", SMALLEST, "200", "models/haiku-5-5/migration-guide"),
  forcedCall(
    "forced-call-sonnet",
    "claude-sonnet-5-5",
    "200, ignored tool_choice",
    "models/sonnet-5-5/whats-new-sonnet-5-5",
  ),
  forcedCall("forced-call-opus", "claude-opus-5-5", "200, ignored tool_choice", "models/opus-5-5/whats-new-opus-5-5"),
  forcedCall(
    "forced-call-fable",
    "claude-fable-5-2",
    "200, ignored tool_choice",
    "models/fable-5-1/whats-new-fable-5-1",
  ),
  noThinking("no-thinking", SMALLEST, "models/haiku-5-5/migration-guide"),
  noThinking("no-thinking-sonnet", "claude-sonnet-5-5", "models/sonnet-5-5/whats-new-sonnet-5-5"),
  noThinking("no-thinking-opus-5", "claude-opus-5", "build-with-claude/thinking"),
  {
    name: "always-thinking-opus",
    source: "models/opus-5-5/whats-new-opus-5-5",
    model: "claude-opus-5-5",
    maxTokens: 1_000,
    requests: [{ body: { messages: ASKED, thinking: { type: "disabled" } } }],
    expected: "200",
    check: ([answer]) => told(answer),
  },
  sampling("sampling-sonnet-4.6", "claude-sonnet-4-6", "200"),
  sampling("sampling-refused", SMALLEST, "200, ignored temperature"),
  {
    name: "effort-levels",
    source: "build-with-claude/effort",
    model: SMALLEST,
    requests: EFFORTS.map((effort) => ({ body: { messages: ASKED, output_config: { effort } } })),
    expected: EFFORTS.map(() => "200").join(" "),
    check: (answers) => answers.map(told).join(" "),
  },
  {
    name: "effort-none-haiku-4.5",
    source: "build-with-claude/effort",
    model: "claude-haiku-4-5",
    requests: [{ body: { messages: ASKED, output_config: { effort: "low" } } }],
    expected: "200",
    check: ([answer]) => told(answer),
  },
];

function forcedCall(name: string, model: string, expected: string, source: string): Claim {
  return {
    name,
    source,
    model,
    maxTokens: 1_000,
    requests: [{ body: { messages: [says(text("Hello."))], tools: [LOOK], tool_choice: { type: "any" } } }],
    expected: `${expected}, calls look`,
    check: ([answer]) => `${told(answer)}, calls ${String(at(blockOf(answer, "tool_use"), "name"))}`,
  };
}

function noThinking(name: string, model: string, source: string): Claim {
  return {
    name,
    source,
    model,
    requests: [{ body: { messages: ASKED, thinking: { type: "disabled" } } }],
    expected: "200",
    check: ([answer]) => told(answer) + (isThought(answer) ? ", thought" : ""),
  };
}

function sampling(name: string, model: string, expected: string): Claim {
  return {
    name,
    source: "api/messages",
    model,
    requests: [{ body: { messages: ASKED, thinking: { type: "disabled" }, temperature: 0 } }],
    expected,
    check: ([answer]) => told(answer),
  };
}
