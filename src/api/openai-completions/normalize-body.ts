import { isJsonObject } from "../../core/json.ts";
import { withFields } from "../lenient/kept.ts";
import { readCount, readFilled, readLimit, readStop, readStreamOptions } from "../lenient/read-options.ts";

/** A body of POST /v1/completions as the textbook has it, as far as its spelling is known. */
export function normalizeBody(body: unknown): unknown {
  if (!isJsonObject(body)) return body;
  return withFields(body, {
    ...(body.model === "" ? { model: undefined } : {}),
    stream: readFilled(body.stream),
    stream_options: readStreamOptions(body.stream_options),
    echo: readFilled(body.echo),
    max_tokens: readLimit(body.max_tokens),
    n: readCount(body.n),
    best_of: readCount(body.best_of),
    stop: readStop(body.stop),
  });
}
