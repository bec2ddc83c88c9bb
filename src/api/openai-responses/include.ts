/** What can be asked for in `include` of every input, and is told of it, asked for or not. */
const ALWAYS_INCLUDED = "message.input_image.image_url";

const ENCRYPTED = "reasoning.encrypted_content";

type Include = readonly string[] | null | undefined;

/** Whether reasoning shall be told with what brings it back. */
export function includesEncrypted(include: Include): boolean {
  return include?.includes(ENCRYPTED) === true;
}

/** `include` as a field without effect, when it asks for what there is none of, such as what OpenAI's own tools gave. */
export function ignoredIncludes(include: Include): string[] {
  return include?.some((value) => value !== ALWAYS_INCLUDED && value !== ENCRYPTED) ? ["include"] : [];
}

/** The same of a response that is looked at again: it tells what it told at first. */
export function ignoredLater(include: readonly string[]): string[] {
  return include.some((value) => value !== ALWAYS_INCLUDED) ? ["include"] : [];
}
