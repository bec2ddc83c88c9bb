import { PNG as PNG_BASE64 } from "../media.ts";

// Bodies that say something in every place within their fields that has no effect.

const PNG = `data:image/png;base64,${PNG_BASE64}`;
const OBFUSCATED = { stream: true, stream_options: { include_obfuscation: true } };
const RESULT = {
  type: "function_call_output",
  call_id: "c",
  output: [{ type: "input_image", image_url: PNG, detail: "high" }],
};
const ITEMS = [
  { role: "user", content: [{ type: "input_image", image_url: PNG, detail: "high" }] },
  {
    type: "reasoning",
    id: "rs_1",
    summary: [{ type: "summary_text", text: "Hm." }],
    content: [{ type: "reasoning_text", text: "Hm." }],
    encrypted_content: "x",
  },
  { type: "function_call", call_id: "c", name: "f", arguments: "{}" },
  RESULT,
];

export const CHAT_WITHIN: readonly object[] = [
  {
    ...OBFUSCATED,
    messages: [
      { role: "user", name: "Ann", content: [{ type: "image_url", image_url: { url: PNG, detail: "high" } }] },
      { role: "assistant", content: "b", reasoning_content: "c", reasoning: "c" },
      { role: "user", content: "d" },
    ],
    tools: [{ type: "function", function: { name: "f", strict: true } }],
  },
  { functions: [{ name: "f", strict: true }] },
];

export const COMPLETIONS_WITHIN: readonly object[] = [OBFUSCATED];

export const RESPONSES_WITHIN: readonly object[] = [
  {
    ...OBFUSCATED,
    input: [
      { role: "user", content: "a" },
      {
        role: "assistant",
        content: [{ type: "output_text", text: "b", logprobs: [{ token: "b" }] }],
      },
      ...ITEMS,
    ],
    text: { verbosity: "low" },
    tools: [
      { type: "function", name: "f", strict: true },
      { type: "namespace", name: "n", tools: [{ type: "function", name: "g", strict: true }] },
    ],
  },
];

/** The same as a chat's path takes it: no namespace has a place there. */
export const RESPONSES_SHAPE_WITHIN: readonly object[] = RESPONSES_WITHIN.map((body) => ({
  ...body,
  tools: [{ type: "function", name: "f", strict: true }],
}));

/** The same without what is within fields that are ignored as a whole. */
export const INPUT_TOKENS_WITHIN: readonly object[] = RESPONSES_WITHIN.map((body) => ({
  ...body,
  stream: undefined,
  stream_options: undefined,
}));

export const COMPACT_WITHIN: readonly object[] = RESPONSES_WITHIN.map((body) => ({
  ...body,
  stream: undefined,
  stream_options: undefined,
  text: undefined,
  tools: undefined,
}));

/** Nothing that is known there has none. */
export const MESSAGES_WITHIN: readonly object[] = [];

export const COUNT_WITHIN: readonly object[] = [...MESSAGES_WITHIN, { output_config: { effort: "high" } }];
