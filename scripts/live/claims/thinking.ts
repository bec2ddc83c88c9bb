import { inTheApisForm } from "../../../src/simulator/thinking-signature.ts";
import { at } from "../../json-path.ts";
import {
  type Answer,
  blockOf,
  blocksOf,
  type Claim,
  LOOK,
  SMALLEST,
  says,
  text,
  told,
  toldWithBlocks,
} from "../claim.ts";

// Thinking that comes back: `src/claude/thinking`.

const THINKS = { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort: "high" } };
const HUNT = says(
  text(
    "A key is in the cellar if 91 is prime, else in the attic. Think about where it is, then look there, and only there. call look",
  ),
);

export const THINKING: readonly Claim[] = [
  {
    name: "thinking-back",
    source: "build-with-claude/thinking",
    model: SMALLEST,
    maxTokens: 2_000,
    requests: [
      { body: { ...THINKS, messages: [HUNT], tools: [LOOK] } },
      ([first]) => ({ fresh: true, body: { ...THINKS, messages: withResult(first), tools: [LOOK] } }),
    ],
    expected: "200, thinking, signed, calls look; 200",
    check: ([first, second]) => {
      const thought = blockOf(first, "thinking");
      const call = `calls ${String(at(blockOf(first, "tool_use"), "name"))}`;
      const seen = [
        told(first),
        ...(thought ? ["thinking"] : []),
        ...(at(thought, "signature") ? ["signed"] : []),
        call,
      ];
      return `${seen.join(", ")}; ${told(second)}`;
    },
  },
  {
    name: "invented-signature",
    source: "build-with-claude/thinking",
    model: SMALLEST,
    requests: [
      {
        body: {
          ...THINKS,
          messages: [
            says(text("Say a number.")),
            {
              role: "assistant",
              content: [
                { type: "thinking", thinking: "Seven.", signature: inTheApisForm("none of the API's") },
                text("7"),
              ],
            },
            says(text("And another.")),
          ],
        },
      },
    ],
    expected: "200",
    // The CLI or the server asks again without it: which, is no matter.
    check: ([answer]) => told(answer).replace(", asked again", ""),
  },
  behindAnotherPrompt("thinking-elsewhere", "known", "200, thinking; 200, ignored messages.content.thinking"),
  // Refused, it is asked again without, by the CLI or the server.
  behindAnotherPrompt("thinking-elsewhere-unknown", "unknown", "200, thinking; 200"),
  {
    name: "thinking-budget",
    source: "build-with-claude/thinking",
    model: SMALLEST,
    maxTokens: 2_000,
    requests: [
      { body: { thinking: { type: "enabled", budget_tokens: 1_024 }, messages: [says(text("Think, is 91 prime?"))] } },
    ],
    // A budget itself would be a 400 from 4.7 on.
    expected: "200",
    check: ([answer]) => told(answer),
  },
  {
    name: "thinking-omitted",
    source: "build-with-claude/thinking",
    model: SMALLEST,
    maxTokens: 2_000,
    requests: [
      {
        body: {
          ...THINKS,
          thinking: { type: "adaptive", display: "omitted" },
          messages: [says(text("Think, is 91 prime?"))],
        },
      },
    ],
    expected: "200, thinking, text; no words",
    check: ([answer]) =>
      `${toldWithBlocks(answer)}; ${at(blockOf(answer, "thinking"), "thinking") ? "words" : "no words"}`,
  },
];

/** With a model whose thinking is bound to what was told before it; `unknown`: to a server that has not told it. */
function behindAnotherPrompt(name: string, is: "known" | "unknown", expected: string): Claim {
  const asked = says(text("Think, is 91 prime?"));
  return {
    name,
    source: "build-with-claude/thinking",
    model: "claude-sonnet-5-5",
    maxTokens: 2_000,
    requests: [
      { body: { ...THINKS, system: "Be brief.", messages: [asked] } },
      ([first]) => ({
        ...(is === "unknown" && { fresh: true }),
        body: {
          ...THINKS,
          system: "Be kind.",
          messages: [asked, { role: "assistant", content: blocksOf(first) }, says(text("And 97?"))],
        },
      }),
    ],
    expected,
    check: ([first, second]) =>
      `${told(first)}${blockOf(first, "thinking") ? ", thinking" : ""}; ${told(second).replace(", asked again", "")}`,
  };
}

function withResult(first: Answer | undefined): object[] {
  const id = at(blockOf(first, "tool_use"), "id");
  const result = { type: "tool_result", tool_use_id: id, content: "The key is here." };
  return [HUNT, { role: "assistant", content: blocksOf(first) }, says(result)];
}
