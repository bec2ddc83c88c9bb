import { statSync } from "node:fs";
import { join } from "node:path";

export type CredentialsContext = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
};

/**
 * Something that is another once the CLI's login was written anew, without a look at what it says. Undefined where there is no file
 * of it: a keychain holds it, or a variable.
 */
export function credentialsMark({ env, home }: CredentialsContext): string | undefined {
  const file = join(env.CLAUDE_CONFIG_DIR || join(home, ".claude"), ".credentials.json");
  return fileMark(file);
}

/** Something that is another once there is other content at the path, also by way of a link. Undefined where there is none. */
export function fileMark(path: string): string | undefined {
  try {
    const { mtimeMs, size, ino, dev } = statSync(path);
    return `${mtimeMs}:${size}:${ino}:${dev}`;
  } catch {
    return undefined;
  }
}
