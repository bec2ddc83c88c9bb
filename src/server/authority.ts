/** A `host[:port]`, in lower case, without a trailing dot; `port` is empty when none was given. */
export type Authority = { readonly hostname: string; readonly port: string };

const AUTHORITY = /^(?:\[[\da-f:.]+\]|[a-z\d._-]+)(?::(\d{1,5}))?$/i;

/** Reads a Host header's value. Anything but one plain `host[:port]` is undefined: lists, user names, paths, escapes. */
export function parseAuthority(text: string): Authority | undefined {
  const match = AUTHORITY.exec(text);
  const url = `http://${text}`;
  if (!match || !URL.canParse(url)) return undefined;
  return { hostname: new URL(url).hostname.replace(/\.$/, ""), port: match[1] ?? "" };
}

/**
 * Names that mean this machine to a browser, whatever a DNS server says. `*.localhost` is among them: the name is reserved
 * (RFC 6761), so no attacker can own one and point it elsewhere and back, and local reverse proxies hand such names out.
 */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    hostname === "[::1]" ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname)
  );
}
