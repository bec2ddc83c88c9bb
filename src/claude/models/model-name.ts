/** What a name of Anthropic's says: `claude-sonnet-4-5-20250929` is the family `sonnet` in version 4.5. */
export type ModelName = {
  readonly family: string;
  /** Undefined: the newest. */
  readonly version: Version | undefined;
  /** Whether a name that stands for one version says so by a date. */
  readonly isDated: boolean;
  /** Whether the variant with the larger context is meant. */
  readonly isLarge: boolean;
};

export type Version = readonly [major: number, minor: number];

/** The suffix by which the CLI knows the variant with the larger context. */
export const LARGE = "[1m]";

/** `claude-sonnet-4-5`, as Anthropic writes it now; a dot where others put one. `-latest`, and a date, come behind. */
const FAMILY_FIRST =
  /^claude-(?<family>[a-z]+)(?:-(?<major>\d{1,2})(?:[-.](?<minor>\d{1,2}))?)?(?:-latest|[-@](?<date>\d{8}|latest|default))?$/;
/** `claude-3-5-sonnet`, as it wrote them before version 4, and as some others still do. */
const VERSION_FIRST =
  /^claude-(?<major>\d{1,2})(?:[-.](?<minor>\d{1,2}))?-(?<family>[a-z]+)(?:-latest|[-@](?<date>\d{8}|latest|default))?$/;
/** Before there were families. */
const FIRST_ONES = /^claude-(?:(?<family>instant)-)?(?:v?(?<major>[12])(?:\.(?<minor>\d))?)(?:-100k)?$/;

/** Amazon's name for a model: with a region and a provider before it, and a version of its own behind it. */
const AMAZON = /^(?:[a-z]{2,6}\.)?anthropic\.(?<id>.+?)(?:-v\d+(?::\d+)?)?$/;

/** Reads a name in any case and spelling that is used for Claude's models; undefined: it is none. */
export function parseModelName(text: string): ModelName | undefined {
  const lower = text.toLowerCase();
  const isLarge = lower.endsWith(LARGE);
  const bare = withoutSize(lower);
  const id = AMAZON.exec(bare)?.groups?.id ?? bare;
  const parts = (FAMILY_FIRST.exec(id) ?? VERSION_FIRST.exec(id) ?? FIRST_ONES.exec(id))?.groups;
  if (parts === undefined) return undefined;
  const { family = "claude", major, minor, date } = parts;
  const isDated = date !== undefined && /^\d+$/.test(date);
  const version: Version | undefined = major === undefined ? undefined : [Number(major), Number(minor ?? 0)];
  return { family, version, isDated: isDated || minor !== undefined, isLarge };
}

/** The one spelling that Anthropic's API and the CLI take of a version of a model. */
export function canonicalId({ family, version, isLarge }: ModelName): string {
  const [major, minor] = version ?? [];
  const parts = ["claude", family, ...(major === undefined ? [] : [major]), ...(minor ? [minor] : [])];
  return parts.join("-") + (isLarge ? LARGE : "");
}

/** As the API knows the model, in whichever of its sizes the CLI asks it. */
export function withoutSize(name: string): string {
  return name.endsWith(LARGE) ? name.slice(0, -LARGE.length) : name;
}

/** Whether two ids name one model, in one of its sizes and by one of its dates. */
export function isSameModel(a: string, b: string): boolean {
  const [one, other] = [a, b].map((id) => parseModelName(withoutSize(id)));
  return one && other ? canonicalId(one) === canonicalId(other) : withoutSize(a) === withoutSize(b);
}

export function isBefore(a: Version, b: Version): boolean {
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
}

/**
 * Whether this is a model's own id, and not one of the CLI's short names. The CLI asks the API, with a paid request, whether there
 * is such a model, unless it is set as a setting.
 */
export function isFullId(name: string): boolean {
  return name.startsWith("claude-");
}

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
