import type { ModelFacts } from "../../core/backend.ts";
import { EFFORT_LEVELS } from "../../core/request.ts";

const supports = (supported: boolean) => ({ supported });

/** What can be had of a model here, in the form of Anthropic's Models API. */
export function capabilitiesOf({ efforts, thinking }: ModelFacts) {
  const levels = EFFORT_LEVELS.map((level) => [level, supports(efforts.includes(level))]);
  return {
    batch: supports(false),
    citations: supports(false),
    code_execution: supports(false),
    context_management: {
      supported: false,
      clear_thinking_20251015: null,
      clear_tool_uses_20250919: null,
      compact_20260112: null,
    },
    effort: { supported: efforts.length > 0, ...Object.fromEntries(levels) },
    image_input: supports(true),
    pdf_input: supports(true),
    server_tools: { supported: false, code_execution: supports(false), web_search: supports(false) },
    structured_outputs: supports(true),
    // All of them are accepted, by every model: what it cannot do is done as nearly as it can.
    thinking: {
      supported: true,
      types: {
        adaptive: supports(thinking === "adaptive"),
        between_tools: supports(true),
        disabled: supports(true),
        enabled: supports(true),
      },
    },
  };
}
