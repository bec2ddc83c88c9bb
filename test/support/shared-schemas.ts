import type { JsonObject } from "../../src/core/json.ts";

/** How often the references of one schema are looked at until that counts as without end. */
const MOST_LOOKS = 200_000;

type Wrap = (name: string) => JsonObject;

/** References that are counted, and throw once they have been looked at too often: so a walk without end fails instead of lasting. */
export function countedRef(): Wrap {
  let looks = 0;
  return (name) => ({
    get $ref() {
      if (++looks > MOST_LOOKS) throw new Error("its references are followed without end");
      return `#/$defs/${name}`;
    },
  });
}

const plainRef: Wrap = (name) => ({ $ref: `#/$defs/${name}` });

const CLIQUE = Array.from({ length: 9 }, (_, index) => `t${index}`);
const DEPTH = 30;

/** Definitions, each of which refers to the next one twice: there are two to the power of 30 ways to the last. */
function chain(link: (next: JsonObject, again: JsonObject) => JsonObject, end: JsonObject, ref: Wrap): JsonObject {
  const links = Array.from({ length: DEPTH }, (_, index): [string, JsonObject] => {
    return [`a${index}`, link(ref(`a${index + 1}`), ref(`a${index + 1}`))];
  });
  return Object.fromEntries([...links, [`a${DEPTH}`, end]]);
}

const object = (properties: JsonObject): JsonObject => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

/** Small schemas that are astronomically large once each reference is replaced by what it leads to. */
export const sharedSchemas = (ref: Wrap = plainRef): Readonly<Record<string, JsonObject>> => ({
  "all of the same twice": {
    allOf: [ref("a0")],
    $defs: chain((next, again) => ({ allOf: [next, again] }), object({ last: { type: "string" } }), ref),
  },
  "any of the same twice": {
    ...object({ first: ref("a0") }),
    $defs: chain((next, again) => ({ anyOf: [next, again] }), { type: "string" }, ref),
  },
  "two properties alike": {
    ...object({ "$first name": ref("a0") }),
    $defs: chain((next, again) => object({ left: next, right: again }), { type: "string" }, ref),
  },
  "nine types, each any of all": {
    anyOf: CLIQUE.map(ref),
    $defs: Object.fromEntries(
      CLIQUE.map((name) => [name, { ...object({ [name]: { type: "string" } }), anyOf: CLIQUE.map(ref) }]),
    ),
  },
  "nine types, each within any": {
    ...object({ any: ref("t0") }),
    $defs: Object.fromEntries(CLIQUE.map((name) => [name, object({ of: { anyOf: CLIQUE.map(ref) } })])),
  },
});
