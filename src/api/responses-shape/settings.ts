import { type Fields, isJsonObject, parseJsonObject } from "../../core/json.ts";
import { readFilled, readLimit } from "../lenient/read-options.ts";
import { wordsOf } from "../lenient/read-part.ts";
import { effortOfBudget, readEffort } from "../lenient/read-words.ts";
import { asFields, withFields } from "../lenient/rewrite.ts";

/** The settings of a request in their textbook form, under their textbook names; those that say nothing are undefined. */
export function writeSettings(body: Fields): Fields {
  return {
    ...Object.fromEntries(FLAGS.map((name) => [name, flagOf(body[name])])),
    ...Object.fromEntries(PLAIN.map((name) => [name, readFilled(body[name])])),
    instructions: writeInstructions(body.instructions),
    max_output_tokens: writeLimit(body.max_output_tokens, body.max_completion_tokens, body.max_tokens),
    max_completion_tokens: undefined,
    max_tokens: undefined,
    reasoning: writeReasoning(body),
    reasoning_effort: undefined,
    text: writeText(body.text, body.response_format),
    response_format: undefined,
    include: writeIncludes(body.include),
    metadata: writeMetadata(body.metadata),
  };
}

const FLAGS = ["stream", "store", "background", "parallel_tool_calls"];
const PLAIN = ["model", "previous_response_id", "conversation", "prompt"];

function flagOf(value: unknown): unknown {
  if (value === "") return undefined;
  return value === "true" ? true : value === "false" ? false : value;
}

function writeIncludes(include: unknown): unknown {
  if (include === "") return undefined;
  return typeof include === "string" ? [include] : include;
}

/** A text; or messages, or parts of one, of which the words are taken. */
function writeInstructions(instructions: unknown): unknown {
  if (instructions === undefined || instructions === null || typeof instructions === "string") return instructions;
  if (!Array.isArray(instructions)) return wordsOf(instructions) ?? instructions;
  const texts = instructions.map(wordsOf);
  return texts.every((text) => text !== undefined) ? texts.join("\n\n") : instructions;
}

/** The first limit that is given, as a number. Zero and less mean none. */
function writeLimit(...limits: readonly unknown[]): unknown {
  return readLimit(limits.find((value) => value !== undefined && value !== null && value !== ""));
}

function writeReasoning({ reasoning, reasoning_effort: own }: Fields): unknown {
  if (isJsonObject(reasoning)) {
    const { effort, summary, generate_summary: generated, max_tokens: budget, enabled } = reasoning;
    const isBudget = typeof budget === "number" && (effort === undefined || effort === null);
    return withFields(reasoning, {
      effort: isBudget
        ? unset(effortOfBudget(budget))
        : writeEffort(effort ?? own ?? (enabled === false ? "none" : effort)),
      ...(isBudget ? { max_tokens: undefined } : {}),
      enabled: undefined,
      summary: writeSummary(summary),
      generate_summary: writeSummary(generated),
    });
  }
  const effort = reasoning ?? own;
  if (effort === undefined || effort === null) return reasoning;
  const written = writeEffort(effort);
  return written === undefined ? undefined : { effort: written };
}

/** A word that is no effort stays, for the schema to say which there are. */
function writeEffort(effort: unknown): unknown {
  const read = readEffort(effort);
  return read === undefined ? effort : unset(read);
}

function unset(effort: string): string | undefined {
  return effort === "unset" ? undefined : effort;
}

function writeSummary(summary: unknown): unknown {
  if (summary === true) return "auto";
  return summary === false || summary === "" || summary === "none" || summary === "off" ? undefined : summary;
}

function writeText(given: unknown, chats: unknown): unknown {
  const text = given === "" || given === "text" ? undefined : given;
  const format = isJsonObject(text) ? text.format : undefined;
  const written = writeFormat(format ?? chats);
  if (isJsonObject(text)) return withFields(text, { format: written });
  return text === undefined || text === null ? (written === undefined ? text : { format: written }) : text;
}

function writeFormat(format: unknown): unknown {
  if (typeof format === "string") return writeFormatWord(format);
  if (!isJsonObject(format)) return format;
  if (Object.keys(format).length === 0) return undefined;
  const { json_schema: inner, type = "json_schema", ...rest } = format;
  if (type !== "json_schema" && type !== "json_object") {
    const word = typeof type === "string" ? writeFormatWord(type) : undefined;
    return word === undefined || (isJsonObject(word) && word.type === type) ? format : { ...rest, ...asFields(word) };
  }
  const flat: Fields = isJsonObject(inner) ? { ...rest, ...inner } : rest;
  const schema = typeof flat.schema === "string" ? (parseJsonObject(flat.schema) ?? flat.schema) : flat.schema;
  // A schema is meant to be kept to, by whatever name it comes.
  if (!isJsonObject(schema)) return withFields(format, { schema });
  const name = typeof flat.name === "string" && flat.name !== "" ? flat.name : "response";
  return withFields(isJsonObject(inner) || format.type !== type ? { ...flat, type } : format, {
    type: "json_schema",
    name,
    schema,
  });
}

const FORMATS: ReadonlyMap<string, Fields | undefined> = new Map<string, Fields | undefined>([
  ["", undefined],
  ["text", { type: "text" }],
  ["json", { type: "json_object" }],
  ["json_object", { type: "json_object" }],
]);

function writeFormatWord(word: string): unknown {
  return FORMATS.has(word) ? FORMATS.get(word) : word;
}

/** Values are texts; what a program counts, or leaves empty, is one, too. */
function writeMetadata(metadata: unknown): unknown {
  if (metadata === "") return undefined;
  if (!isJsonObject(metadata) || Object.values(metadata).every((value) => typeof value === "string")) return metadata;
  const given = Object.entries(metadata).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(
    given.map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}
