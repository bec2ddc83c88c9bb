import type { Steps } from "../../../core/pace.ts";
import { describeFields } from "../../openapi/describe-fields.ts";
import { type Accepted, accept, acceptedAs } from "../../responses-shape/accept-body.ts";
import { ResponseBody } from "../../responses-shape/wire/schema.ts";
import { type StandardSchema, standardSchema } from "../../validation/standard-schema.ts";
import { PARAMETERS } from "../parameters.ts";

const BODY = standardSchema(ResponseBody, describeFields(ResponseBody, PARAMETERS));

/** What Elysia takes as `body:` of POST /v1/responses. */
export function acceptedResponse(strict: boolean): StandardSchema<Accepted<ResponseBody>> {
  return acceptedAs(BODY, strict);
}

/** A body that came in another way. Throws an ApiError that names the field which is wrong. */
export function acceptResponse(body: unknown, strict: boolean): Steps<Accepted<ResponseBody>> {
  return accept(BODY, body, strict);
}
