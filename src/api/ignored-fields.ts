import type { TSchema } from "typebox";
import type { Parameters } from "./parameters.ts";
import { isNode } from "./validation/schema-words.ts";
import { unreadFields } from "./validation/unread-fields.ts";

/** Names the request's fields that had no effect. */
const IGNORED_HEADER = "x-claude-max-api-ignored";

/** Longest list the header carries; a client that sends more unknown fields than that gets the first ones. */
const MAX_NAMED = 30;

type Fields = Readonly<Record<string, unknown>>;

/**
 * The fields of a request that have no effect: those within messages, tools and other fields, each told once however often it is
 * there; then known ones that are ignored, and unknown ones.
 */
export function ignoredFields(body: Fields, schema: TSchema, parameters: Parameters): string[] {
  const within = isNode(schema) ? unreadFields(schema, body) : [];
  const fields = Object.entries(body).filter(([field, value]) => {
    if (value === null || value === undefined) return false;
    const parameter = Object.hasOwn(parameters, field) ? parameters[field] : undefined;
    if (parameter === undefined) return true;
    return parameter.treatment === "ignored" && value !== parameter.neutral;
  });
  return [...within, ...fields.map(([field]) => field)];
}

/** The header that names what was ignored, as far as a header can: names of other characters would break out of it. */
export function ignoredHeader(ignored: readonly string[]): Record<string, string> {
  const names = ignored.filter((name) => /^[\w.-]{1,64}$/.test(name)).slice(0, MAX_NAMED);
  return names.length === 0 ? {} : { [IGNORED_HEADER]: names.join(",") };
}
