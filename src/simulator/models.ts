// The models, as far as they differ in what the API takes and says: Anthropic's "Models overview", "Context windows", "Thinking" and the
// guides of each model, of 2026-11-30 (https://platform.claude.com/docs/en/models/overview).

export type Model = { readonly family: string; readonly version: number };

/** From which version on a family has a rule; a family that is not named never has. */
export type Since = Readonly<Record<string, number>>;

const NAME =
  /^claude-(?<family>opus|sonnet|haiku|fable|mythos)-(?<major>\d)(?:-(?<minor>\d{1,2}))?(?:-\d{8})?(?:\[1m\])?$/;

/** The models that the API has. */
export const MODEL_IDS: ReadonlySet<string> = new Set([
  "claude-fable-5-2",
  "claude-fable-5-1",
  "claude-fable-5",
  "claude-mythos-5-2",
  "claude-mythos-5-1",
  "claude-mythos-5",
  "claude-mythos-preview",
  "claude-opus-5-5",
  "claude-opus-5",
  "claude-opus-4-8",
  "claude-opus-4-7",
  "claude-opus-4-6",
  "claude-opus-4-5",
  "claude-opus-4-5-20251101",
  "claude-sonnet-5-5",
  "claude-sonnet-5",
  "claude-sonnet-4-6",
  "claude-sonnet-4-5",
  "claude-sonnet-4-5-20250929",
  "claude-haiku-5-5",
  "claude-haiku-4-5",
  "claude-haiku-4-5-20251001",
]);

const LARGE: Since = everyFamily(4.6);
const THINKS_BY_DEFAULT: Since = everyFamily(5);
const OMITS_BY_DEFAULT: Since = everyFamily(4.7);

/** The model that a name is read as, also one that is no model's; undefined when it has another form. */
export function modelOf(name: unknown): Model | undefined {
  const parts = typeof name === "string" ? NAME.exec(name)?.groups : undefined;
  if (parts?.family === undefined) return undefined;
  return { family: parts.family, version: Number(`${parts.major}.${parts.minor ?? 0}`) };
}

export function everyFamily(version: number): Since {
  return { opus: version, sonnet: version, haiku: version, fable: version, mythos: version };
}

export function has({ family, version }: Model, since: Since): boolean {
  return version >= (since[family] ?? Number.POSITIVE_INFINITY);
}

/** Tokens that a whole prompt may have. */
export function contextTokens(model: Model | undefined): number {
  return model === undefined || has(model, LARGE) ? 1_000_000 : 200_000;
}

/** The largest `max_tokens`; none is known of a made-up model. */
export function mostOutputTokens(model: Model | undefined): number {
  if (model === undefined) return Number.POSITIVE_INFINITY;
  return has(model, LARGE) ? 128_000 : 64_000;
}

/** Whether it thinks when the request does not say. A made-up model does. */
export function thinksByDefault(model: Model | undefined): boolean {
  return model === undefined || has(model, THINKS_BY_DEFAULT);
}

/** Whether what it thinks is kept back when the request does not say how to show it. */
export function omitsByDefault(model: Model | undefined): boolean {
  return model !== undefined && has(model, OMITS_BY_DEFAULT);
}

/** Where it ran, in the words of recorded answers: the older ones do not tell. */
export function inferenceGeo(model: Model | undefined): string {
  return model !== undefined && has(model, LARGE) ? "global" : "not_available";
}
