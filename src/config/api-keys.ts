import { ConfigError } from "./errors.ts";
import { API_KEY } from "./kinds.ts";
import { OPTIONS } from "./options.ts";
import { type Resolved, resolve, type Source } from "./sources.ts";
import { type ReadFile, readNamedFile } from "./text-file.ts";

export type ResolvedKeys = {
  readonly keys: readonly string[];
  /** The names of those that have one. */
  readonly names: ReadonlyMap<string, string>;
  /** The file that some of them are in. */
  readonly file?: string;
};

/** The accepted keys: those of the highest source that gives any, directly or by a file; in one source the two add up. */
export function resolveApiKeys(sources: readonly Source[], readFile: ReadFile): ResolvedKeys {
  for (const source of sources) {
    const keys = resolve(OPTIONS.apiKey, [source]);
    const file = resolve(OPTIONS.apiKeyFile, [source]);
    if (keys !== undefined || file !== undefined) {
      const fromFile = file === undefined ? [] : readKeyFile(file, readFile);
      const names = fromFile.flatMap(({ key, name }) => (name === undefined ? [] : [[key, name] as const]));
      const all = [...(keys?.value ?? []), ...fromFile.map(({ key }) => key)];
      return { keys: all, names: new Map(names), file: file?.value };
    }
  }
  return { keys: OPTIONS.apiKey.default, names: new Map() };
}

type NamedKey = { readonly key: string; readonly name?: string | undefined };

/** `name: key`; a key alone has no space in it. */
const NAMED = /^([A-Za-z0-9][\w.-]{0,39}):\s+(.*)$/;

function readKeyFile({ value: path, label }: Resolved<string>, readFile: ReadFile): NamedKey[] {
  const keys: NamedKey[] = [];
  const lines = readNamedFile(path, label, readFile).split("\n");
  for (const [index, line] of lines.entries()) {
    const text = line.trim();
    if (text === "" || text.startsWith("#")) continue;
    const [, name, key = text] = NAMED.exec(text) ?? [];
    // The line itself is not shown: it is probably a secret.
    if (!API_KEY.isValid(key)) {
      throw new ConfigError(
        `${label}: line ${index + 1} of ${path} must be ${API_KEY.accepts}; before it may stand a name, as in "laptop: KEY".`,
      );
    }
    if (keys.some((other) => other.key === key && other.name !== name)) {
      throw new ConfigError(
        `${label}: line ${index + 1} of ${path} has the key of an earlier line, under another name.`,
      );
    }
    keys.push({ key, name });
  }
  if (keys.length === 0) throw new ConfigError(`${label}: ${path} holds no key. Write one key per line.`);
  return keys;
}
