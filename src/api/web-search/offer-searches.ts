import { isJsonObject, type JsonObject } from "../../core/json.ts";
import type { ChatRequest, ServerTool } from "../../core/request.ts";
import { withoutEnd } from "../../core/text.ts";
import {
  type AnthropicSearchTool,
  type AnySearch,
  isSearchTool,
  type SearchOptions,
  type SearchTool,
  type UserLocation,
} from "./schema.ts";

/** The name under which the model knows its search. */
export const WEB_SEARCH = "web_search";

const WEB_FETCH = "web_fetch";

/**
 * Anthropic's version of the search that every model takes, and that runs no code. Newer ones let the model filter what was found by
 * code of its own, which the newest models can alone ("Web search tool", Anthropic's documentation).
 */
const VERSION = "web_search_20250305";

/** So many searches in one answer; left out, OpenAI's size is `medium`. Anthropic knows no size of what is found. */
const MOST_SEARCHES = { low: 1, medium: 5, high: 10 } as const;

/** A search that a request asks for. `at`: how many functions come before it. `field`: its name in the response header. */
export type PlacedSearch = { readonly tool: AnySearch; readonly at: number; readonly field: string };

export type SearchLimits = {
  /** Whether the user lets the model search. */
  readonly isOffered: boolean;
  /** The names of the client's functions: one of these goes before a tool of Anthropic's by the same name. */
  readonly functions: readonly string[];
  /** How many calls of tools that are not the client's an answer may have. */
  readonly mostCalls?: number | null | undefined;
};

type OfferedSearches = {
  readonly serverTools: readonly ServerTool[];
  /** What is left out of what was asked for, for the response header. */
  readonly leftOut: readonly string[];
};

/** The searches of a request as Anthropic's API takes them: each name once, the first of those that share one. */
export function offerSearches(
  searches: readonly PlacedSearch[],
  { isOffered, functions, mostCalls }: SearchLimits,
): OfferedSearches {
  const offered = new Map<string, ServerTool>();
  const leftOut = new Set<string>();
  for (const { tool, at, field } of searches) {
    const { name, definition, without } = isSearchTool(tool) ? translate(tool) : asItIs(tool);
    const isCached = isSearchTool(tool) && tool.external_web_access === false;
    if (!isOffered || isCached || functions.includes(name)) {
      leftOut.add(field);
      continue;
    }
    for (const part of without) leftOut.add(`${field}.${part}`);
    if (!offered.has(name)) offered.set(name, { definition: { ...definition, ...bound(definition, mostCalls) }, at });
  }
  return { serverTools: [...offered.values()], leftOut: [...leftOut] };
}

function bound({ max_uses: own }: JsonObject, most: number | null | undefined): JsonObject {
  if (typeof most !== "number") return {};
  return { max_uses: typeof own === "number" ? Math.min(own, most) : most };
}

type Translated = {
  readonly name: string;
  readonly definition: JsonObject;
  /** Fields that the API has no place for. */
  readonly without: readonly string[];
};

function translate(tool: SearchTool): Translated {
  const { search_context_size, user_location, filters, max_uses } = tool;
  const [allowed, blocked] = [domainsOf(filters?.allowed_domains), domainsOf(filters?.blocked_domains)];
  const location = locationOf(user_location);
  const definition = {
    type: VERSION,
    name: WEB_SEARCH,
    max_uses: max_uses ?? MOST_SEARCHES[search_context_size ?? "medium"],
    // The API takes one of the two.
    ...(allowed.length > 0 ? { allowed_domains: allowed } : blocked.length > 0 ? { blocked_domains: blocked } : {}),
    ...(location.known ? { user_location: { type: "approximate", ...location.known } } : {}),
  };
  const without = [
    ...(allowed.length > 0 && blocked.length > 0 ? ["filters.blocked_domains"] : []),
    ...location.without.map((field) => `user_location.${field}`),
  ];
  return { name: WEB_SEARCH, definition, without };
}

/** The API takes names of hosts, with a path or without, and means what is below them, too. */
function domainsOf(domains: readonly string[] | null | undefined): string[] {
  const named = (domains ?? []).map((domain) =>
    withoutEnd(
      domain
        .trim()
        .replace(/^[a-z]+:\/\//i, "")
        .replace(/^\*\./, ""),
      "/",
    ),
  );
  return [...new Set(named)].filter((domain) => domain !== "");
}

const PLACE = ["city", "region", "country", "timezone"] as const;
/** ISO 3166-1, two letters: the API refuses other countries. */
const COUNTRY = /^[a-z]{2}$/i;

function locationOf(location: UserLocation | null | undefined) {
  const given = PLACE.flatMap((field): [string, string][] => {
    const value = location?.[field];
    return value ? [[field, value]] : [];
  });
  const isTaken = ([field, value]: readonly [string, string]) => field !== "country" || COUNTRY.test(value);
  const known = Object.fromEntries(given.filter(isTaken));
  return {
    known: Object.keys(known).length === 0 ? undefined : known,
    without: given.filter((place) => !isTaken(place)).map(([field]) => field),
  };
}

/** Where newer versions let code call them, the answer has blocks that no dialect of OpenAI's can carry: then the model calls them itself. */
function asItIs({ cache_control: _, ...fields }: AnthropicSearchTool): Translated {
  const { type } = fields;
  const name = type.startsWith(WEB_FETCH) ? WEB_FETCH : WEB_SEARCH;
  const given = isJsonObject(fields) ? fields : {};
  const isOld = type === VERSION || type === "web_fetch_20250910";
  return { name, definition: { type, name, ...(isOld ? {} : { allowed_callers: ["direct"] }), ...given }, without: [] };
}

/** What a chat asks for beside its tools, as a tool. */
export function searchOfOptions({ search_context_size, user_location }: SearchOptions): SearchTool {
  const { approximate, ...flat } = user_location ?? {};
  return { type: WEB_SEARCH, search_context_size, user_location: user_location ? { ...flat, ...approximate } : null };
}

/** The name by which the model knows a tool that the API runs. */
export function nameOf({ definition: { name } }: ServerTool): string {
  return typeof name === "string" ? name : "";
}

export type Offered = Pick<ChatRequest, "tools" | "serverTools">;

/** Of what is offered those that have one of these names. What comes before a tool of the API's is counted anew. */
export function onlyNamed({ tools, serverTools = [] }: Offered, names: readonly string[]): Offered {
  const isNamed = ({ name }: { readonly name: string }) => names.includes(name);
  const kept = serverTools.filter((tool) => names.includes(nameOf(tool)));
  return offeredOf(
    tools.filter(isNamed),
    kept.map((tool) => ({ ...tool, at: tools.slice(0, tool.at).filter(isNamed).length })),
  );
}

/** What is offered, without a list of none. */
export function offeredOf(tools: Offered["tools"], serverTools: readonly ServerTool[]): Offered {
  return serverTools.length === 0 ? { tools } : { tools, serverTools };
}

/** Whether a choice means a search that was asked for and is not offered: `leftOut` are the fields' names. */
export function isLeftOut(chosen: string, names: readonly string[], leftOut: readonly string[]): boolean {
  return !names.includes(chosen) && chosen === WEB_SEARCH && leftOut.some((field) => SEARCH_FIELD.test(field));
}

const SEARCH_FIELD = /^(?:tools\.)?web_search[^.]*$/;
