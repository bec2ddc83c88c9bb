import { ApiError } from "../../core/error.ts";
import { describeFields } from "../openapi/describe-fields.ts";
import { normalizeBody } from "../responses-shape/normalize.ts";
import { type StandardSchema, standardSchema } from "../standard-schema.ts";
import { PARAMETERS } from "./parameters.ts";
import { ResponseBody } from "./schema.ts";

/** A body that is taken, and what to say of it to the client. */
export type Accepted<Body> = {
  readonly body: Body;
  /** What was left out of it, or bent, for the response header. */
  readonly notes: readonly string[];
  /** For each item of the input the place of the client's own that it comes from; undefined where they are the same. */
  readonly places: readonly number[] | undefined;
};

const BODY = standardSchema(ResponseBody, describeFields(ResponseBody, PARAMETERS));

/** What Elysia takes as `body:` of POST /v1/responses. */
export function acceptedResponse(strict: boolean): StandardSchema<Accepted<ResponseBody>> {
  return acceptedAs(BODY, strict);
}

/** A body that came in another way. Throws an ApiError that names the field which is wrong. */
export function acceptResponse(body: unknown, strict: boolean): Accepted<ResponseBody> {
  return accept(BODY, body, strict);
}

/** Takes a body of the schema's type, in any spelling; only as it is, where the user wants it strict. */
export function acceptedAs<Body>(schema: StandardSchema<Body>, strict: boolean): StandardSchema<Accepted<Body>> {
  const validate = (given: unknown) => ({ value: accept(schema, given, strict) });
  return { "~standard": { version: 1, vendor: "typebox", validate }, documented: schema.documented };
}

function accept<Body>(schema: StandardSchema<Body>, given: unknown, strict: boolean): Accepted<Body> {
  if (strict) return { body: schema["~standard"].validate(given).value, notes: [], places: undefined };
  const { body, notes, places } = normalizeBody(given);
  try {
    return { body: schema["~standard"].validate(body).value, notes, places };
  } catch (error) {
    throw places && error instanceof ApiError ? inClientsPlaces(error, places) : error;
  }
}

function inClientsPlaces({ code, message, param }: ApiError, places: readonly number[]): ApiError {
  const say = (text: string) =>
    text.replace(/(^|')input\[(\d+)\]/g, (_, before: string, index: string) => {
      return `${before}input[${places[Number(index)] ?? index}]`;
    });
  return new ApiError(code, say(message), param === undefined ? {} : { param: say(param) });
}
