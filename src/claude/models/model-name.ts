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
