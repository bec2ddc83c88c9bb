import { Compile } from "typebox/compile";
import { ApiError } from "../../core/error.ts";
import {
  acceptedTypes,
  alternatives,
  describeExpected,
  describeValue,
  isNode,
  jsonType,
  literalsOf,
  type SchemaNode,
} from "./schema-words.ts";

export type Path = readonly (string | number)[];

/** Where a value breaks its schema, and how to put it right. */
export type Mismatch = { readonly path: Path; readonly message: string };

/** A mismatch as the error that clients get. */
export function mismatchError({ path, message }: Mismatch): ApiError {
  return new ApiError("invalid_request", message, path.length === 0 ? {} : { param: formatPath(path) });
}

export function wrongValue(schemas: readonly SchemaNode[], value: unknown, path: Path): Mismatch {
  const types = schemas.flatMap(alternatives).map(acceptedTypes);
  const rightType = types.some((accepted) => accepted === undefined || accepted.includes(jsonType(value)));
  const where = path.length === 0 ? "the request body" : `'${formatPath(path)}'`;
  const given = `expected ${describeExpected(schemas)}, but got ${describeValue(value)}`;
  return { path, message: `Invalid ${rightType ? "value" : "type"} for ${where}: ${given}.` };
}

function missing(schema: unknown, path: Path): Mismatch {
  const expected = isNode(schema) ? ` Expected ${describeExpected([schema])}.` : "";
  return { path, message: `Missing required parameter: '${formatPath(path)}'.${expected}` };
}

const LONGEST_KEY = 64;

/** A path as clients write it: `messages[2].content`. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    const key = step.length > LONGEST_KEY ? `${step.slice(0, LONGEST_KEY)}…` : step;
    if (!/^[A-Za-z_$][\w$-]*…?$/.test(key)) return `${text}[${JSON.stringify(key)}]`;
    return text === "" ? key : `${text}.${key}`;
  }, "");
}

/**
 * The one mismatch worth telling: the first in the order of the schema, and within a union the one of the branch that the
 * value came closest to. TypeBox's own errors cannot serve: they list every branch of a union and stop after eight, often
 * before the branch that matters. It reads what our schemas say: undefined when the value fits, or the schema says something else.
 */
export function findMismatch(schema: SchemaNode, value: unknown, path: Path = []): Mismatch | undefined {
  const branches = alternatives(schema);
  if (branches.length !== 1 || branches[0] !== schema) return mismatchOfUnion(branches, value, path);
  if (!accepts(schema, value)) return wrongValue([schema], value, path);
  if (Array.isArray(value)) return mismatchInItems(schema, value, path);
  return isNode(value) ? mismatchInObject(schema, value, path) : undefined;
}

/** Whether the value itself is right, whatever it contains. */
function accepts(schema: SchemaNode, value: unknown): boolean {
  const literals = literalsOf(schema);
  if (literals) return literals.some((literal) => literal === value);
  if (acceptedTypes(schema)?.includes(jsonType(value)) === false) return false;
  if (typeof value === "number") {
    if (schema.type === "integer" && !Number.isInteger(value)) return false;
    return within(value, schema.minimum, schema.maximum);
  }
  if (typeof value === "string") {
    if (typeof schema.pattern === "string" && !new RegExp(schema.pattern, "u").test(value)) return false;
    return within(value.length, schema.minLength, schema.maxLength);
  }
  return Array.isArray(value) ? within(value.length, schema.minItems, schema.maxItems) : true;
}

function within(size: number, least: unknown, most: unknown): boolean {
  return !(typeof least === "number" && size < least) && !(typeof most === "number" && size > most);
}

/** From so many items on it pays to compile what they should be. */
export const LONG_LIST = 256;

/** A quick way of telling those of many values that fit, which need no looking into. */
export function fitting(schema: SchemaNode): (value: unknown) => boolean {
  const compiled = Compile(schema);
  return (value) => compiled.Check(value);
}

function mismatchInItems({ items: own }: SchemaNode, items: readonly unknown[], path: Path): Mismatch | undefined {
  if (!isNode(own)) return undefined;
  const fits = items.length < LONG_LIST ? undefined : fitting(own);
  for (const [index, item] of items.entries()) {
    const mismatch = fits?.(item) ? undefined : findMismatch(own, item, [...path, index]);
    if (mismatch) return mismatch;
  }
  return undefined;
}

