/** The one thing that can be asked for in `include` and is there. It is told of every input, asked for or not. */
const ALWAYS_INCLUDED = "message.input_image.image_url";

/** `include` as a field without effect, when it asks for what there is none of: OpenAI's encrypted thinking, its tools' results. */
export function ignoredIncludes(include: readonly string[] | null | undefined): string[] {
  return include?.some((value) => value !== ALWAYS_INCLUDED) ? ["include"] : [];
}
