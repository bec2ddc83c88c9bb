import { isBefore, type ModelName, parseModelName, type Version } from "./model-name.ts";

/** Ids of the package this program replaces; they stand for the newest model of their family. */
export const STABLE_IDS = { "claude-opus-4": "opus", "claude-sonnet-4": "sonnet", "claude-haiku-4": "haiku" } as const;
const STABLE_VERSION = 4;

/** Names the CLI takes for the newest model of a family, whether or not it lists them. */
export const FAMILIES = ["opus", "sonnet", "haiku"] as const;

/** Those that newer versions of the CLI list, too, or that Anthropic gives to some: of these a version may be named. */
export const FURTHER_FAMILIES = ["fable", "mythos"];

/** Versions before this one were retired by 2026-08-05: https://platform.claude.com/docs/en/about-claude/model-deprecations */
const OLDEST_SERVED: Version = [4, 5];

export function isRetired(name: ModelName): boolean {
  return name.version !== undefined && !meansNewest(name) && isBefore(name.version, OLDEST_SERVED);
}

/** The stable id of its family, of a model that is no more; undefined: it is none of these. */
export function retirementOf(text: string): string | undefined {
  const name = parseModelName(text.slice(text.lastIndexOf("/") + 1));
  if (name === undefined || !isRetired(name)) return undefined;
  return Object.entries(STABLE_IDS).find(([, family]) => family === name.family)?.[0] ?? Object.keys(STABLE_IDS)[1];
}

/** What people call a model: the stable ids stand for the newest of their kind. */
export function titleOf(name: ModelName): string {
  const family = name.family.charAt(0).toUpperCase() + name.family.slice(1);
  const version = meansNewest(name) ? [] : [name.version?.filter((part, index) => index === 0 || part > 0).join(".")];
  return ["Claude", family, ...version, ...(name.isLarge ? ["(1M context)"] : [])].join(" ");
}

/** `claude-opus`, and what stays the same whatever is newest. */
export function meansNewest({ version, isDated }: ModelName): boolean {
  return version === undefined || (version[0] === STABLE_VERSION && version[1] === 0 && !isDated);
}

export function familyOf(text: string): string | undefined {
  const name = text.toLowerCase();
  return FAMILIES.find((family) => family === name);
}

/** Why there is no such model, whatever the CLI lists; undefined: there may be. */
export function whyMissing(text: string): string | undefined {
  if (retirementOf(text) !== undefined) return "was retired by Anthropic";
  const isShort = /^[a-z]+(\[1m\])?$/i.test(text);
  return isShort || parseModelName(text.slice(text.lastIndexOf("/") + 1)) ? undefined : "is none of Anthropic's";
}
