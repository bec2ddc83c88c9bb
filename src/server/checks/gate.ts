import { hostname } from "node:os";
import type { Config } from "../../config/config.ts";
import { normalizeOrigin } from "../../config/origin-pattern.ts";
import type { Exchange } from "../exchange.ts";
import { ApiKeys, presentedKeys } from "./api-keys.ts";
import { isPreflight, preflightResponse } from "./cors.ts";
import { hostCheck } from "./host-check.ts";
import { foreignOrigin } from "./origin-check.ts";

export type GateOptions = Pick<Config, "allowedHosts" | "allowedOrigins" | "apiKeys"> &
  Partial<Pick<Config, "apiKeyNames">> & {
    /** What this machine calls itself; absent: as the system says. */
    readonly machineName?: string;
  };

/** Lets a request in, noting in its exchange what was found out. Answers a preflight itself; throws when it stays out. */
export type Gate = (request: Request, exchange: Exchange) => Response | undefined;

/** What every request passes before anything else looks at it, so that nobody but the user spends the subscription. */
export function createGate({
  allowedHosts,
  allowedOrigins,
  apiKeys,
  apiKeyNames,
  machineName = hostname(),
}: GateOptions): Gate {
  const addressee = hostCheck({ wantsKey: apiKeys.length > 0, machineName, allowedHosts });
  const origins = allowedOrigins.map(normalizeOrigin);
  const keys = new ApiKeys(apiKeys, apiKeyNames);
  return (request, exchange) => {
    const { headers } = request;
    exchange.allowedOrigin = foreignOrigin(headers, addressee(headers.get("host")), origins);
    if (exchange.allowedOrigin !== undefined && isPreflight(request)) return preflightResponse(request);
    if ((isLivenessProbe(exchange) || isPageFrame(exchange, headers)) && presentedKeys(request).length === 0) {
      exchange.trusted = !keys.required;
      return undefined;
    }
    const bearer = keys.check(request);
    exchange.keyName = bearer?.name;
    exchange.owner = bearer?.owner;
    exchange.trusted = true;
    return undefined;
  };
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
