import { attempt } from "../../core/attempt.ts";
import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { withoutEnd } from "../../core/text.ts";
import { isList, mapMembers, mapSubschemas, type Path } from "../schemas/keywords.ts";
import { type PlacedSchema, pathOfRef, placesOfSameValue, pointerTo, schemasIn } from "../schemas/places.ts";

/** What the Messages API takes as the name of an argument, at the top of a tool's schema; deeper down it takes any. */
const API_NAME = /^[a-zA-Z0-9_.-]{1,64}$/;

/** The CLI loses a property of this name. */
const LOST_NAME = "__proto__";

const LONGEST_NAME = 64;

/** A way of more steps leads to no place in a schema: see `MAX_JSON_DEPTH` of the server. */
const MOST_STEPS = 512;

/** Room for a number behind a name. */
const LONGEST_STEM = 60;

/**
 * The names of a tool's arguments that the API does not take, and those under which it knows them: in the tool's schema, in
 * the calls of the history, and back in the calls that the model writes. The same schema always gives the same names.
 */
export class ArgumentNames {
  /** The tool's schema by the API's names. */
  readonly schema: JsonObject;
  readonly #toApi: ReadonlyMap<string, string>;
  readonly #toClient: ReadonlyMap<string, string>;
  /** Whether arguments may hold, deeper down, what the schema says of themselves: then the names stand there, too. */
  readonly #isRecursive: boolean;

  /** Undefined when the API takes all names. */
  static of(schema: JsonObject): ArgumentNames | undefined {
    const places = placesOfSameValue(schema);
    const names = new Set([...places.values()].flatMap(namesOf));
    const foreign = [...names].filter((name) => !API_NAME.test(name) || name === LOST_NAME);
    return foreign.length === 0 ? undefined : new ArgumentNames(schema, places, foreign);
  }

  private constructor(schema: JsonObject, places: ReadonlyMap<string, JsonObject>, foreign: readonly string[]) {
    const all = schemasIn(schema);
    this.#isRecursive = all.some((place) => leadsBack(place, places));
    this.#toApi = apiNames(foreign, new Set(all.flatMap((place) => namesOf(place.schema))));
    this.#toClient = new Map([...this.#toApi].map(([name, apiName]) => [apiName, name]));
    this.schema = this.#renamed(schema, [], places);
  }

