import { isOriginOf, normalizeOrigin } from "../../config/origin-pattern.ts";
import { ApiError } from "../../core/error.ts";
import { type Authority, parseAuthority, quotable } from "./host-check.ts";

/**
 * Keeps foreign web pages out. A page of any other origin, another port of localhost included, could otherwise spend the
 * user's subscription; browsers tell on them with `Origin` and `Sec-Fetch-Site`, which pages cannot forge or drop.
 *
 * Returns the allowed foreign origin a request comes from, for CORS; undefined when it comes from no page, or from one of our
 * own. Throws origin_refused for every other page.
 */
export function foreignOrigin(
  headers: Headers,
  addressedTo: Authority,
  allowed: readonly string[],
): string | undefined {
  const origin = headers.get("origin");
  if (origin !== null && allowed.some((pattern) => isOriginOf(pattern, normalizeOrigin(origin)))) return origin;
  const site = headers.get("sec-fetch-site");
  const isForeignFetch = site !== null && site !== "none" && site !== "same-origin";
  const isForeignOrigin = origin !== null && !isSameOrigin(origin, addressedTo);
  if (isForeignFetch || isForeignOrigin) throw refusal(origin);
  return undefined;
}

function refusal(origin: string | null): ApiError {
  if (origin === null || origin === "null") {
    return new ApiError(
      "origin_refused",
      "Requests from other web sites are refused, because any page could spend your subscription. Open the address " +
        "directly, or let the page send its Origin and start the server with --allow-origin ORIGIN. A page that is a file " +
        "on disk sends 'null', and so may any web page: --allow-origin null is safe with an API key alone.",
    );
  }
  const name = quotable(origin);
  return new ApiError(
    "origin_refused",
    `Requests from web pages of '${name}' are refused, because any page could spend your subscription. ` +
      `If you trust this one, start the server with --allow-origin ${name}.`,
  );
}

const WEB_ORIGIN = /^(https?):\/\/(.+)$/i;

function isSameOrigin(origin: string, addressedTo: Authority): boolean {
  const [, scheme = "", rest = ""] = WEB_ORIGIN.exec(origin) ?? [];
  const page = parseAuthority(rest);
  if (!page) return false;
  const defaultPort = scheme.toLowerCase() === "https" ? "443" : "80";
  const portOf = ({ port }: Authority) => port || defaultPort;
  return page.hostname === addressedTo.hostname && portOf(page) === portOf(addressedTo);
}
