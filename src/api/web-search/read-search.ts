import { type Fields, isJsonObject } from "../../core/json.ts";
import { asFields, type Notes, withFields } from "../lenient/rewrite.ts";
import { isSearchType } from "./schema.ts";

/** OpenAI's tool with a date that is not known yet. */
const DATED = /^(web_search(?:_preview)?)_\d{4}_\d{2}_\d{2}$/;

/**
 * A search in OpenAI's form, from the spellings that programs have for it; itself where it is in that form. Undefined: it is another
 * tool. What else it says stays beside, and is judged there.
 */
export function readSearch(tool: Fields): Fields | undefined {
  const { type, parameters } = tool;
  if (typeof type !== "string") return undefined;
  // OpenRouter's own tool has its settings one level deeper.
  if (type === "openrouter:web_search") return inOneForm({ ...asFields(parameters), type: "web_search" });
  const base = DATED.exec(type)?.[1];
  if (isSearchType(type)) return inOneForm(tool);
  return base === undefined ? undefined : inOneForm({ ...tool, type: base });
}

function inOneForm(tool: Fields): Fields {
  const { allowed_domains, include_domains, blocked_domains, excluded_domains, exclude_domains, engine } = tool;
  const { user_location: location } = tool;
  const allowed = allowed_domains ?? include_domains;
  const blocked = blocked_domains ?? excluded_domains ?? exclude_domains;
  const isFlat = allowed !== undefined || blocked !== undefined;
  return withFields(tool, {
    ...(isFlat ? { filters: { allowed_domains: allowed, blocked_domains: blocked, ...asFields(tool.filters) } } : {}),
    ...Object.fromEntries(FLAT.map((name) => [name, undefined])),
    ...(isJsonObject(location) && isJsonObject(location.approximate)
      ? { user_location: { type: "approximate", ...location.approximate } }
      : {}),
    // There is one engine, which is the model's own.
    ...(engine === "auto" || engine === "native" ? { engine: undefined } : {}),
  });
}

const FLAT = ["allowed_domains", "include_domains", "blocked_domains", "excluded_domains", "exclude_domains"];

/** How a body asks for a search beside its tools: OpenRouter's `plugins`, and the model's name with `:online`. */
type ExtraSearches = {
  /** The body's fields without what was read. */
  readonly fields: Fields;
  readonly tools: readonly Fields[];
};

const ONLINE = /:online$/i;

export function readExtraSearches({ model, plugins }: Fields, notes: Notes): ExtraSearches {
  const isOnline = typeof model === "string" && ONLINE.test(model);
  const listed = Array.isArray(plugins) ? plugins : [];
  const web = listed.filter((plugin) => isJsonObject(plugin) && plugin.id === "web");
  const others = listed.filter((plugin) => !web.includes(plugin));
  const tools = web.flatMap((plugin) => (plugin.enabled === false ? [] : [searchOfPlugin(plugin, notes)]));
  return {
    fields: {
      ...(isOnline ? { model: model.replace(ONLINE, "") } : {}),
      ...(web.length > 0 ? { plugins: others.length > 0 ? others : undefined } : {}),
    },
    tools: isOnline && tools.length === 0 ? [{ type: "web_search" }] : tools,
  };
}

const PLUGIN_FIELDS = new Set("type search_context_size user_location filters max_uses".split(" "));

function searchOfPlugin({ id: _id, enabled: _enabled, ...settings }: Fields, notes: Notes): Fields {
  const tool = inOneForm({ ...settings, type: "web_search" });
  const unknown = Object.keys(tool).filter((name) => !PLUGIN_FIELDS.has(name));
  notes.add(...unknown.map((name) => `plugins.${name}`));
  return withFields(tool, Object.fromEntries(unknown.map((name) => [name, undefined])));
}

/** The tools with further ones, which come last: of several searches the first counts. */
export function withSearches(tools: unknown, searches: readonly Fields[]): unknown {
  if (searches.length === 0) return tools;
  return Array.isArray(tools) ? [...tools, ...searches] : (tools ?? undefined) === undefined ? searches : tools;
}

/** The name of the model's search, where a choice among tools means it by its type. */
export function isSearchChoice(choice: Fields): boolean {
  return typeof choice.type === "string" && readSearch({ type: choice.type }) !== undefined;
}
