import { type Fields, isJsonObject } from "../../../core/json.ts";

/** `response_format`, from wherever programs say in what form they want the answer: Ollama in `format`. */
export function textbookFormat(body: Fields): Fields {
  const own = readFormat(body.response_format);
  const told = readFormat(body.format);
  const isRead = (body.format ?? null) !== null && (told === undefined || isFormat(told));
  return isRead ? { response_format: own ?? told, format: undefined } : { response_format: own };
}

const WORDS: ReadonlyMap<unknown, object> = new Map([
  ["text", { type: "text" }],
  ["json", { type: "json_object" }],
  ["json_object", { type: "json_object" }],
]);

function wordOf(word: unknown): object | undefined {
  return typeof word === "string" ? WORDS.get(word.trim().toLowerCase()) : undefined;
}

/** Undefined: none is asked for. What is not understood stays as it is. */
function readFormat(format: unknown): unknown {
  if (format === null || format === "") return undefined;
  if (typeof format === "string") return wordOf(format) ?? format;
  if (!isJsonObject(format)) return format;
  const { type, schema, json_schema } = format;
  if (isTextbook(format)) return format;
  if (Object.keys(format).length === 0) return undefined;
  if (isJsonObject(json_schema)) return writeSchema(json_schema);
  if (isJsonObject(schema)) return writeSchema(format);
  if (type === "" || type === null) return undefined;
  return wordOf(type) ?? (isSchema(format) ? writeSchema(format) : format);
}

function isTextbook({ type, schema, json_schema }: Fields): boolean {
  if (type === "text" || type === "json_object") return schema === undefined && json_schema === undefined;
  if (type !== "json_schema" || !isJsonObject(json_schema)) return false;
  return typeof json_schema.name === "string" && json_schema.name !== "" && !isSchema(json_schema);
}

function isFormat(format: unknown): boolean {
  return isJsonObject(format) && ["text", "json_object", "json_schema"].some((type) => type === format.type);
}

/** A schema in the place of the object that holds it. */
function isSchema(schema: Fields): boolean {
  if (isJsonObject(schema.schema)) return false;
  return schema.type === "object" || isJsonObject(schema.properties) || typeof schema.$ref === "string";
}

/** The name says nothing to the model, and programs leave it out. */
function writeSchema(told: Fields): object {
  const { type: _type, name, ...named } = told;
  const own = isSchema(told) ? { schema: told } : named;
  return {
    type: "json_schema",
    json_schema: { name: typeof name === "string" && name !== "" ? name : "answer", ...own },
  };
}
