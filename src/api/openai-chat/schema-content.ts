import Type, { type Static } from "typebox";
import { ignored, optional } from "../validation/optional.ts";

// What messages consist of.

export const TextPart = Type.Object({ type: Type.Literal("text"), text: Type.String() });

export type TextPart = Static<typeof TextPart>;

export const RefusalPart = Type.Object({ type: Type.Literal("refusal"), refusal: Type.String() });
export type RefusalPart = Static<typeof RefusalPart>;

export const ImagePart = Type.Object({
  type: Type.Literal("image_url"),
  image_url: Type.Object({ url: Type.String(), detail: ignored(Type.String(), "auto") }),
});
export type ImagePart = Static<typeof ImagePart>;

export const FilePart = Type.Object({
  type: Type.Literal("file"),
  file: Type.Object({
    file_data: optional(Type.String()),
    file_url: optional(Type.String()),
    file_id: optional(Type.String()),
    filename: optional(Type.String()),
  }),
});
export type FilePart = Static<typeof FilePart>;

/** A text, or a list of parts of the kinds given. */
export const contentOf = <Parts extends Type.TSchema[]>(...parts: [...Parts]) =>
  Type.Union([Type.String(), Type.Array(Type.Union(parts))]);

/** What a tool answered, within another message: other programs have it there. */
export const ResultPart = Type.Object({
  type: Type.Literal("tool_result"),
  tool_call_id: Type.String(),
  content: contentOf(TextPart, ImagePart, FilePart),
  is_error: optional(Type.Boolean()),
});
export type ResultPart = Static<typeof ResultPart>;
