const ORIGIN = /^(?<scheme>[a-z][a-z0-9+.-]*):\/\/(?<host>\[[0-9a-f:.]+\]|[*a-z0-9._-]*)(?::(?<port>\d{1,5}|\*))?$/i;

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/** `*.` before a name of two labels at least. */
const SUBDOMAINS = /^\*\.[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$/;

/**
 * Whether a text names origins: one (`scheme://host[:port]`, `file://`, `null`), all of a scheme that is no web's (`app://*`), those below
 * a domain (`https://*.example.com`), or all ports of this machine (`http://localhost:*`). No other wildcard is one.
 */
export function isOriginPattern(text: string): boolean {
  const pattern = normalizeOrigin(text);
  if (pattern === "null") return true;
  const { scheme = "", host = "", port = "" } = ORIGIN.exec(pattern)?.groups ?? {};
  if (scheme === "") return false;
  if (!isWeb(scheme)) return host === "*" ? port === "" : !`${host}${port}`.includes("*");
  if (port === "*") return LOOPBACK.includes(host);
  return SUBDOMAINS.test(host) || (host !== "" && !host.includes("*") && URL.canParse(pattern));
}

/** Whether an origin, as a browser sends it, is among those that a pattern names; both in their normal form. */
export function isOriginOf(pattern: string, origin: string): boolean {
  if (!pattern.includes("*")) return pattern === origin;
  const wanted = ORIGIN.exec(pattern)?.groups;
  const given = ORIGIN.exec(origin)?.groups;
  if (!wanted || !given || wanted.scheme !== given.scheme || origin.includes("*")) return false;
  if (wanted.port === "*") return wanted.host === given.host;
  if (wanted.host === "*") return true;
  return wanted.port === given.port && given.host?.endsWith(wanted.host?.slice(1) ?? "") === true;
}

/** The form browsers send: in lower case, without a slash at the end and, for the web's own schemes, without a default port. */
export function normalizeOrigin(origin: string): string {
  const lower = origin.toLowerCase().replace(/^([^:]*:\/\/[^/]*)\/+$/, "$1");
  return lower.replace(/^(http:\/\/.+):80$|^(https:\/\/.+):443$/, "$1$2");
}

function isWeb(scheme: string): boolean {
  return scheme === "http" || scheme === "https";
}
