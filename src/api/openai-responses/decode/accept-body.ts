import type { Steps } from "../../../core/pace.ts";
import { coercing } from "../../lenient/lenient-schema.ts";
import { describeFields } from "../../openapi/describe-fields.ts";
import { normalizeBody, type OriginalIndexes, withOriginalIndexes } from "../../responses-shape/normalize.ts";
import { OversizedBody } from "../../validation/oversized-body.ts";
import { type StandardSchema, schemaOf, standardSchema } from "../../validation/standard-schema.ts";
import { PARAMETERS } from "../parameters.ts";
import { ResponseBody } from "../wire/schema.ts";

/** A body that is taken, and what to say of it to the client. */
export type Accepted<Body> = {
  readonly body: Body;
  /** What was left out of it, or changed, for the response header. */
  readonly notes: readonly string[];
  readonly places: OriginalIndexes;
};

const BODY = standardSchema(ResponseBody, describeFields(ResponseBody, PARAMETERS));

/** What Elysia takes as `body:` of POST /v1/responses. */
export function acceptedResponse(strict: boolean): StandardSchema<Accepted<ResponseBody>> {
  return acceptedAs(BODY, strict);
}

/** A body that came in another way. Throws an ApiError that names the field which is wrong. */
export function acceptResponse(body: unknown, strict: boolean): Steps<Accepted<ResponseBody>> {
  return accept(BODY, body, strict);
}

/** Takes a body of the schema's type, in any spelling; only as it is, where the user wants it strict. */
export function acceptedAs<Body>(schema: StandardSchema<Body>, strict: boolean): StandardSchema<Accepted<Body>> {
  return schemaOf((given) => accept(schema, given, strict), schema.documented);
}

function* accept<Body>(schema: StandardSchema<Body>, given: unknown, strict: boolean): Steps<Accepted<Body>> {
  if (strict || given instanceof OversizedBody)
    return { body: yield* schema.check(given), notes: [], places: undefined };
  const { body, notes, places } = yield* normalizeBody(given);
  const taken = yield* withOriginalIndexes(places, coercing(schema).check(body));
  return { body: taken, notes, places };
}
