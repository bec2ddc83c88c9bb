import Type, { type Static } from "typebox";
import { ignored, optional } from "../validation/optional.ts";

// What messages, and results of calls, consist of.

export const InputText = Type.Object({ type: Type.Literal("input_text"), text: Type.String() });

export const OutputText = Type.Object({
  type: Type.Literal("output_text"),
  text: Type.String(),
  /** Those of this server hold by what Anthropic knows the page again; others say nothing that the text does not. */
  annotations: Type.Optional(Type.Unknown()),
  logprobs: ignored(Type.Unknown()),
});

export const Refusal = Type.Object({ type: Type.Literal("refusal"), refusal: Type.String() });

export const InputImage = Type.Object({
  type: Type.Literal("input_image"),
  image_url: optional(Type.String()),
  file_id: optional(Type.String()),
  detail: ignored(Type.String(), "auto"),
});
export type InputImage = Static<typeof InputImage>;

export const InputFile = Type.Object({
  type: Type.Literal("input_file"),
  file_data: optional(Type.String()),
  file_id: optional(Type.String()),
  file_url: optional(Type.String()),
  filename: optional(Type.String()),
  detail: ignored(Type.String(), "auto"),
});
export type InputFile = Static<typeof InputFile>;

export type TextPart = Static<typeof InputText> | Static<typeof OutputText> | Static<typeof Refusal>;
export type ContentPart = TextPart | InputImage | InputFile;

/** A text, or a list of parts of the kinds given. */
export const contentOf = <Parts extends Type.TSchema[]>(...parts: [...Parts]) =>
  Type.Union([Type.String(), Type.Array(Type.Union(parts))]);
