import Type, { type Static } from "typebox";
import { optional, readWhole } from "../validation/optional.ts";

/** OpenAI's names of its search: today's, the one before, and both with their dates. */
const SEARCH_TYPES = [
  "web_search",
  "web_search_2025_08_26",
  "web_search_preview",
  "web_search_preview_2025_03_11",
] as const;
type SearchType = (typeof SEARCH_TYPES)[number];
const SearchType = Type.Enum(SEARCH_TYPES);

const Text = optional(Type.String());
const place = { city: Text, region: Text, country: Text, timezone: Text };
const approximate = { type: optional(Type.Literal("approximate")) };

export const UserLocation = Type.Object({ ...approximate, ...place });
export type UserLocation = Static<typeof UserLocation>;

const SearchContextSize = Type.Enum(["low", "medium", "high"]);

const Domains = optional(Type.Array(Type.String()));

/** A search as OpenAI's Responses API offers it to the model. */
export const SearchTool = Type.Object({
  type: SearchType,
  search_context_size: optional(SearchContextSize),
  user_location: optional(UserLocation),
  filters: optional(Type.Object({ allowed_domains: Domains, blocked_domains: Domains })),
  /** False: from a cache of OpenAI's, of which there is none here. */
  external_web_access: optional(Type.Boolean()),
  /** How often at most: a word of other programs' than OpenAI. */
  max_uses: optional(Type.Integer({ minimum: 1 })),
});
export type SearchTool = Static<typeof SearchTool>;

/** A choice that means it. */
export const SearchChoice = Type.Object({ type: SearchType });

const ANTHROPICS = "web_(?:search|fetch)_\\d{8}";

/** Anthropic's own definition of its search, or of its fetching of pages: taken as it is. */
export const AnthropicSearchTool = readWhole(Type.Object({ type: Type.String({ pattern: `^${ANTHROPICS}$` }) }), [
  "cache_control",
]);
export type AnthropicSearchTool = Readonly<Record<string, unknown>> & {
  readonly type: `web_search_${number}` | `web_fetch_${number}`;
};

/** What the type of any other tool that is run by its provider looks like: none of these, and none of Anthropic's above. */
export const otherTypes = (...types: readonly string[]) =>
  `^(?!(?:${[...types, ...SEARCH_TYPES, ANTHROPICS].join("|")})$)`;

/** How a chat asks for a search, beside its tools. */
export const SearchOptions = Type.Object({
  search_context_size: optional(SearchContextSize),
  user_location: optional(
    Type.Object({ ...approximate, ...place, approximate: optional(Type.Object({ ...approximate, ...place })) }),
  ),
});
export type SearchOptions = Static<typeof SearchOptions>;

type Typed = { readonly type: string };

export function isSearchType(type: unknown): type is SearchType {
  return SEARCH_TYPES.some((known) => known === type);
}

/** The schemas leave no other of these types. */
export function isSearchTool(tool: Typed): tool is SearchTool {
  return isSearchType(tool.type);
}

const ANTHROPIC_TYPE = new RegExp(`^${ANTHROPICS}$`);

export function isAnthropicSearch(tool: Typed): tool is AnthropicSearchTool {
  return ANTHROPIC_TYPE.test(tool.type);
}

export type AnySearch = SearchTool | AnthropicSearchTool;

export function isSearch(tool: Typed): tool is AnySearch {
  return isSearchTool(tool) || isAnthropicSearch(tool);
}
