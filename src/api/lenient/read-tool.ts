import { type Fields, isJsonObject, parseJsonObject } from "../../core/json.ts";
import { firstText } from "./read-part.ts";

/** A tool that the client offers, told from the spellings that programs have for it. Fields are as they are: a schema judges them. */
export type ReadTool =
  | {
      readonly kind: "function";
      readonly name: unknown;
      readonly description: unknown;
      readonly parameters: unknown;
      readonly strict: unknown;
    }
  | { readonly kind: "custom"; readonly name: unknown; readonly description: unknown; readonly format: unknown }
  /** One that a provider runs, or a client of its own: by its type alone. */
  | { readonly kind: "hosted"; readonly type: string };

/** Undefined: it is no tool in any spelling that is known. */
export function readTool(tool: unknown): ReadTool | undefined {
  if (!isJsonObject(tool)) return undefined;
  if (tool.type === "custom" || isJsonObject(tool.custom)) {
    // Anthropic calls functions so, too; theirs have a schema.
    if (!hasSchema(tool) && !isJsonObject(tool.function)) {
      const { name, description, format } = isJsonObject(tool.custom) ? tool.custom : tool;
      return { kind: "custom", name, description, format };
    }
  }
  const called = isJsonObject(tool.function) ? tool.function : tool;
  const isFunction = tool.type === "function" || called !== tool || hasSchema(called) || !firstText(tool.type);
  if (isFunction || tool.type === "custom") return readFunction(called);
  return { kind: "hosted", type: firstText(tool.type) ?? "" };
}

function hasSchema(tool: Fields): boolean {
  return [tool.parameters, tool.input_schema, tool.inputSchema].some((schema) => isJsonObject(schema));
}

function readFunction(tool: Fields): ReadTool | undefined {
  const { name, description, strict } = tool;
  if (name === undefined) return undefined;
  const parameters = readSchema(tool.parameters ?? tool.input_schema ?? tool.inputSchema);
  return { kind: "function", name, description, parameters, strict };
}

/** None at all is said in many ways, and some programs send the schema as a text. */
export function readSchema(schema: unknown): unknown {
  if (schema === null || schema === "" || (Array.isArray(schema) && schema.length === 0)) return undefined;
  return typeof schema === "string" ? (parseJsonObject(schema) ?? schema) : schema;
}

/** What a client says of which tools to call, told from the spellings that programs have for it. */
type ReadToolChoice =
  | { readonly kind: "auto" | "none" | "required" }
  | { readonly kind: "tool"; readonly name: string; readonly custom: boolean };

const WORDS: Readonly<Record<string, "auto" | "none" | "required">> = {
  auto: "auto",
  none: "none",
  required: "required",
  any: "required",
};

/** Undefined: it is no choice in any spelling that is known. Whether calls may be parallel stands beside it, in Anthropic's form. */
export function readToolChoice(choice: unknown): ReadToolChoice | undefined {
  if (typeof choice === "string") return readWord(choice);
  if (!isJsonObject(choice)) return undefined;
  const named = [choice.function, choice.custom, choice.tool].find((inner) => isJsonObject(inner)) ?? choice;
  const name = isJsonObject(named) ? firstText(named.name, named.toolName) : undefined;
  if (name !== undefined) return { kind: "tool", name, custom: choice.type === "custom" };
  return typeof choice.type === "string" ? readWord(choice.type) : undefined;
}

function readWord(text: string): ReadToolChoice | undefined {
  const word = text.trim().toLowerCase();
  const kind = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
  return kind === undefined ? undefined : { kind };
}
