import { ApiError } from "../../core/error.ts";

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
function isLoopback(hostname: string): boolean {
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    hostname === "[::1]" ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname)
  );
}

type HostCheckOptions = {
  /** Whether requests need a key. A page that rebinds has none, so any name will do then. */
  readonly wantsKey: boolean;
  /** What this machine calls itself. */
  readonly machineName: string;
  /** Further names it may be addressed by, each `name` (any port) or `name:port`. */
  readonly allowedHosts: readonly string[];
};

const LONGEST_QUOTE = 100;

/** A name as an error may quote it. */
export function quotable(name: string): string {
  return name.length > LONGEST_QUOTE ? `${name.slice(0, LONGEST_QUOTE)}…` : name;
}

/**
 * What programs in containers and virtual machines call the machine that these run on. `.internal` is reserved for private use (ICANN,
 * 2024), so no page can have such a name.
 */
const CONTAINER_NAMES: readonly string[] = [
  "host.docker.internal",
  "gateway.docker.internal",
  "host.containers.internal",
  "host.orb.internal",
  "host.lima.internal",
];

/**
 * Keeps DNS rebinding out: a page of evil.example, whose name the attacker's DNS suddenly points at 127.0.0.1, is of our
 * own origin as far as the browser knows, but its requests still say `Host: evil.example`.
 */
export function hostCheck({ wantsKey, machineName, allowedHosts }: HostCheckOptions) {
  const own = [...CONTAINER_NAMES, ...namesOf(machineName)];
  const allowed = allowedHosts.map(parseAuthority).filter((entry) => entry !== undefined);
  const accepts = (given: Authority) =>
    wantsKey ||
    isLoopback(given.hostname) ||
    own.includes(given.hostname) ||
    allowed.some((entry) => entry.hostname === given.hostname && (entry.port === "" || samePort(entry, given)));
  /** The authority a request is addressed to, by its header. Throws host_refused when it is none of ours. */
  return (header: string | null): Authority => {
    const authority = parseAuthority(header ?? "");
    if (!authority) {
      throw new ApiError("host_refused", "The request needs exactly one Host header of the form name or name:port.");
    }
    if (accepts(authority)) return authority;
    const name = quotable(authority.hostname);
    throw new ApiError(
      "host_refused",
      `This server does not answer to the name '${name}', which keeps web pages from reaching it through DNS rebinding. ` +
        `Use http://127.0.0.1 or http://localhost, or start the server with --allowed-host ${name}.`,
    );
  };
}

/** A name with a domain is left out: a network may give a machine any, such as one whose owner has pages. */
function namesOf(machineName: string): string[] {
  const [label = ""] = machineName.toLowerCase().split(".");
  return label === "" ? [] : [label, `${label}.local`];
}

/** A Host without a port stands for the scheme's own, and behind a proxy that ends TLS the scheme is not known here. */
function samePort(entry: Authority, given: Authority): boolean {
  return given.port === "" ? ["80", "443"].includes(entry.port) : entry.port === given.port;
}
