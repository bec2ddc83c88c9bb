import type { ChatEvent } from "../../../core/event.ts";
import { inTurns } from "../../../core/pace.ts";
import { reportIgnored } from "../../fields/ignored-fields.ts";
import type { Accepted } from "../../responses-shape/accept-body.ts";
import type { PlacedItem } from "../../responses-shape/wire/items.ts";
import type { ResponseBody } from "../../responses-shape/wire/schema.ts";
import { decodeRequest } from "../decode/request.ts";
import { resolveInput } from "../decode/resolve-input.ts";
import { ResponseEncoder } from "../encode/response.ts";
import {
  keepResponse,
  newResponseId,
  now,
  type PreparedResponse,
  type PrepareOptions,
  withOfferedTools,
  withOwnModel,
} from "../prepare-response.ts";
import { newResponse } from "../wire/response.ts";

/** What may still follow: a warm-up need not end with a question, nor have any input. */
const QUESTION: PlacedItem = { item: { type: "message", role: "user", content: "…" }, path: "input" };

/**
 * A response that only holds input, for another to go on after. The model is not asked, so it took no tokens. Throws an ApiError
 * for one that could never be asked, whatever follows.
 */
export async function prepareWarmUp(
  accepted: Accepted<ResponseBody>,
  options: PrepareOptions,
): Promise<Omit<PreparedResponse, "request">> {
  const { strict = false, store, defaultModel, webSearch } = options;
  const body = withOwnModel(accepted.body, store, defaultModel);
  const { items, own, ignored: leftOut } = await inTurns(resolveInput(accepted, store, strict));
  const decoding = decodeRequest(body, [...items, QUESTION], { strict, webSearch });
  const { clientTools, summarize, encrypt, ...decoded } = await inTurns(decoding);
  const headers = reportIgnored([...accepted.notes, ...leftOut, ...decoded.ignored], strict);
  const response = newResponse(newResponseId(), now(), withOfferedTools(body, decoded.request));
  return {
    stream: true,
    encoder: new ResponseEncoder({ response, clientTools, summarize, encrypt, now }),
    keep: (ended) => keepResponse(ended, own, options),
    headers: () => headers,
  };
}

export async function* warmUpEvents(model: string): AsyncGenerator<ChatEvent> {
  yield { type: "response-start", id: "", model };
  yield {
    type: "finish",
    reason: { unified: "stop", raw: "end_turn" },
    usage: { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 },
  };
}
