import Type from "typebox";
import { invalid } from "../../core/error.ts";
import { type Fields, isJsonObject } from "../../core/json.ts";
import type { OutputFormat, Sampling } from "../../core/request.ts";
import { optional } from "../validation/optional.ts";
import { type Parameter, withoutEffect } from "./parameter.ts";

/** Clients leave the model out, or empty, where the user chose none. */
export const ModelName = optional(Type.String());

/** A JSON Schema; what it may hold is for the decoders to say. */
export const SchemaObject = Type.Record(Type.String(), Type.Unknown());

/** What there is to a format of the type `json_schema`, beside that. */
export const JsonSchemaFormat = Type.Object({
  name: Type.String({ minLength: 1 }),
  description: optional(Type.String()),
  schema: optional(SchemaObject),
  strict: optional(Type.Boolean()),
});

/** A body that says which model is asked. */
export type Named<Body> = Body & { readonly model: string };

/** Puts the default in where a body names no model. Throws where there is none. */
export function withModel<Body extends { readonly model?: string | null }>(
  body: Body,
  defaultModel: string | undefined,
): Named<Body> {
  const model = body.model?.trim() ? body.model : defaultModel;
  if (model === undefined) throw invalid("model", "Missing required parameter: 'model'. Expected a string.");
  return { ...body, model };
}

const NOTE =
  "Claude's models take it up to 4.6 (Haiku up to 4.5), and there it arrives when the model does not think, and is not named.";

/** Those that may have an effect, in every dialect. */
export const TEMPERATURE: Parameter = withoutEffect(`${NOTE} Up to 1.`, "number", 1);
export const TOP_K: Parameter = withoutEffect(NOTE, "number");

/** How a body steers sampling, beside what asks for nothing special. Numbers may be written as texts. */
export function decodeSampling({ temperature, top_p, top_k }: Fields): { sampling?: Sampling } {
  const wishes = { temperature: wish(temperature, 1), topP: wish(top_p, 1), topK: wish(top_k) };
  const given = Object.entries(wishes).filter(([, value]) => value !== undefined);
  return given.length === 0 ? {} : { sampling: Object.fromEntries(given) };
}

function wish(value: unknown, neutral?: number): number | undefined {
  if (value === "" || (typeof value !== "number" && typeof value !== "string")) return undefined;
  const number = Number(value);
  return Number.isFinite(number) && number !== neutral ? number : undefined;
}

/** Texts that end the answer; an empty one says nothing. */
export function decodeStops(stop: string | readonly string[] | null | undefined): string[] {
  return [stop ?? []].flat().filter((text) => text !== "");
}

type SchemaFields = {
  readonly schema?: Readonly<Record<string, unknown>> | null | undefined;
  readonly description?: string | null | undefined;
};

/** JSON by a schema, or any object when there is none. What kinds of schema can be used is for the backend to say. */
export function jsonFormat({ schema, description }: SchemaFields, stream: boolean): OutputFormat {
  const delivery = stream ? "as-written" : "whole";
  if (!schema) return { schema: { type: "object" }, delivery };
  const root = isJsonObject(schema) ? schema : {};
  // The schema is the one place where the model reads what the answer is for.
  return { schema: description && root.description === undefined ? { ...root, description } : root, delivery };
}
