import { join } from "node:path";
import Type from "typebox";
import { lazyCheck } from "../protocol/lazy-check.ts";

const UserConfig = lazyCheck(
  Type.Object({ oauthAccount: Type.Object({ emailAddress: Type.String({ minLength: 1 }) }) }),
);

/**
 * The address of the account that the CLI is logged in to, as its configuration has it: the CLI tells it to the model. Undefined
 * when there is none. Nothing else is taken from the file, and it holds no credentials.
 */
export async function accountAddress(env: Readonly<Record<string, string | undefined>>): Promise<string | undefined> {
  const folder = env.CLAUDE_CONFIG_DIR ?? env.HOME ?? env.USERPROFILE;
  if (folder === undefined) return undefined;
  try {
    const config: unknown = await Bun.file(join(folder, ".claude.json")).json();
    return UserConfig.Check(config) ? config.oauthAccount.emailAddress : undefined;
  } catch {
    return undefined;
  }
}
