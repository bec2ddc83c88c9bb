import {
  approximated,
  COUNTS_THINKING,
  honoured,
  MODEL_PARAMETER,
  NO_SAMPLING,
  type Parameters,
  refused,
  withoutEffect,
} from "../fields/parameter.ts";
import { TEMPERATURE, TOP_K } from "../fields/shared-fields.ts";

const WITH_BETA = "What of it is in beta needs its name in `anthropic-beta`, as with Anthropic.";

/** The table of the documentation, and of the response header, in one place. */
export const PARAMETERS: Parameters = {
  model: MODEL_PARAMETER,
  max_tokens: honoured(`${COUNTS_THINKING} Left out, or less than 1, it is what the model allows.`),
  messages: honoured(
    "Text, images, documents, tool calls and their results as native turns; blocks of any other type, those of a newer API among them, as they are. What is named by URL or by file id, Anthropic gets. Thinking goes back to the model with its signatures; what the API would not take is left out, and named. `tool_addition` and `tool_removal` change which tools are offered, and are named.",
  ),
  system: honoured(
    "A text or text blocks, which are joined by an empty line. Claude Code's line of accounting, and the one that says who it is, are the CLI's to write, and are left out.",
  ),
  stream: honoured("Real token deltas as the model writes them."),
  stop_sequences: honoured("Also across deltas, and also when one is only white space."),
  thinking: approximated(
    "`disabled` and `between_tools` are as little thinking as the model allows: none, none but between calls, or what its effort brings; that is `low` unless you say another, and where thinking is off at most `high`. `budget_tokens` becomes an effort: `medium` from 8,192 on, `high` from 16,384, `max` from 31,999, else `low`. `display` may be `omitted`, which tells the signatures alone; any other tells the thinking. Left out, models that think only when they are told to do not, as with the API; others do: with tools it is told as `omitted`, without tools not at all.",
  ),
  output_config: honoured(
    "`effort`, of which the model's nearest is taken, and `format` with a schema whose root is an object; what else it says, such as `task_budget`, as it is. What Anthropic's API would not take of a schema, the CLI sees to.",
  ),
  output_format: honoured("The old place of `output_config.format`."),
  tools: honoured(
    "Your own and Anthropic's (`web_search`, `bash` and all others, also newer ones), in your order, with every field that they have. What other providers run (`file_search`) is left out, and named.",
  ),
  tool_choice: honoured(
    "`auto`, `any`, `tool`, `none`, and `disable_parallel_tool_use`. Where there are no tools it is left out, and named. From Opus 5.5, Sonnet 5.5 and Fable 5.1 on, no model can be forced: it is asked for the call in words, and the field is named.",
  ),
  mcp_servers: honoured(`Anthropic asks them, not this server. ${WITH_BETA}`),
  thread: refused("Nothing is held here between requests: send the whole conversation."),
  temperature: TEMPERATURE,
  top_p: withoutEffect(NO_SAMPLING, "number", 1),
  top_k: TOP_K,
  cache_control: approximated(
    "Here and within other fields: the CLI sets marks of its own, which cover all that was said before, for as long as it sees fit.",
  ),
  metadata: withoutEffect("The server is for one person.", "object"),
  service_tier: withoutEffect("Your plan decides.", "string", "auto"),
  speed: withoutEffect("Your plan decides.", "string", "standard"),
  inference_geo: withoutEffect("Your plan decides.", "string"),
  fallbacks: withoutEffect("The model that is named answers, or refuses."),
  fallback_credit_token: withoutEffect("Your plan decides."),
  container: honoured(`The answer tells which it was. ${WITH_BETA}`),
  context_management: honoured(`In place of what the CLI says. ${WITH_BETA}`),
  diagnostics: withoutEffect("None are given."),
  compaction: honoured(`The answer is a block that stands for the conversation. ${WITH_BETA}`),
  billing_policy: refused("Only with `bill_to` left out or `self`: your plan pays."),
};
