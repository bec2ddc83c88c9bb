import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OLDEST_SUPPORTED_VERSION } from "../../src/claude/cli/version.ts";

/** Where it sends who logs in. */
export const LOGIN_PAGE = "https://claude.example/authorize?state=st";

/** A `claude` that logs in whoever brings the code `good`, or, where it is said so, whoever waits. */
export function installLoginClaude(home: string, { begins = true, byBrowser = false } = {}): string {
  const success = (id: string, response = "{}") =>
    `echo '{"type":"control_response","response":{"subtype":"success","request_id":"'"${id}"'","response":${response}}}'`;
  const error = (id: string, what: string) =>
    `echo '{"type":"control_response","response":{"subtype":"error","request_id":"'"${id}"'","error":"${what}"}}'`;
  const begin = success("$id", `{"manualUrl":"${LOGIN_PAGE}","automaticUrl":"${LOGIN_PAGE}&automatic=1"}`);
  const loggedIn = `: > "$HOME/logged-in"`;
  const script = `#!/bin/sh
PATH=/usr/bin:/bin
case "$*" in
--version) echo '${OLDEST_SUPPORTED_VERSION} (Claude Code)' ;;
*"auth status") [ -n "$CLAUDE_CODE_OAUTH_TOKEN" ] || [ -f "$HOME/logged-in" ] && echo '{"loggedIn":true,"authMethod":"claude.ai","subscriptionType":"max"}' || echo '{"loggedIn":false}' ;;
*) while read -r line; do
  id=$(printf '%s' "$line" | sed 's/.*"request_id":"\\([^"]*\\)".*/\\1/')
  case "$line" in
  *claude_authenticate*) ${begins ? begin : error("$id", "unknown")} ;;
  *wait_for_completion*) wait=$id; ${byBrowser ? `${loggedIn}; ${success("$id")}` : ":"} ;;
  *'"authorizationCode":"good","state":"st"'*) ${loggedIn}; ${success("$id")}; ${success("$wait")} ;;
  *claude_oauth_callback*) ${error("$id", "Invalid code")}; ${error("$wait", "Invalid code")} ;;
  esac
done ;;
esac
`;
  mkdirSync(join(home, "bin"));
  const path = join(home, "bin/claude");
  writeFileSync(path, script);
  chmodSync(path, 0o755);
  return path;
}
