import { type Kind, onOff } from "./kinds.ts";

export const OPTION_GROUPS = ["Options", "Server", "Claude CLI", "Plan", "Access", "Other"] as const;
type OptionGroup = (typeof OPTION_GROUPS)[number];

/** One setting: everything the command line, the environment, the configuration file and the help need to know of it. */
export type Option<T, Default extends T | undefined = T | undefined> = {
  /** As on the command line, without the dashes. */
  readonly flag: string;
  /** One letter, for `-x`. */
  readonly short?: string;
  /** Its key in the configuration file. */
  readonly key: string;
  readonly inFile: boolean;
  readonly env: string | undefined;
  readonly kind: Kind<T>;
  readonly default: Default;
  readonly group: OptionGroup;
  /** What stands for the value in the help, where it is not the kind's. */
  readonly placeholder: string;
  readonly description: string;
  /** Its value never appears in a message. */
  readonly secret: boolean;
};

/** An option whose value's type does not matter to the reader. */
export type AnyOption = Option<unknown>;

export const ENV_PREFIX = "CLAUDE_MAX_API_";

type OptionDefinition<T, Default extends T | undefined> = Pick<
  Option<T, Default>,
  "flag" | "short" | "kind" | "default" | "group" | "description"
> &
  Partial<Pick<Option<T, Default>, "placeholder" | "inFile" | "secret">> & {
    /** Its environment variable, where that is not the flag's name in upper case; null: none. */
    readonly env?: string | null;
  };

export function defineOption<T, const Default extends NoInfer<T> | undefined>(
  definition: OptionDefinition<T, Default>,
): Option<T, Default> {
  const { flag, env = ENV_PREFIX + flag.toUpperCase().replaceAll("-", "_") } = definition;
  return {
    placeholder: definition.kind.placeholder,
    inFile: true,
    secret: false,
    ...definition,
    key: flag.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
    env: env ?? undefined,
  };
}

type FlagDefinition<T, Default extends T | undefined> = Omit<
  OptionDefinition<T, Default>,
  "group" | "env" | "inFile" | "secret"
>;

/** An option of one command, which only its command line sets. */
export function defineFlag<T, const Default extends NoInfer<T> | undefined>(
  definition: FlagDefinition<T, Default>,
): Option<T, Default> {
  return defineOption({ ...definition, group: "Options", env: null, inFile: false });
}

/** A switch, which is off where nothing is said. */
export function defineSwitch(
  definition: Omit<OptionDefinition<boolean, boolean>, "kind" | "default"> & { readonly default?: true },
): Option<boolean, boolean> {
  return defineOption({ default: false, ...definition, kind: onOff() });
}

/** A switch of one command, which only its command line sets. */
export function switchFlag(flag: string, description: string, short?: string): Option<boolean, boolean> {
  return defineFlag({ flag, short, kind: onOff(), default: false, description });
}
