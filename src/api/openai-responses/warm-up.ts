import type { ChatEvent } from "../../core/event.ts";
import { tellIgnored } from "../ignored-fields.ts";
import type { Named } from "../named-model.ts";
import type { PlacedItem } from "./decode-conversation.ts";
import { decodeRequest } from "./decode-request.ts";
import { ResponseEncoder } from "./encode-response.ts";
import { keepResponse, newResponseId, now, type PreparedResponse, type PrepareOptions } from "./prepare-response.ts";
import { resolveInput } from "./resolve-input.ts";
import type { ResponseBody } from "./schema.ts";
import { newResponse } from "./wire.ts";

/** What may still follow: a warm-up need not end with a question, nor have any input. */
const QUESTION: PlacedItem = { item: { type: "message", role: "user", content: "…" }, path: "input" };

/**
 * A response that only holds input, for another to go on after. The model is not asked, so it took no tokens. Throws an ApiError
 * for one that could never be asked, whatever follows.
 */
export function prepareWarmUp(body: Named<ResponseBody>, options: PrepareOptions): Omit<PreparedResponse, "request"> {
  const { items, own } = resolveInput(body, options.store);
  const { clientTools, summarize, ignored } = decodeRequest(body, [...items, QUESTION]);
  const response = newResponse(newResponseId(), now(), body);
  return {
    stream: true,
    encoder: new ResponseEncoder({ response, clientTools, summarize, now }),
    keep: (ended) => keepResponse(ended, own, options),
    ignored,
    headers: tellIgnored(ignored, options.strict ?? false),
  };
}

export async function* warmUpEvents({ model }: Named<ResponseBody>): AsyncGenerator<ChatEvent> {
  yield { type: "response-start", id: "", model };
  yield {
    type: "finish",
    reason: { unified: "stop", raw: "end_turn" },
    usage: { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 },
  };
}
