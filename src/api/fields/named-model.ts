import Type from "typebox";
import { invalid } from "../invalid.ts";
import { optional } from "../validation/optional.ts";

/** Clients leave the model out, or empty, where the user chose none. */
export const ModelName = optional(Type.String());

/** A body that says which model is asked. */
export type Named<Body> = Body & { readonly model: string };

/** Puts the default in where a body names no model. Throws where there is none. */
export function withModel<Body extends { readonly model?: string | null }>(
  body: Body,
  defaultModel: string | undefined,
): Named<Body> {
  const model = isNamed(body.model) ? body.model : defaultModel;
  if (model === undefined) throw invalid("model", "Missing required parameter: 'model'. Expected a string.");
  return { ...body, model };
}

function isNamed(model: string | null | undefined): model is string {
  return typeof model === "string" && model.trim() !== "";
}
