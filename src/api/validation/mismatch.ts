import { ApiError } from "../../core/error.ts";
import {
  acceptedTypes,
  alternatives,
  describeExpected,
  describeValue,
  isNode,
  jsonType,
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

export function missing(schema: unknown, path: Path): Mismatch {
  const expected = isNode(schema) ? ` Expected ${describeExpected([schema])}.` : "";
  return { path, message: `Missing required parameter: '${formatPath(path)}'.${expected}` };
}

export function unknownParameter(known: readonly string[], path: Path): Mismatch {
  return { path, message: `Unknown parameter: '${formatPath(path)}'. Known here: ${known.join(", ") || "none"}.` };
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
