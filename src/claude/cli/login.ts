import Type from "typebox";
import { reasonOf } from "../../core/error.ts";
import { type JsonObject, parseJsonObject } from "../../core/json.ts";
import type { LoginAddresses } from "../../core/login.ts";
import { Logger } from "../../observability/logger.ts";
import { redacted } from "../process/child-output.ts";
import { CliProcess, type CliProcessOptions } from "../process/cli-process.ts";
import { ControlError } from "../protocol/control-channel.ts";
import { lazyCheck } from "../protocol/lazy-check.ts";
import { cliArguments } from "./invocation.ts";

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

/** Reads the output of `claude auth status`, of which every field but `loggedIn` may be missing; undefined when it is not the JSON we know. */
export function parseAuthStatus(output: string): Login | undefined {
  // A wrapper may print something before.
  const status = parseJsonObject(output.slice(Math.max(0, output.search(/^\{/m))));
  if (typeof status?.loggedIn !== "boolean") return undefined;
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
function isOnlyStoredKey(status: JsonObject): boolean {
  const { authMethod, apiKeySource, subscriptionType, storedClaudeAiLogin } = status;
  const hasSubscription = filled(subscriptionType) !== undefined;
  return (
    authMethod === "claude.ai" && typeof apiKeySource === "string" && !hasSubscription && storedClaudeAiLogin !== true
  );
}

function describe(method: string | undefined, subscription: string | undefined): string {
  const plan = subscription === undefined ? "" : ` (${subscription} plan)`;
  if (method === "oauth_token") return "a login token from the environment (CLAUDE_CODE_OAUTH_TOKEN)";
  if (method === "third_party") return "a cloud provider's account: requests bill it, not a subscription";
  if (method === "api_key" || method === "api_key_helper")
    return "an Anthropic API key: requests bill the API, not a subscription";
  return `${method === "claude.ai" ? "your Claude login" : (method ?? "unknown login")}${plan}`;
}

/** Seen on 2.1.250 and 2.1.332: the first address leads to a page that shows a code, the second back to a port that the CLI listens on. */
const Addresses = lazyCheck(Type.Object({ manualUrl: Type.String(), automaticUrl: Type.String() }));

/** The environment is without a token: that would hide the login that is made. */
type LoginSessionOptions = Pick<CliProcessOptions, "path" | "env" | "cwd" | "guard"> & {
  readonly settings: string;
};

const BEGIN_TIMEOUT_MS = 20_000;
/** As long as somebody may take to log in. */
const LOGIN_TIMEOUT_MS = 15 * 60_000;
const EXCHANGE_TIMEOUT_MS = 60_000;

/** The CLI's own login, begun and followed from here. The CLI alone gets the tokens, and keeps them; what is seen here is an address and a code. */
export class LoginSession implements AsyncDisposable {
  readonly #process: CliProcess;

  constructor({ settings, ...options }: LoginSessionOptions) {
    this.#process = new CliProcess({ ...options, args: cliArguments({ settings }), logger: new Logger("silent") });
  }

  /** Begins it. Undefined: this CLI cannot be asked to. */
  async begin(): Promise<LoginAddresses | undefined> {
    const request = { subtype: "claude_authenticate", loginWithClaudeAi: true };
    const answer = await this.#process.request(request, BEGIN_TIMEOUT_MS).catch(() => undefined);
    return Addresses.Check(answer) && isSecure(answer.manualUrl) && isSecure(answer.automaticUrl) ? answer : undefined;
  }

  /** Resolves once somebody has logged in. Rejects with why that failed, in the CLI's own words. */
  async completed(): Promise<void> {
    await this.#ask({ subtype: "claude_oauth_wait_for_completion" }, LOGIN_TIMEOUT_MS);
  }

  /** Hands over the code that the page at `manualUrl` shows, which {@link readCode} takes apart. Rejects as {@link completed} does. */
  async submit({ code, state }: LoginCode): Promise<void> {
    await this.#ask({ subtype: "claude_oauth_callback", authorizationCode: code, state }, EXCHANGE_TIMEOUT_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.terminate();
  }

  async #ask(request: { readonly subtype: string } & Record<string, unknown>, timeoutMs: number): Promise<void> {
    try {
      await this.#process.request(request, timeoutMs);
    } catch (cause) {
      const isLate = cause instanceof ControlError && !cause.isRefusal && this.#process.death === undefined;
      const words = reasonOf(cause);
      // The name of the request that failed says nothing to who reads this.
      const why = isLate ? `nothing came within ${timeoutMs / 60_000} min` : redacted(words.replace(/^\w+: /, ""));
      throw new Error(why, { cause });
    }
  }
}

type LoginCode = { readonly code: string; readonly state: string };

/** What was pasted: `code#state`, or a code alone. Undefined: it is neither. */
export function readCode(pasted: string, manualUrl: string): LoginCode | undefined {
  const [code = "", state = new URL(manualUrl).searchParams.get("state") ?? ""] = pasted.trim().split("#");
  return /^[\w.~-]+$/.test(code) ? { code, state } : undefined;
}

/** It is given to the system to open, which opens more than pages. */
function isSecure(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === "https:";
}
