import { ConfigError } from "../config/errors.ts";
import type { AnyOption } from "../config/option.ts";
import type { PathContext } from "../config/paths.ts";
import type { Flags } from "../config/sources.ts";
import type { ReadFile } from "../config/text-file.ts";
import type { System } from "./system.ts";
import type { Terminal } from "./terminal/terminal.ts";

export const PROGRAM = "claude-max-api";

/** One command: all that the command line and the help need to know of it, and what it does. */
export type Command = CommandFacts &
  ({ readonly run: Run; readonly commands?: undefined } | { readonly commands: Commands; readonly run?: undefined });

export type Commands = Readonly<Record<string, Command>>;

type CommandFacts = {
  /** One line, for the list of commands; begins with a capital, ends without a stop. */
  readonly summary: string;
  /** What its own help says beyond that: paragraphs. */
  readonly about?: readonly string[];
  readonly options: readonly AnyOption[];
  /** The words that are no flags; none are taken where this is absent. */
  readonly operands?: Operands;
  /** The option that a lone number without a flag sets. */
  readonly bareNumber?: AnyOption;
  readonly examples: readonly Example[];
};

export type Operands = {
  /** What stands for them in the usage line, such as `CLIENT` or `[QUESTION…]`. */
  readonly placeholder: string;
  /** What they must be, to follow "needs", such as `a client`. */
  readonly accepts: string;
  /** How many there must be, and may be; default: none, and any number. */
  readonly least?: number;
  readonly most?: number;
  /** The words there are, each with what it means. */
  readonly choices?: Readonly<Record<string, string>>;
  /** Whether the command looks at other words itself. */
  readonly takesOthers?: true;
};

/** A command line without the program's name, and what it does. */
export type Example = { readonly line: string; readonly does: string };

/** Does the work; the number is the exit code: 0 fine, 1 failed. Throws ConfigError for what is not understood: exit code 2. */
export type Run = (call: Call) => Promise<number>;

/** One call of a command. */
export type Call = {
  /** The flags as written; see `resolve` for values, and `loadConfig` for the server's settings. */
  readonly flags: Flags;
  readonly operands: readonly string[];
  readonly surroundings: Surroundings;
};

/** What the program finds itself in: everything that a command may know of the system, so that tests can make one up. */
export type Surroundings = PathContext & {
  readonly platform: NodeJS.Platform;
  readonly version: string;
  readonly terminal: Terminal;
  readonly readFile: ReadFile;
  /** The words that run this program again: the binary, or Bun and the main file. Absolute paths. */
  readonly executable: readonly string[];
  readonly system: System;
  /** The service that is meant, where it is not the usual one: see `service --name`. */
  readonly service?: string;
};

/** A command line that cannot be understood; a hint at `--help` is a fitting end to its message. */
export class UsageError extends ConfigError {
  /** The words of the command that was meant, whose help would help. */
  readonly path: readonly string[];

  constructor(message: string, path: readonly string[] = []) {
    super(message);
    this.path = path;
  }
}
