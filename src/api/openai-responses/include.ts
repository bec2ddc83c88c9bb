import type { SearchOptions } from "./write-search.ts";

/** It is told of every input, asked for or not. */
const IMAGES = "message.input_image.image_url";
const SOURCES = "web_search_call.action.sources";
const RESULTS = "web_search_call.results";
const INCLUDED: ReadonlySet<string> = new Set([IMAGES, SOURCES, RESULTS]);

type Include = readonly string[] | null | undefined;

/** `include` as a field without effect, when it asks for what there is none of: OpenAI's encrypted thinking, other tools' results. */
export function ignoredIncludes(include: Include): string[] {
  return include?.some((value) => !INCLUDED.has(value)) ? ["include"] : [];
}

/** What more of the model's searches shall be told. */
export function askedOfSearches(include: Include): SearchOptions {
  return { sources: include?.includes(SOURCES), results: include?.includes(RESULTS) };
}
