import type { ChatResult } from "../../core/collect.ts";
import { completionId, encodeFinishReason, encodeUsage } from "./wire.ts";

/** A finished completion as a `chat.completion`. `created` is in seconds since the epoch. */
export function encodeResult(result: ChatResult, created: number) {
  return {
    id: completionId(result.id),
    object: "chat.completion",
    created,
    model: result.model,
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: result.text,
          refusal: null,
          ...(result.reasoning === "" ? {} : { reasoning_content: result.reasoning }),
        },
        logprobs: null,
        finish_reason: encodeFinishReason(result.finishReason),
      },
    ],
    usage: encodeUsage(result.usage),
  };
}
