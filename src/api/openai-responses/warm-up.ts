import type { ChatEvent } from "../../core/event.ts";
import { ignoredFields, tellIgnored } from "../ignored-fields.ts";
import { refuseImpossible } from "./decode-request.ts";
import { ResponseEncoder } from "./encode-response.ts";
import { ignoredIncludes } from "./include.ts";
import { PARAMETERS } from "./parameters.ts";
import { keepResponse, newResponseId, now, type PreparedResponse, type PrepareOptions } from "./prepare-response.ts";
import { resolveInput } from "./resolve-input.ts";
import type { ResponseBody } from "./schema.ts";
import { newResponse } from "./wire.ts";

/** A response that only holds input, for another to go on after. The model is not asked, so it took no tokens. */
export function prepareWarmUp(body: ResponseBody, options: PrepareOptions): Omit<PreparedResponse, "request"> {
  refuseImpossible(body);
  const { own } = resolveInput(body, options.store);
  const ignored = ignoredFields(body, PARAMETERS, ignoredIncludes(body.include));
  const response = newResponse(newResponseId(), now(), body);
  return {
    stream: true,
    encoder: new ResponseEncoder({ response, clientTools: new Map(), summarize: false, now }),
    keep: (ended) => keepResponse(ended, own, options),
    ignored,
    headers: tellIgnored(ignored, options.strict ?? false),
  };
}

export async function* warmUpEvents({ model }: ResponseBody): AsyncGenerator<ChatEvent> {
  yield { type: "response-start", id: "", model };
  yield {
    type: "finish",
    reason: { unified: "stop", raw: "end_turn" },
    usage: { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 },
  };
}
