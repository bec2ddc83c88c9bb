import type { Config } from "../../src/config/config.ts";
import { ConfigError } from "../../src/config/errors.ts";
import { type ConfigInput, type LoadedConfig, loadConfig } from "../../src/config/load.ts";

export const HOME = "/home/u";
export const USUAL_FILE = "/home/u/.config/claude-max-api/config.json";

type Given = Partial<Pick<ConfigInput, "flags" | "env">> & {
  /** The content of the usual configuration file; a value other than a text stands for its JSON. */
  readonly file?: unknown;
  /** Further files, by path. */
  readonly files?: Readonly<Record<string, string>>;
};

/** Loads the configuration on a Linux machine on which nothing but the given exists. */
export function load({ flags = {}, env = {}, file, files = {} }: Given = {}): LoadedConfig {
  const usual: Record<string, string> = {};
  if (file !== undefined) usual[USUAL_FILE] = typeof file === "string" ? file : JSON.stringify(file);
  return loadConfig({ flags, env, home: HOME, platform: "linux", readFile: readFrom({ ...usual, ...files }) });
}

export function configOf(given: Given): Config {
  return load(given).config;
}

/** The message with which the loader refuses what was given. */
export function refusalOf(given: Given): string {
  try {
    load(given);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error("the configuration was accepted");
}

function readFrom(files: Readonly<Record<string, string>>): (path: string) => string {
  return (path) => {
    const content = files[path];
    if (content === undefined)
      throw Object.assign(new Error(`ENOENT: no such file, open '${path}'`), { code: "ENOENT" });
    return content;
  };
}
