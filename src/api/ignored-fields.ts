import type { TSchema } from "typebox";
import type { Parameters } from "./parameter.ts";
import { isNode } from "./validation/schema-words.ts";
import { unreadFields } from "./validation/unread-fields.ts";

/** Names the request's fields that had no effect. */
export const IGNORED_HEADER = "x-claude-max-api-ignored";

/** Longest list the header carries; a client that sends more unknown fields than that gets the first ones. */
const MAX_NAMED = 30;

/** The fields of a request that have no effect, for a header: those `within` others, known ones that are ignored, unknown ones. */
export function ignoredFields(
  body: Readonly<Record<string, unknown>>,
  parameters: Parameters,
  within: readonly string[],
): string[] {
  const fields = Object.entries(body).filter(([field, value]) => {
    if (value === null || value === undefined) return false;
    const parameter = Object.hasOwn(parameters, field) ? parameters[field] : undefined;
    if (parameter === undefined) return true;
    return parameter.treatment === "ignored" && value !== parameter.neutral;
  });
  const names = [...within, ...fields.map(([field]) => field)];
  return names.filter((name) => /^[\w.-]{1,64}$/.test(name)).slice(0, MAX_NAMED);
}

/** What has no effect within messages, tools and other fields, each told once however often it is there. */
export function ignoredWithin(body: Readonly<Record<string, unknown>>, schema: TSchema): string[] {
  return isNode(schema) ? unreadFields(schema, body) : [];
}

export function ignoredHeader(ignored: readonly string[]): Record<string, string> {
  return ignored.length === 0 ? {} : { [IGNORED_HEADER]: ignored.join(",") };
}
