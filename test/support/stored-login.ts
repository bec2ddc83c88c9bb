import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const STORED_TOKEN = "sk-ant-oat01-from-file";

/** Where `claude` keeps a subscription's login on Linux. */
export const credentialsFile = (home: string) => join(home, ".claude/.credentials.json");

/** Logs in as `claude` itself would: with the login in the home directory, not in the environment. */
export function logIn(home: string): void {
  const claudeAiOauth = {
    accessToken: STORED_TOKEN,
    refreshToken: "sk-ant-ort01-from-file",
    expiresAt: Date.now() + 8 * 3_600_000,
    scopes: ["user:inference", "user:profile"],
    subscriptionType: "max",
  };
  mkdirSync(join(home, ".claude"), { recursive: true });
  writeFileSync(credentialsFile(home), JSON.stringify({ claudeAiOauth }), { mode: 0o600 });
}
