import { hostname } from "node:os";
import type { Config } from "../../config/config.ts";
import type { Exchange } from "../exchange.ts";
import { ApiKeys, presentedKeys } from "./api-keys.ts";
import { isPreflight, preflightResponse } from "./cors.ts";
import { HostCheck } from "./host-check.ts";
import { OriginCheck } from "./origin-check.ts";

export type GateOptions = Pick<Config, "allowedHosts" | "allowedOrigins" | "apiKeys"> &
  Partial<Pick<Config, "apiKeyNames">> & {
    /** What this machine calls itself; absent: as the system says. */
    readonly machineName?: string;
  };

/** What every request passes before anything else looks at it, so that nobody but the user spends the subscription. */
export class Gate {
  readonly #hosts: HostCheck;
  readonly #origins: OriginCheck;
  readonly #keys: ApiKeys;

  constructor(options: GateOptions) {
    const { allowedHosts, apiKeys, machineName = hostname() } = options;
    this.#hosts = new HostCheck({ wantsKey: apiKeys.length > 0, machineName, allowedHosts });
    this.#origins = new OriginCheck(options.allowedOrigins);
    this.#keys = new ApiKeys(options.apiKeys, options.apiKeyNames);
  }

  /** Lets a request in, noting in its exchange what was found out. Answers a preflight itself; throws when it stays out. */
  admit(request: Request, exchange: Exchange): Response | undefined {
    const { headers } = request;
    const addressedTo = this.#hosts.check(headers.get("host"));
    exchange.allowedOrigin = this.#origins.check(headers, addressedTo);
    if (exchange.allowedOrigin !== undefined && isPreflight(request)) return preflightResponse(request);
    if ((isLivenessProbe(exchange) || isPageFrame(exchange, headers)) && presentedKeys(request).length === 0) {
      exchange.trusted = !this.#keys.required;
      return undefined;
    }
    exchange.keyName = this.#keys.check(request);
    exchange.trusted = true;
    return undefined;
  }
}

const FRAME = /^\/page\/(?:style\.css|page\.js|icon\.svg)$/;

/** A browser that is told an address sends no key. What it gets is the page's frame, in which the key is asked for, and nothing else. */
function isPageFrame({ method, target: { path } }: Exchange, headers: Headers): boolean {
  const isPage = path === "/" && headers.get("accept")?.includes("text/html") === true;
  return (method === "GET" || method === "HEAD") && (isPage || FRAME.test(path));
}

/** Probes of containers and monitors carry no key; they learn whether the server is up, and nothing else. */
function isLivenessProbe({ method, target }: Exchange): boolean {
  return (method === "GET" || method === "HEAD") && /^\/health\/?$/.test(target.path);
}
