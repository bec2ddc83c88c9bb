import { type ApiFields, isFields, listOf } from "../messages-body.ts";

// Each check of the body tells what is wrong as the API words it, place first; undefined when nothing is.

export type Problem = string | undefined;

const TOOL_NAME = /^[a-zA-Z0-9_-]{1,128}$/;
const MAX_TOOL_NAME_LENGTH = 128;

/** The first problem of any entry of the list. */
export function firstProblem<Entry>(
  list: readonly Entry[],
  problemOf: (entry: Entry, index: number) => Problem,
): Problem {
  for (const [index, entry] of list.entries()) {
    const problem = problemOf(entry, index);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** The problem of a value that must be a list of objects, or the first of any entry. */
export function listProblem(
  place: string,
  value: unknown,
  problemOf: (place: string, entry: ApiFields) => Problem,
): Problem {
  const list = listOf(value);
  if (list === undefined) return `${place}: Input should be a valid array`;
  return firstProblem(list, (entry, index) => {
    const entryPlace = `${place}.${index}`;
    return isFields(entry) ? problemOf(entryPlace, entry) : `${entryPlace}: Input should be an object`;
  });
}

export function stringProblem(place: string, value: unknown): Problem {
  if (value === undefined) return `${place}: Field required`;
  return typeof value === "string" ? undefined : `${place}: Input should be a valid string`;
}

export function flagProblem(place: string, value: unknown): Problem {
  return value === undefined || typeof value === "boolean" ? undefined : `${place}: Input should be a valid boolean`;
}

export function patternProblem(place: string, value: unknown, pattern: RegExp): Problem {
  if (typeof value !== "string") return stringProblem(place, value);
  return pattern.test(value) ? undefined : `${place}: String should match pattern '${pattern.source}'`;
}

/** What an object lacks of the fields that it must have, and the first that it has beyond them. */
export function shapeProblem(
  place: string,
  fields: ApiFields,
  { required, optional }: { readonly required: readonly string[]; readonly optional: readonly string[] },
): Problem {
  const missing = required.find((name) => fields[name] === undefined);
  if (missing !== undefined) return `${place}.${missing}: Field required`;
  return extraProblem(place, fields, ["type", ...required, ...optional]);
}

/** The complaint about the first field that the API does not know at this place. */
export function extraProblem(place: string, fields: ApiFields, known: readonly string[]): Problem {
  const extra = Object.keys(fields).find((name) => !known.includes(name));
  return extra === undefined ? undefined : extraInput(`${place}.${extra}`);
}

export function extraInput(place: string): string {
  return `${place}: Extra inputs are not permitted`;
}

/** A tool's name, where it is offered and where it is called. */
export function toolNameProblem(place: string, name: unknown): Problem {
  if (typeof name !== "string") return stringProblem(place, name);
  if (name === "") return `${place}: String should have at least 1 character`;
  if (name.length > MAX_TOOL_NAME_LENGTH) {
    return `${place}: String should have at most ${MAX_TOOL_NAME_LENGTH} characters`;
  }
  return patternProblem(place, name, TOOL_NAME);
}

/** The complaint about a `type` (or another tag) that is none of those the API knows at this place. */
export function unknownTagProblem(place: string, tag: unknown, expected: readonly string[]): Problem {
  if (tag === undefined) return `${place}.type: Field required`;
  const tags = expected.map((name) => `'${name}'`).join(", ");
  return `${place}: Input tag '${String(tag)}' found using 'type' does not match any of the expected tags: ${tags}`;
}
