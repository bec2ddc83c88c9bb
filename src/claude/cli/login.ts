import Type, { type Static } from "typebox";
import { lazyCheck } from "../protocol/lazy-check.ts";

/** What `claude auth status` prints; read loosely, since every field but `loggedIn` may be missing. */
const Status = Type.Object({
  loggedIn: Type.Boolean(),
  authMethod: Type.Optional(Type.Unknown()),
  subscriptionType: Type.Optional(Type.Unknown()),
  apiKeySource: Type.Optional(Type.Unknown()),
  storedClaudeAiLogin: Type.Optional(Type.Unknown()),
  loginExpiresAt: Type.Optional(Type.Unknown()),
});
const AuthStatus = lazyCheck(Status);

export type Login = {
  readonly loggedIn: boolean;
  /** Requests would be billed by use, as an API key or a cloud provider does, rather than spend a subscription. */
  readonly billsByUse: boolean;
  /** Which login it is, for people: never an account's name, address or key. */
  readonly description: string;
  /** The CLI's own word for the kind of login, such as `claude.ai` or `oauth_token`. */
  readonly method: string;
  /** The plan, such as `max`, where the CLI tells. */
  readonly plan?: string;
  /** When the login itself ends, so that one has to log in again; newer versions tell it of a stored login. */
  readonly expiresAt?: Date;
};

const BILLED_BY_USE: ReadonlySet<string> = new Set(["api_key", "api_key_helper", "third_party"]);

/** Reads the output of `claude auth status`; undefined when it is not the JSON we know. */
export function parseAuthStatus(output: string): Login | undefined {
  let status: unknown;
  try {
    // A wrapper may print something before.
    status = JSON.parse(output.slice(Math.max(0, output.search(/^\{/m))));
  } catch {
    return undefined;
  }
  if (!AuthStatus.Check(status)) return undefined;
  if (!status.loggedIn) return { loggedIn: false, billsByUse: false, description: "not logged in", method: "none" };
  const method = isOnlyStoredKey(status) ? "api_key" : filled(status.authMethod);
  const plan = filled(status.subscriptionType);
  return {
    loggedIn: true,
    billsByUse: method !== undefined && BILLED_BY_USE.has(method),
    description: describe(method, plan),
    method: method ?? "unknown",
    plan,
    expiresAt: dateIn(status.loginExpiresAt),
  };
}

function filled(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function dateIn(value: unknown): Date | undefined {
  const date = new Date(typeof value === "string" ? value : Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Older versions (2.1.250) call a stored API key a claude.ai login: one without a subscription, and with the source of a key. */
function isOnlyStoredKey(status: Static<typeof Status>): boolean {
  const { authMethod, apiKeySource, subscriptionType, storedClaudeAiLogin } = status;
  const hasSubscription = filled(subscriptionType) !== undefined;
  return (
    authMethod === "claude.ai" && typeof apiKeySource === "string" && !hasSubscription && storedClaudeAiLogin !== true
  );
}

function describe(method: string | undefined, subscription: string | undefined): string {
  const plan = subscription === undefined ? "" : ` (${subscription} plan)`;
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
      return `${method ?? "unknown login"}${plan}`;
  }
}
