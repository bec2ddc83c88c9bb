import Type, { type Static } from "typebox";
import { ModelName } from "../fields/shared-fields.ts";
import { ignored, optional } from "../validation/optional.ts";

// The wire types of POST /v1/completions: every field we read. Fields not named here pass through unread; parameters.ts tells the
// client what became of them.

/** For each prompt, as many as a chat may ask for. */
const MAX_CHOICES = 8;
/** What clients that send prompts in batches put into one; LangChain does. */
const MAX_PROMPTS = 20;

export const CompletionBody = Type.Object({
  model: ModelName,
  // Token arrays are let through, so that the decoder can say why they are refused.
  prompt: Type.Union([
    Type.String(),
    Type.Array(Type.Union([Type.String(), Type.Number(), Type.Array(Type.Number())]), { minItems: 1 }),
  ]),
  suffix: optional(Type.String()),
  echo: optional(Type.Boolean()),
  stream: optional(Type.Boolean()),
  stream_options: optional(
    Type.Object({ include_usage: optional(Type.Boolean()), include_obfuscation: ignored(Type.Unknown(), false) }),
  ),
  max_tokens: optional(Type.Integer({ minimum: 1 })),
  stop: optional(Type.Union([Type.String(), Type.Array(Type.String())])),
  n: optional(Type.Integer({ minimum: 1, maximum: MAX_CHOICES })),
  best_of: optional(Type.Integer({ minimum: 1 })),
});
export type CompletionBody = Static<typeof CompletionBody>;

/** Each is a turn of its own, and the plan pays for every one. */
export const MAX_TURNS = MAX_PROMPTS;
