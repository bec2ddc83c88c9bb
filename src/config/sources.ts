import { ConfigError } from "./errors.ts";
import type { Refusal } from "./kinds.ts";
import type { AnyOption, Option } from "./option.ts";

/** The flags of a command line, by name: every value as written; `true` or `false` for a switch. */
export type Flags = Readonly<Record<string, readonly string[]>>;

export type Environment = Readonly<Record<string, string | undefined>>;

/** A value as one source gives it, not yet checked. */
export type Given = {
  /** How to name the place it comes from: `--port`, `CLAUDE_MAX_API_PORT`, `"port" in /path/config.json`. */
  readonly label: string;
  readonly value: unknown;
  readonly accepts: string;
};

/** A place settings come from; undefined: it does not set this one. */
export type Source = (option: AnyOption) => Given | undefined;

export function flagSource(flags: Flags): Source {
  return ({ flag, kind }) => {
    const texts = flags[flag];
    return texts && { label: `--${flag}`, value: kind.fromText(texts), accepts: kind.accepts };
  };
}

export function environmentSource(environment: Environment): Source {
  return ({ env, kind }) => {
    const text = env === undefined ? undefined : environment[env];
    // Scripts often export a variable that they have no value for; the loader warns of it.
    if (env === undefined || text === undefined || text === "") return undefined;
    return { label: env, value: kind.fromText([text]), accepts: kind.accepts };
  };
}

/** Settings already known to be the content of a valid configuration file. */
export function fileSource(path: string, settings: Readonly<Record<string, unknown>>): Source {
  return ({ key, inFile, kind }) =>
    inFile && Object.hasOwn(settings, key)
      ? { label: fileLabel(key, path), value: settings[key], accepts: kind.acceptsJson }
      : undefined;
}

export function fileLabel(key: string, path: string): string {
  return `"${key}" in ${path}`;
}

export type Resolved<T> = { readonly value: T; readonly label: string };

/** The option's value from the first source that sets it, checked; undefined when none does. */
export function resolve<T>(option: Option<T>, sources: readonly Source[]): Resolved<T> | undefined {
  for (const source of sources) {
    const given = source(option);
    if (given === undefined) continue;
    const checked = option.kind.check(given.value);
    if (!checked.ok) throw refused(option, given, checked.refusal);
    return { value: checked.value, label: given.label };
  }
  return undefined;
}

export function refused(option: AnyOption, from: Omit<Given, "value">, refusal: Refusal): ConfigError {
  if (refusal.explanation !== undefined) return new ConfigError(`${from.label}: ${refusal.explanation}.`);
  const not = option.secret ? "" : `, not ${JSON.stringify(refusal.offender)}`;
  return new ConfigError(`${from.label} must be ${from.accepts}${not}.`);
}
