import { isNode, nodesOf, type SchemaNode } from "../../src/api/validation/schema-words.ts";
import type { Random } from "../arena/random.ts";

const PNG =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABh6FO1AAAAABJRU5ErkJggg==";

/** What clients say, and what breaks programs that take a text for harmless. */
const TEXTS = [
  ...[
    "",
    " ",
    "hi",
    "user",
    "assistant",
    "system",
    "tool",
    "developer",
    "f",
    "call_1",
    "resp_1",
    "msg_1",
    "auto",
    "none",
  ],
  ...[
    "claude-sonnet-4",
    "gpt-0",
    "{}",
    '{"a":1}',
    "[1",
    "null",
    "__proto__",
    "constructor",
    "toString",
    "text",
    "type",
  ],
  ...["\u0000", "\ud800", "\u{1f600}\u200d", "a\r\n\r\nb", "@/etc/hostname", "/clear", "%00", "x".repeat(3000)],
  ...[
    PNG,
    "data:,",
    "data:image/png;base64,!",
    "http://127.0.0.1:1/x.png",
    "https://example.invalid/x.png",
    "file:///etc/passwd",
  ],
  // Long runs of one thing, which patterns that look for its end try from each place.
  ...[" ", "/", "_", "1", "a", '"', "\\", "[", "{", "=", "-v1", "%20", "\n", "data:"].map(
    (part) => `$a${part.repeat(30_000)}!`,
  ),
] as const;
const NUMBERS = [0, 1, -1, 2, 0.5, 1e308, -1e308, 4096, 1e21, -0] as const;

/** What breaks a program that makes a text, a promise or a look-up of it. */
const HOSTILE = [
  '{"toString":1,"valueOf":1}',
  '{"type":{"toString":1}}',
  '{"toJSON":1,"then":1,"length":-1}',
  '{"__proto__":null,"constructor":{"name":1}}',
  '["__proto__",null,{"toString":null}]',
  ...["null", "true", "[]", "{}", "9007199254740993"],
] as const;

function hostile(random: Random): unknown {
  return random.pick<() => unknown>([
    () => JSON.parse(random.pick(HOSTILE)),
    () => random.pick(TEXTS),
    () => random.pick(NUMBERS),
    () => nested(random.between(1, 60)),
    () => Array.from({ length: random.between(1, 400) }, () => random.pick(["", "user", "x", "{}"])),
  ])();
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { type: value };
  return value;
}

/** A value that the schema takes, mostly: here and there another one stands in its place. `wild`: how often, from 0 to 1. */
export function drawValue(schema: unknown, random: Random, wild: number, depth = 0): unknown {
  if (random.chance(wild) || !isNode(schema) || depth > 12) return hostile(random);
  if ("const" in schema) return schema.const;
  if (Array.isArray(schema.enum) && schema.enum.length > 0) return random.pick(schema.enum as [unknown]);
  const [first, ...others] = [...nodesOf(schema.anyOf), ...nodesOf(schema.oneOf)];
  if (first) return drawValue(random.pick([first, ...others]), random, wild, depth + 1);
  const parts = nodesOf(schema.allOf);
  if (parts.length > 0) return Object.assign({}, ...parts.map((part) => drawValue(part, random, wild, depth + 1)));
  const type = Array.isArray(schema.type) ? random.pick(schema.type as [unknown]) : schema.type;
  switch (type) {
    case "object":
      return objectOf(schema, random, wild, depth);
    case "array": {
      const length = random.between(Number(schema.minItems ?? 0), 3);
      return Array.from({ length }, () => drawValue(schema.items, random, wild, depth + 1));
    }
    case "string":
      return random.pick(TEXTS);
    case "integer":
      return random.chance(0.8) ? random.between(Number(schema.minimum ?? 0), 5) : random.pick(NUMBERS);
    case "number":
      return random.chance(0.8) ? random.next() : random.pick(NUMBERS);
    case "boolean":
      return random.chance(0.5);
    case "null":
      return null;
    default:
      return hostile(random);
  }
}

function objectOf(schema: SchemaNode, random: Random, wild: number, depth: number): object {
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : [];
  const fields: [string, unknown][] = [];
  for (const [name, own] of Object.entries(isNode(schema.properties) ? schema.properties : {})) {
    const isWanted = random.chance(required.includes(name) ? 1 - wild / 2 : depth < 2 ? 0.25 : 0.4);
    // Nearly everything else would be refused for the model alone.
    if (isWanted && name === "model" && random.chance(0.95)) fields.push([name, "claude-sonnet-4"]);
    else if (isWanted) fields.push([name, drawValue(own, random, wild, depth + 1)]);
  }
  if (random.chance(wild)) fields.push([random.pick(TEXTS), hostile(random)]);
  return Object.fromEntries(fields);
}
