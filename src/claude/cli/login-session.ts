import Type from "typebox";
import type { LoginAddresses } from "../../core/login.ts";
import { Logger } from "../../observability/logger.ts";
import { CliProcess, type CliProcessOptions } from "../process/cli-process.ts";
import { tellable } from "../process/stderr-tail.ts";
import { ControlError } from "../protocol/control-channel.ts";
import { lazyCheck } from "../protocol/lazy-check.ts";
import { cliArguments } from "./arguments.ts";

/** Seen on 2.1.250 and 2.1.332: the first address leads to a page that shows a code, the second back to a port that the CLI listens on. */
const Addresses = lazyCheck(Type.Object({ manualUrl: Type.String(), automaticUrl: Type.String() }));

/** The environment is without a token: that would hide the login that is made. */
export type LoginSessionOptions = Pick<CliProcessOptions, "path" | "env" | "cwd" | "guard"> & {
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
      const words = cause instanceof Error ? cause.message : String(cause);
      // The name of the request that failed says nothing to who reads this.
      const why = isLate ? `nothing came within ${timeoutMs / 60_000} min` : tellable(words.replace(/^\w+: /, ""));
      throw new Error(why, { cause });
    }
  }
}

export type LoginCode = { readonly code: string; readonly state: string };

/** What was pasted: `code#state`, or a code alone. Undefined: it is neither. */
export function readCode(pasted: string, manualUrl: string): LoginCode | undefined {
  const [code = "", state = new URL(manualUrl).searchParams.get("state") ?? ""] = pasted.trim().split("#");
  return /^[\w.~-]+$/.test(code) ? { code, state } : undefined;
}

/** It is given to the system to open, which opens more than pages. */
function isSecure(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === "https:";
}
