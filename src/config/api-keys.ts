import { ConfigError } from "./config-error.ts";
import { API_KEY, OPTIONS } from "./options.ts";
import { type Resolved, resolve, type Source } from "./sources.ts";
import { type ReadFile, readNamedFile } from "./text-file.ts";

export type ResolvedKeys = {
  readonly keys: readonly string[];
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
      return { keys: [...(keys?.value ?? []), ...fromFile], file: file?.value };
    }
  }
  return { keys: OPTIONS.apiKey.default };
}

function readKeyFile({ value: path, label }: Resolved<string>, readFile: ReadFile): string[] {
  const keys: string[] = [];
  const lines = readNamedFile(path, label, readFile).split("\n");
  for (const [index, line] of lines.entries()) {
    const key = line.trim();
    if (key === "" || key.startsWith("#")) continue;
    // The line itself is not shown: it is probably a secret.
    if (!API_KEY.isValid(key)) {
      throw new ConfigError(`${label}: line ${index + 1} of ${path} must be ${API_KEY.accepts}.`);
    }
    keys.push(key);
  }
  if (keys.length === 0) throw new ConfigError(`${label}: ${path} holds no key. Write one key per line.`);
  return keys;
}
