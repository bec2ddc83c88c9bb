import { invalid } from "../../core/error.ts";
import type { Fields } from "../../core/json.ts";
import { mismatchError, wrongValue } from "../validation/mismatch.ts";
import { isNode } from "../validation/schema-words.ts";
import { saysNothing } from "../validation/unread-fields.ts";
import type { Parameters, PlainType } from "./parameter.ts";

/** What of each type is sent for it: also in other words of the same meaning, as forms and settings have them. */
const TAKEN: Readonly<Record<PlainType, (value: unknown) => boolean>> = {
  number: (value) => typeof value === "number" || (typeof value === "string" && Number.isFinite(Number(value))),
  boolean: (value) => typeof value === "boolean" || typeof value === "number" || value === "true" || value === "false",
  string: (value) => ["string", "number", "boolean"].includes(typeof value),
  object: isNode,
};

/** Names the request's fields that had no effect. */
const IGNORED_HEADER = "x-claude-max-api-ignored";

/** Longest list the header carries; a client that sends more unknown fields than that gets the first ones. */
const MAX_NAMED = 30;

/** So many are looked at: long ones may become one when they are cut. */
const MOST_READ = 1000;

const LONGEST_NAME = 64;
const HARMLESS = new RegExp(`^[\\w.-]{1,${LONGEST_NAME}}$`);

/**
 * The fields of a request that have no effect: those `within` others, known ones that are ignored, unknown ones. Throws for one of a
 * wrong type.
 */
export function ignoredFields(body: Fields, parameters: Parameters, within: readonly string[]): string[] {
  const set = Object.entries(body).filter(([, value]) => !saysNothing(value));
  const fields = set.filter(([field, value]) => {
    const parameter = Object.hasOwn(parameters, field) ? parameters[field] : undefined;
    if (parameter === undefined) return true;
    const { takes, treatment, neutral } = parameter;
    // A field is ignored, and not what is said in it: of a slip the client learns, though it changes nothing.
    if (takes && !TAKEN[takes](value)) throw mismatchError(wrongValue([{ type: takes }], value, [field]));
    return treatment === "ignored" && value !== neutral;
  });
  return [...within, ...fields.map(([field]) => field)];
}

/** The parameters of a query that have no effect. A list is several of one name, written `include`, `include[]` or `include[0]`. */
export function ignoredQuery(query: URLSearchParams, parameters: Parameters): string[] {
  const ignored = [...query].flatMap(([name, value]) =>
    ignoredFields({ [name.replace(/\[\d*\]$/, "")]: value }, parameters, []),
  );
  return [...new Set(ignored)];
}

/**
 * Tells of what was ignored: by a header, or, where the user wants it strict, by refusing the request. Throws then.
 */
export function reportIgnored(ignored: readonly string[], strict: boolean): Record<string, string> {
  const [first] = ignored;
  if (!strict || first === undefined) return ignoredHeader(ignored);
  const names = ignored.slice(0, MAX_NAMED).map(quoted).join(", ");
  const more = ignored.length > MAX_NAMED ? ` and ${ignored.length - MAX_NAMED} more` : "";
  const message = `This server is strict, and these fields would have no effect: ${names}${more}. Leave them out, or start it without --strict.`;
  throw invalid(quoted(first), message);
}

/** As it is, where that cannot be misread. */
function quoted(name: string): string {
  return HARMLESS.test(name) ? name : JSON.stringify(name.slice(0, LONGEST_NAME));
}

/** The name as far as there is room for it, with no half of a character at its end. */
function inHeader(name: string): string {
  let told = "";
  for (const character of name.slice(0, LONGEST_NAME).toWellFormed()) {
    const longer = told + encodeURIComponent(character);
    if (longer.length > LONGEST_NAME) break;
    told = longer;
  }
  return told;
}

/** The header that names what was ignored. Names of other characters would break out of it, so these are percent-encoded; long ones are cut. */
export function ignoredHeader(ignored: readonly string[]): Record<string, string> {
  const names = [...new Set(ignored.slice(0, MOST_READ).map(inHeader))]
    .filter((name) => name !== "")
    .slice(0, MAX_NAMED);
  return names.length === 0 ? {} : { [IGNORED_HEADER]: names.join(",") };
}
