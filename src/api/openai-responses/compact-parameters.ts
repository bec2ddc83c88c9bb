import type { Parameter, Parameters } from "../parameter.ts";
import { PARAMETERS } from "./parameters.ts";

const ABOUT_OTHER_ANSWERS: Parameter = { treatment: "ignored", note: "A summary is text, written without tools." };

/** Fields that mean here what they mean at POST /v1/responses. */
const SHARED: ReadonlySet<string> = new Set([
  ...["conversation", "prompt", "service_tier", "image"],
  ...["prompt_cache_key", "prompt_cache_options", "prompt_cache_retention"],
]);

/** What becomes of each field of POST /v1/responses/compact. */
export const COMPACT_PARAMETERS: Parameters = {
  model: {
    treatment: "honoured",
    note: "It writes the summary. Required, but with `previous_response_id`: left out, it is that response's.",
  },
  input: {
    treatment: "honoured",
    note: "As at `POST /v1/responses`. What users said, and the model was told to do, comes back; a summary stands for all of it.",
  },
  instructions: { treatment: "honoured", note: "The beginning of the system prompt." },
  previous_response_id: {
    treatment: "honoured",
    note: "What a stored response was asked and answered is compacted, too.",
  },
  ...Object.fromEntries(Object.entries(PARAMETERS).filter(([name]) => SHARED.has(name))),
  tools: ABOUT_OTHER_ANSWERS,
  tool_choice: ABOUT_OTHER_ANSWERS,
  parallel_tool_calls: { ...ABOUT_OTHER_ANSWERS, neutral: true },
  text: ABOUT_OTHER_ANSWERS,
  stream: { treatment: "ignored", note: "The answer comes in one piece.", neutral: false },
  reasoning: { treatment: "ignored", note: "How much is thought about it is left to the model." },
};
