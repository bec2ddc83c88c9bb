import Type, { type Static } from "typebox";
import { lazyCheck } from "../protocol/lazy-check.ts";

/** What `claude auth status` prints; read loosely, since every field but `loggedIn` may be missing. */
const Status = Type.Object({
  loggedIn: Type.Boolean(),
  authMethod: Type.Optional(Type.Unknown()),
  subscriptionType: Type.Optional(Type.Unknown()),
  apiKeySource: Type.Optional(Type.Unknown()),
  storedClaudeAiLogin: Type.Optional(Type.Unknown()),
});
const AuthStatus = lazyCheck(Status);

export type Login = {
  readonly loggedIn: boolean;
  /** Requests would be billed by use, as an API key or a cloud provider does, rather than spend a subscription. */
  readonly billsByUse: boolean;
  /** Which login it is, for people: never an account's name, address or key. */
  readonly description: string;
};

const BILLED_BY_USE: ReadonlySet<string> = new Set(["api_key", "api_key_helper", "third_party"]);

/** Reads the output of `claude auth status`; undefined when it is not the JSON we know. */
export function parseAuthStatus(output: string): Login | undefined {
  let status: unknown;
  try {
    status = JSON.parse(output);
  } catch {
    return undefined;
  }
  if (!AuthStatus.Check(status)) return undefined;
  if (!status.loggedIn) return { loggedIn: false, billsByUse: false, description: "not logged in" };
  const method = isOnlyStoredKey(status) ? "api_key" : status.authMethod;
  return {
    loggedIn: true,
    billsByUse: typeof method === "string" && BILLED_BY_USE.has(method),
    description: describe(method, status.subscriptionType),
  };
}

/** Older versions (2.1.250) call a stored API key a claude.ai login: one without a subscription, and with the source of a key. */
function isOnlyStoredKey(status: Static<typeof Status>): boolean {
  const { authMethod, apiKeySource, subscriptionType, storedClaudeAiLogin } = status;
  const hasSubscription = typeof subscriptionType === "string" && subscriptionType !== "";
  return (
    authMethod === "claude.ai" && typeof apiKeySource === "string" && !hasSubscription && storedClaudeAiLogin !== true
  );
}

function describe(method: unknown, subscription: unknown): string {
  const plan = typeof subscription === "string" && subscription !== "" ? ` (${subscription} plan)` : "";
  switch (method) {
    case "claude.ai":
      return `your Claude login${plan}`;
    case "oauth_token":
      return "a login token from the environment (CLAUDE_CODE_OAUTH_TOKEN)";
    case "api_key":
    case "api_key_helper":
      return "an Anthropic API key: requests bill the API, not a subscription";
    case "third_party":
      return "a cloud provider's account: requests bill it, not a subscription";
    default:
      return typeof method === "string" ? `${method}${plan}` : `unknown login${plan}`;
  }
}
