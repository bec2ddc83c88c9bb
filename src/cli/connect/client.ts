import { type PathContext, pathsOf } from "../../config/paths.ts";
import type { Entry, FormatName, Path, Tree } from "./config-file/format.ts";
import type { Connection } from "./connection.ts";

/** One program that can be connected: what has to be set in it, and, for some, the file in which `--write` sets it. */
export type Client = {
  /** The document of its makers that the guide follows. */
  readonly document: string;
  /** Of which version, or when, that was read. */
  readonly asOf?: string;
  /** The platform, as `process.platform` names it, where the snippet is a command for a shell. */
  readonly guide: (connection: Connection, platform: string) => Guide;
  readonly file?: ClientFile;
  /** How `launch` starts it; absent where it reads its settings from files alone. */
  readonly launch?: Launcher;
};

/** `wanted` is the model that the user named; without it, a program whose own models are Claude's keeps them. */
type Launcher = (connection: Connection, wanted: string | undefined) => Launch;

/** What a program is started with so that it asks the server, and nothing is written down. The key of the connection is the real one. */
export type Launch = {
  /** As it is found on PATH. */
  readonly command: string;
  /** Beside what is in the environment; undefined: a variable that would win, and is taken away. `CLAUDE_MAX_API_KEY` holds the key anyway. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What stands before the user's own arguments. Never a key: other users of the machine see it. */
  readonly args: readonly string[];
};

export type Guide = {
  /** What to do with the snippet: one sentence or two. */
  readonly before: string;
  readonly snippet: Snippet;
  /** What else is worth knowing, a paragraph each. */
  readonly after: readonly string[];
};

/** The text to paste, without an end of line; the language is the mark of a fenced block. */
export type Snippet = { readonly language: string; readonly text: string };

/** Makes snippets of their lines. */
export const snippetIn =
  (language: string) =>
  (...lines: readonly string[]): Snippet => ({ language, text: lines.join("\n") });

/** A configuration file of the client's own. */
export type ClientFile = {
  readonly format: FormatName;
  /** Where the client looks for it; `exists` tells which of several is there. */
  readonly path: (context: PathContext, exists: (path: string) => boolean) => string;
  /** What a new file holds before anything is set in it. */
  readonly blank: Tree;
  /** What has to be set, given what the file holds already. */
  readonly entries: (connection: Connection, current: Tree) => readonly Entry[];
  /** What of the file's content is there for this program: settings, or whole branches. */
  readonly own: (current: Tree) => readonly Path[];
  /** Which of those somebody set to what this program would not have set, so that it is worth keeping when it is set anew. */
  readonly chosenByHand?: (current: Tree, connection: Connection) => readonly Path[];
  /** What else in the file keeps the settings from having effect, and stays: one sentence each. */
  readonly hindrances?: (current: Tree) => readonly string[];
  /** What to do so that the client takes up a changed file, and how to try it. */
  readonly afterwards: string;
};

/** A file in the folder that a variable names, else in one of the home. */
export function fileIn(variable: string, folder: string, name: string): ClientFile["path"] {
  return ({ platform, env, home }) => {
    const { join } = pathsOf(platform);
    return join(env[variable] || join(home, folder), name);
  };
}
