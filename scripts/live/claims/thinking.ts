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

function withResult(first: Answer | undefined): object[] {
  const id = at(blockOf(first, "tool_use"), "id");
  const result = { type: "tool_result", tool_use_id: id, content: "The key is here." };
  return [HUNT, { role: "assistant", content: blocksOf(first) }, says(result)];
}
