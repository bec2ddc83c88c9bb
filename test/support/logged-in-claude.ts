import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CLAUDE } from "./harness.ts";

/** As the CLI tells of the login in CLAUDE_CODE_OAUTH_TOKEN. */
const LOGIN = JSON.stringify({ loggedIn: true, authMethod: "oauth_token", apiProvider: "firstParty" });

/**
 * Writes into a folder a `claude` that knows its login, and is the real one in all else; returns its path. `auth status` costs more than a
 * start, and says the same to every test that is not about the login. Where no shell script is a program, it is the real one.
 */
export function loggedInClaude(folder: string): string {
  if (process.platform === "win32") return CLAUDE;
  const path = join(folder, "claude");
  const script = `#!/bin/sh\ncase "$*" in\n*'auth status') echo '${LOGIN}' ;;\n*) exec '${CLAUDE}' "$@" ;;\nesac\n`;
  writeFileSync(path, script, { mode: 0o755 });
  return path;
}