  /** The same where the same names go by the same others. */
  get key(): string {
    return JSON.stringify([[...this.#toApi].toSorted(), this.#isRecursive]);
  }

  /** The arguments of a call by the API's names. */
  toApi(args: JsonObject): JsonObject {
    return renameKeys(args, this.#toApi, this.#isRecursive);
  }

  /** Reads the arguments of one call, as the model writes them, by the client's names. */
  reader(): ArgumentKeys {
    return new ArgumentKeys(this.#toClient, this.#isRecursive);
  }

  #renamed(node: JsonObject, at: Path, places: ReadonlyMap<string, JsonObject>): JsonObject {
    const inner = mapSubschemas(node, at, (member, place) =>
      isJsonObject(member) ? this.#renamed(member, place, places) : member,
    );
    const speaksOfThem = this.#isRecursive || places.has(pointerTo(at));
    const named = speaksOfThem ? mapMembers(inner, (value, word) => this.#renameWord(word, value)) : inner;
    return typeof node.$ref === "string" ? { ...named, $ref: this.#renamedRef(node.$ref, places) } : named;
  }

  #renameWord(word: string, value: Json): Json {
    switch (word) {
      case "required":
        return this.#renameList(value);
      case "properties":
      case "dependentSchemas":
        return isJsonObject(value) ? renameKeys(value, this.#toApi, false) : value;
      case "dependentRequired":
      case "dependencies":
        if (!isJsonObject(value)) return value;
        return Object.fromEntries(
          Object.entries(value).map(([name, then]) => [this.#toApi.get(name) ?? name, this.#renameList(then)]),
        );
      case "default":
      case "const":
        return isJsonObject(value) ? this.toApi(value) : value;
      case "enum":
      case "examples":
        return isList(value) ? value.map((member) => (isJsonObject(member) ? this.toApi(member) : member)) : value;
      default:
        return value;
    }
  }

  #renameList(names: Json): Json {
    if (!isList(names)) return names;
    return names.map((name) => (typeof name === "string" ? (this.#toApi.get(name) ?? name) : name));
  }

  /** A way through `properties` leads by their names. */
  #renamedRef(ref: string, places: ReadonlyMap<string, JsonObject>): string {
    const path = pathOfRef(ref);
    if (path === undefined || path.length > MOST_STEPS || path.every((step) => !this.#toApi.has(step))) return ref;
    const steps = path.map((step, index) => {
      const isName = path[index - 1] === "properties" || path[index - 1] === "dependentSchemas";
      const speaksOfThem = this.#isRecursive || places.has(pointerTo(path.slice(0, Math.max(0, index - 1))));
      return isName && speaksOfThem ? (this.#toApi.get(step) ?? step) : step;
    });
    return pointerTo(steps);
  }
}

/** The names of properties that a schema speaks of. */
function namesOf({ properties }: JsonObject): string[] {
  return isJsonObject(properties) ? Object.keys(properties) : [];
}

/** Whether a schema applies what is said of all arguments to a part of them. */
function leadsBack({ schema, at, isOfPart }: PlacedSchema, places: ReadonlyMap<string, JsonObject>): boolean {
  const here = pointerTo(at);
  if (places.has(here)) return isOfPart;
  const target = pathOfRef(schema.$ref);
  return target !== undefined && places.has(pointerTo(target));
}

function apiNames(foreign: readonly string[], taken: ReadonlySet<string>): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const used = new Set(taken);
  const numbered = new NumberedNames(LONGEST_NAME);
  for (const name of foreign) {
    const apiName = numbered.unused(readableStem(name), (candidate) => !used.has(candidate));
    used.add(apiName);
    names.set(name, apiName);
  }
  return names;
}

/** What the model can read of a name: `top` of `$top`, `filter_id` of `filter[id]`. */
function readableStem(name: string): string {
  const plain = name.normalize("NFD").replace(/\p{M}/gu, "").replaceAll("ß", "ss");
  const stem = plain.replace(/[^a-zA-Z0-9_.-]+/g, "_").replace(/^_+/, "");
  return withoutEnd(stem, "_").slice(0, LONGEST_STEM) || "argument";
}

function renameKeys(value: JsonObject, names: ReadonlyMap<string, string>, deep: boolean): JsonObject {
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [names.get(key) ?? key, deep ? renameWithin(member, names) : member]),
  );
}

function renameWithin(value: Json, names: ReadonlyMap<string, string>): Json {
  if (isList(value)) return value.map((member) => renameWithin(member, names));
  return isJsonObject(value) ? renameKeys(value, names, true) : value;
}

/** What stands open around a place in a JSON text: an object, whose next string is a key or a value, or a list. */
type Level = "key" | "value" | "list";

/**
 * Renames keys of a JSON object while its text streams by. Everything else passes as it was written, also what is no JSON; a key
 * is held back until it is complete.
 */
export class ArgumentKeys {
  readonly #names: ReadonlyMap<string, string>;
  readonly #isDeep: boolean;
  readonly #levels: Level[] = [];
  /** The string being read, with its quote; undefined between strings. */
  #string: string | undefined;
  #isEscaped = false;

  /** `isDeep`: not only the keys of the outermost object, but those of all within it. */
  constructor(names: ReadonlyMap<string, string>, isDeep: boolean) {
    this.#names = names;
    this.#isDeep = isDeep;
  }

  push(piece: string): string {
    let passed = "";
    for (const character of piece) passed += this.#read(character);
    return passed;
  }

  /** What was held back when the text broke off. */
  end(): string {
    const rest = this.#isKey ? (this.#string ?? "") : "";
    this.#string = undefined;
    return rest;
  }

  get #isKey(): boolean {
    return this.#levels.at(-1) === "key" && (this.#isDeep || this.#levels.length === 1);
  }

  #read(character: string): string {
    if (this.#string !== undefined) return this.#readString(character);
    if (character === '"') {
      this.#string = character;
      return this.#isKey ? "" : character;
    }
    if (character === "{" || character === "[") this.#levels.push(character === "{" ? "key" : "list");
    else if (character === "}" || character === "]") this.#levels.pop();
    else if (character === ":" || character === ",") this.#turn(character === "," ? "key" : "value");
    return character;
  }

  #readString(character: string): string {
    const isEnd = character === '"' && !this.#isEscaped;
    this.#isEscaped = character === "\\" && !this.#isEscaped;
    if (!this.#isKey) {
      if (isEnd) this.#string = undefined;
      return character;
    }
    const text = `${this.#string}${character}`;
    this.#string = isEnd ? undefined : text;
    return isEnd ? this.#renamed(text) : "";
  }

  #turn(to: Level): void {
    if (this.#levels.at(-1) !== "list" && this.#levels.length > 0) this.#levels[this.#levels.length - 1] = to;
  }

  #renamed(quoted: string): string {
    const name = this.#names.get(attempt(() => String(JSON.parse(quoted))) ?? quoted);
    return name === undefined ? quoted : JSON.stringify(name);
  }
}

/** Makes names different by a number behind them, in the same time however many there are of one stem. */
export class NumberedNames {
  readonly #longest: number;
  /** Where to go on counting. All below are taken. */
  readonly #counts = new Map<string, number>();

  constructor(longest: number) {
    this.#longest = longest;
  }

  /** The stem, or the first of `stem_2`, `stem_3` … that is free, shortened where there is no room for the number. */
  unused(stem: string, isFree: (name: string) => boolean): string {
    if (isFree(stem)) return stem;
    let count = this.#counts.get(stem) ?? 2;
    while (!isFree(this.#numbered(stem, count))) count++;
    this.#counts.set(stem, count);
    return this.#numbered(stem, count);
  }

  #numbered(stem: string, count: number): string {
    const end = `_${count}`;
    return `${stem.slice(0, this.#longest - end.length)}${end}`;
  }
}
