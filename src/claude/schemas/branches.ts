import { canonicalJson, isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { isList } from "./keywords.ts";
import { pathOfRef, valueAt } from "./places.ts";

/** What the API takes anywhere but at the top. */
export const BRANCHINGS = ["allOf", "anyOf", "oneOf"] as const;

/** So many characters of properties are merged at most. The API takes no request of as many, whatever else is in it. */
const MOST_MERGED = 32_000_000;

/** So many branches, and names that they require, are looked at: more than anybody writes of one object. */
const MOST_STEPS = 200_000;

/**
 * The schema without branches at its top: with the properties of all of them, and those required that are so in any case. What
 * gets lost by that, that some belong together, its description says. One with more branches than can be read stays.
 */
export function mergeBranches(root: JsonObject): JsonObject {
  if (BRANCHINGS.every((word) => root[word] === undefined)) return root;
  const branches = new Branches(root);
  if (!branches.mayBeObject(root)) return root;
  const { allOf: _all, anyOf: _any, oneOf: _one, ...rest } = root;
  const required = branches.requiredOf(root) ?? new Set<string>();
  const properties = merged(branches.properties);
  if (properties === undefined || branches.areTooMany) return root;
  const notes = [noteOn("anyOf", "at least", root, branches), noteOn("oneOf", "exactly", root, branches)];
  const texts = [root.description, ...notes].filter((text) => typeof text === "string" && text !== "");
  return {
    ...rest,
    ...(texts.length === 0 ? {} : { description: texts.join("\n\n") }),
    properties,
    ...(required.size === 0 ? {} : { required: [...required] }),
  };
}

/**
 * What the branches of a schema say of an object. Each schema is gone into once, however many branches refer to it: by each way to it, it
 * would be as often as two to the power of how deep they share.
 */
class Branches {
  /** The schemas of each property, of all that was gone into. */
  readonly properties = new Map<string, Json[]>();
  readonly #root: JsonObject;
  /** Of what is being gone into, nothing yet. */
  readonly #required = new Map<JsonObject, ReadonlySet<string> | undefined>();
  readonly #areObjects = new Map<JsonObject, boolean>();
  #steps = 0;

  constructor(root: JsonObject) {
    this.#root = root;
  }

  get areTooMany(): boolean {
    return this.#steps > MOST_STEPS;
  }

  /** The names that it requires in any case; undefined for one that leads back to itself, which adds nothing. */
  requiredOf(node: JsonObject): ReadonlySet<string> | undefined {
    if (this.#required.has(node) || this.areTooMany) return this.#required.get(node);
    this.#required.set(node, undefined);
    for (const [name, schema] of Object.entries(isJsonObject(node.properties) ? node.properties : {})) {
      const schemas = this.properties.get(name);
      if (schemas === undefined) this.properties.set(name, [schema]);
      else schemas.push(schema);
    }
    const required = new Set(namesIn(node.required));
    for (const word of BRANCHINGS) {
      const branches = new Set(this.objectsIn(node[word]));
      const ofBranches = [...branches].map((branch) => this.requiredOf(branch)).filter((names) => names !== undefined);
      this.#steps += ofBranches.reduce((sum, names) => sum + names.size, branches.size);
      if (this.areTooMany) break;
      for (const name of alwaysRequired(word, ofBranches)) required.add(name);
    }
    this.#required.set(node, required);
    return required;
  }

  /** The branches that an object can satisfy, references followed. */
  objectsIn(branches: Json | undefined): JsonObject[] {
    const found = (isList(branches) ? branches : []).map((branch) => followed(branch, this.#root));
    return found.filter((branch) => branch !== undefined).filter((branch) => this.mayBeObject(branch));
  }

  mayBeObject(node: JsonObject): boolean {
    const known = this.#areObjects.get(node);
    if (known !== undefined) return known;
    const { type, properties, anyOf = node.oneOf } = node;
    const branches = type !== undefined || isJsonObject(properties) || !isList(anyOf) ? undefined : anyOf;
    const mayBe =
      branches === undefined
        ? isObjectType(type)
        : branches.some((branch) => isObjectType(followed(branch, this.#root)?.type) && isJsonObject(branch));
    this.#areObjects.set(node, mayBe);
    return mayBe;
  }
}

function isObjectType(type: Json | undefined): boolean {
  return type === undefined || type === "object" || (isList(type) && type.includes("object"));
}

function alwaysRequired(word: string, shapes: readonly ReadonlySet<string>[]): string[] {
  const all = [...new Set(shapes.flatMap((required) => [...required]))];
  return word === "allOf" ? all : all.filter((name) => shapes.every((required) => required.has(name)));
}

function followed(branch: Json, root: JsonObject, left = 10): JsonObject | undefined {
  if (!isJsonObject(branch)) return undefined;
  const path = pathOfRef(branch.$ref);
  const target = path && valueAt(root, path);
  return target === undefined || left === 0 ? branch : followed(target, root, left - 1);
}

/** Each property by any of its different schemas; undefined where they are too large. */
function merged(properties: ReadonlyMap<string, readonly Json[]>): JsonObject | undefined {
  let size = 0;
  const all: [string, Json][] = [];
  for (const [name, schemas] of properties) {
    const different = new Map<string, Json>();
    for (const schema of schemas) {
      const text = canonicalJson(schema);
      size += text.length;
      if (size > MOST_MERGED) return undefined;
      different.set(text, schema);
    }
    const [only = {}, ...others] = different.values();
    all.push([name, others.length === 0 ? only : { anyOf: [only, ...others] }]);
  }
  return Object.fromEntries(all);
}

function noteOn(word: "anyOf" | "oneOf", howMany: string, root: JsonObject, branches: Branches): string | undefined {
  const groups = branches.objectsIn(root[word]).map((branch) => {
    const required = namesIn(branch.required);
    const properties = isJsonObject(branch.properties) ? branch.properties : {};
    return (required.length > 0 ? required : Object.keys(properties)).join(", ");
  });
  const different = [...new Set(groups.filter((group) => group !== ""))];
  if (different.length < 2) return undefined;
  return `Give the arguments of ${howMany} one of these groups: ${different.map((group) => `(${group})`).join(" or ")}.`;
}

function namesIn(required: Json | undefined): string[] {
  return isList(required) ? required.filter((name) => typeof name === "string") : [];
}
