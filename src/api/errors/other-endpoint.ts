import { ApiError } from "../../core/error.ts";
import { isJsonObject } from "../../core/json.ts";

/** Where each field, which holds what is asked, belongs. */
const MEANT = {
  messages: "/v1/chat/completions",
  input: "/v1/responses",
  prompt: "/v1/completions",
} as const;
type Field = keyof typeof MEANT;

/** What each path asks about, and what else stands there in the bodies that it takes. */
const ASKED: Readonly<Record<string, readonly Field[]>> = {
  "/v1/chat/completions": ["messages", "input"],
  "/v1/messages": ["messages"],
  "/v1/messages/count_tokens": ["messages"],
  "/v1/completions": ["prompt"],
  "/v1/responses": ["input"],
  "/v1/responses/input_tokens": ["input"],
};

/** The refusal of a body, which says which path is meant where the body is another one's; else the one that was found. */
export function orOtherEndpoint(refusal: unknown, path: string, body: unknown): unknown {
  if (!(refusal instanceof ApiError) || refusal.code !== "invalid_request" || !isJsonObject(body)) return refusal;
  const own = Object.hasOwn(ASKED, path) ? ASKED[path] : undefined;
  const has = (field: Field) => (body[field] ?? null) !== null;
  // An object as `prompt` is a template, which is a field of the Responses API.
  const other = fieldsOf(MEANT).find((field) => has(field) && !isJsonObject(body[field]));
  if (own === undefined || other === undefined || own.some(has)) return refusal;
  const param = own[0] ?? other;
  const meant = `'${other}' is for POST ${MEANT[other]}${other === "messages" ? " or POST /v1/messages" : ""}`;
  return new ApiError(
    "invalid_request",
    `Missing required parameter: '${param}'. ${meant}; POST ${path} takes '${param}'.`,
    {
      param,
      cause: refusal,
    },
  );
}

function fieldsOf(meant: typeof MEANT): Field[] {
  return Object.keys(meant).filter((name): name is Field => Object.hasOwn(meant, name));
}
