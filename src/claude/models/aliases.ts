import { REASONING_EFFORTS, type ReasoningEffort } from "../../core/request.ts";

/** What a user's own name stands for. */
export type AliasTarget = {
  /** The name as the user wrote it; with a `*`, all names of that form. */
  readonly alias: string;
  readonly model: string;
  /** For requests that ask for none. */
  readonly effort?: ReasoningEffort;
};

/** The user's own names for models: `NAME=MODEL`, `NAME=MODEL:EFFORT`, and `gpt-*=MODEL` for all that begin so. */
export class ModelAliases {
  readonly #exact = new Map<string, AliasTarget>();
  readonly #patterns: (AliasTarget & { readonly matches: (name: string) => boolean })[] = [];

  constructor(aliases: Readonly<Record<string, string>>) {
    for (const [alias, text] of Object.entries(aliases)) {
      const target = { alias, ...parseTarget(text) };
      if (alias.includes("*")) this.#patterns.push({ ...target, matches: patternOf(alias) });
      else this.#exact.set(alias.toLowerCase(), target);
    }
  }

  /** The names that stand for one model each; patterns are no names. */
  get names(): readonly string[] {
    return [...this.#exact.values()].map(({ alias }) => alias);
  }

  /** What the first of these names stands for that is an alias. A name itself goes before a pattern, and of patterns the first. */
  find(...names: readonly string[]): AliasTarget | undefined {
    const exact = names.find((name) => this.#exact.has(name.toLowerCase()));
    if (exact !== undefined) return this.#exact.get(exact.toLowerCase());
    return this.#patterns.find(({ matches }) => names.some((name) => matches(name)));
  }
}

function parseTarget(text: string): Omit<AliasTarget, "alias"> {
  const colon = text.lastIndexOf(":");
  const effort = REASONING_EFFORTS.find((level) => level === text.slice(colon + 1).toLowerCase());
  return colon > 0 && effort !== undefined ? { model: text.slice(0, colon), effort } : { model: text };
}

export function withoutEffort(target: string): string {
  return parseTarget(target).model;
}

/** Whether a name has the literal parts of a pattern one behind the other: as a regular expression, two `*` would take the square of a long one. */
function patternOf(alias: string): (name: string) => boolean {
  const [start = "", ...others] = alias.toLowerCase().split("*");
  const end = others.pop() ?? "";
  return (text) => {
    const name = text.toLowerCase();
    if (!name.startsWith(start) || !name.endsWith(end)) return false;
    let at = start.length;
    for (const part of others) {
      const found = name.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at + end.length <= name.length;
  };
}
