import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { isChecked } from "./input-schema.ts";
import { BRANCHINGS } from "./input-schema-branches.ts";
import { isSchema, KEYWORDS, type Path, subschemas } from "./output-schema-keywords.ts";

/** What is wrong with a schema, and where. */
export type Fault = { readonly at: Path; readonly problem: string };

/** Of these the draft says nothing, and the API takes any value. */
const NOT_CHECKED: ReadonlySet<string> = new Set(["nullable", "additionalItems", "enum"]);

/** Why the API would refuse a function's schema that has been mended; undefined when it takes it. */
export function faultOf(schema: JsonObject): Fault | undefined {
  if (schema.type !== "object") return { at: ["type"], problem: 'must be "object": the arguments of a call are one.' };
  const branching = BRANCHINGS.find((word) => schema[word] !== undefined);
  if (branching !== undefined) return { at: [branching], problem: "has no branch that is an object." };
  return faultWithin(schema, [], isChecked(schema));
}

function faultWithin(schema: Json, at: Path, checked: boolean): Fault | undefined {
  if (!isSchema(schema)) return { at, problem: "is no schema; accepted are an object, true and false." };
  if (!isJsonObject(schema)) return undefined;
  for (const [word, value] of Object.entries(schema)) {
    const expected = expectedOf(word, value, checked);
    if (expected !== undefined) return { at: [...at, word], problem: `must be ${expected}.` };
  }
  for (const inner of subschemas(schema, at)) {
    const fault = faultWithin(inner.schema, inner.at, checked);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** What a keyword wants instead of this value; undefined when it takes it. */
function expectedOf(word: string, value: Json, checked: boolean): string | undefined {
  const keyword = KEYWORDS.get(word);
  if (keyword === undefined || NOT_CHECKED.has(word)) return undefined;
  const isOldBound = checked && word.startsWith("exclusive") && typeof value === "boolean";
  return keyword.accepts(value) && !isOldBound ? undefined : keyword.expected;
}