function mismatchInObject(schema: SchemaNode, value: SchemaNode, path: Path): Mismatch | undefined {
  const properties = isNode(schema.properties) ? schema.properties : {};
  // A value that says it is something else (`type`, `role`) is told so, rather than what it lacks to be what it is not.
  for (const [name, own] of Object.entries(properties)) {
    if (!isNode(own) || literalsOf(own) === undefined || !Object.hasOwn(value, name)) continue;
    const mismatch = findMismatch(own, value[name], [...path, name]);
    if (mismatch) return mismatch;
  }
  for (const name of Array.isArray(schema.required) ? schema.required : []) {
    if (typeof name === "string" && !Object.hasOwn(value, name)) return missing(properties[name], [...path, name]);
  }
  for (const [name, content] of Object.entries(value)) {
    const own = Object.hasOwn(properties, name) ? properties[name] : recordSchema(schema);
    const mismatch = isNode(own) ? findMismatch(own, content, [...path, name]) : undefined;
    if (mismatch) return mismatch;
  }
  return undefined;
}

/** What a record says of its fields, whatever they are called. */
function recordSchema({ patternProperties }: SchemaNode): unknown {
  return isNode(patternProperties) ? Object.values(patternProperties)[0] : undefined;
}

function mismatchOfUnion(branches: readonly SchemaNode[], value: unknown, path: Path): Mismatch | undefined {
  const tried = branches.map((branch) => ({ branch, mismatch: findMismatch(branch, value, path) }));
  if (tried.some(({ mismatch }) => mismatch === undefined)) return undefined;
  const sameType = tried.filter(({ branch }) => acceptedTypes(branch)?.includes(jsonType(value)) !== false);
  if (isNode(value)) {
    const objects = sameType.map(({ branch }) => branch);
    const discriminated = mismatchByDiscriminator(objects, value, path);
    if (discriminated) return discriminated;
  }
  // Further in means closer: that branch agreed with everything before.
  const [closest] = sameType
    .flatMap(({ mismatch }) => (mismatch && mismatch.path.length > path.length ? [mismatch] : []))
    .sort((a, b) => b.path.length - a.path.length);
  return closest ?? wrongValue(branches, value, path);
}

/** For branches told apart by a fixed value (`role`, `type`): the branch the value names, or which names there are. */
function mismatchByDiscriminator(branches: readonly SchemaNode[], value: SchemaNode, path: Path): Mismatch | undefined {
  const key = discriminatorOf(branches);
  if (key === undefined) return undefined;
  const isNamed = Object.hasOwn(value, key);
  const named = branches.filter((branch) =>
    isNamed ? propertyLiterals(branch, key)?.includes(value[key]) : mayLack(branch, key),
  );
  if (named.length === branches.length) return undefined;
  if (named.length > 0) return mismatchOfUnion(named, value, path);
  const optional = isNamed ? [] : branches.filter((branch) => propertyLiterals(branch, key) === undefined);
  if (optional.length > 0) return mismatchOfUnion(optional, value, path);
  const expected = branches.map((branch) => propertyOf(branch, key)).filter(isNode);
  const at = [...path, key];
  return isNamed ? wrongValue(expected, value[key], at) : missing({ anyOf: expected }, at);
}

/** The property by which branches are told apart: fixed in at least two of them, and not to the same, `type` and `role` first. */
function discriminatorOf(branches: readonly SchemaNode[]): string | undefined {
  const names = branches.flatMap((branch) => Object.keys(isNode(branch.properties) ? branch.properties : {}));
  const candidates = new Set(["type", "role", ...names]);
  return [...candidates].find((name) => {
    const literals = branches.map((branch) => propertyLiterals(branch, name)).filter((own) => own !== undefined);
    return literals.length >= 2 && new Set(literals.flat()).size >= 2;
  });
}

/** Whether the branch fixes the value, and takes one that says nothing, too. */
function mayLack(branch: SchemaNode, key: string): boolean {
  const isRequired = Array.isArray(branch.required) && branch.required.includes(key);
  return !isRequired && propertyLiterals(branch, key) !== undefined;
}

function propertyOf(branch: SchemaNode, key: string): unknown {
  return isNode(branch.properties) ? branch.properties[key] : undefined;
}

function propertyLiterals(branch: SchemaNode, key: string): readonly unknown[] | undefined {
  const property = propertyOf(branch, key);
  return isNode(property) ? literalsOf(property) : undefined;
}
