import type { SearchOptions } from "../encode/searches.ts";

/** It is told of every input, asked for or not. */
const IMAGES = "message.input_image.image_url";
const SOURCES = "web_search_call.action.sources";
const RESULTS = "web_search_call.results";
const ENCRYPTED = "reasoning.encrypted_content";
const INCLUDED: ReadonlySet<string> = new Set([IMAGES, SOURCES, RESULTS, ENCRYPTED]);

type Include = readonly string[] | null | undefined;

/** `include` as a field without effect, when it asks for what there is none of, such as other tools' results. */
export function ignoredIncludes(include: Include): string[] {
  return include?.some((value) => !INCLUDED.has(value)) ? ["include"] : [];
}

/** What more of the model's searches shall be told. */
export function askedOfSearches(include: Include): SearchOptions {
  return { sources: include?.includes(SOURCES), results: include?.includes(RESULTS) };
}

/** Whether reasoning shall be told with what brings it back. */
export function includesEncrypted(include: Include): boolean {
  return include?.includes(ENCRYPTED) === true;
}

/** The same of a response that is looked at again: its thinking is told as it was at first. */
export function ignoredLater(include: readonly string[]): string[] {
  return include.some((value) => value === ENCRYPTED || !INCLUDED.has(value)) ? ["include"] : [];
}
