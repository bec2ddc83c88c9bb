import { ApiError } from "../core/error.ts";
import { type Authority, isIpLiteral, isLoopback, parseAuthority, parseListenHost } from "./authority.ts";

export type HostCheckOptions = {
  /** The address the server listens on. */
  readonly host: string;
  /** Further names it may be addressed by, each `name` (any port) or `name:port`. */
  readonly allowedHosts: readonly string[];
};

const LONGEST_QUOTE = 100;

/**
 * Keeps DNS rebinding out: a page of evil.example, whose name the attacker's DNS suddenly points at 127.0.0.1, is of our
 * own origin as far as the browser knows, but its requests still say `Host: evil.example`.
 */
export class HostCheck {
  readonly #listening: Authority | undefined;
  readonly #allowed: readonly Authority[];

  constructor({ host, allowedHosts }: HostCheckOptions) {
    this.#listening = parseListenHost(host);
    this.#allowed = allowedHosts.map(parseAuthority).filter((entry) => entry !== undefined);
  }

  /** The authority a request is addressed to. Throws host_refused when it is none of ours. */
  check(header: string | null): Authority {
    const authority = header === null ? undefined : parseAuthority(header);
    if (!authority) {
      throw new ApiError("host_refused", "The request needs exactly one Host header of the form name or name:port.");
    }
    if (!this.#accepts(authority)) {
      const { hostname } = authority;
      const name = hostname.length > LONGEST_QUOTE ? `${hostname.slice(0, LONGEST_QUOTE)}…` : hostname;
      throw new ApiError(
        "host_refused",
        `This server does not answer to the name '${name}', which keeps web pages from reaching it through DNS rebinding. ` +
          `Use http://127.0.0.1 or http://localhost, or start the server with --allowed-host ${name}.`,
      );
    }
    return authority;
  }

  #accepts(authority: Authority): boolean {
    const { hostname } = authority;
    if (isLoopback(hostname) || hostname === this.#listening?.hostname) return true;
    // Rebinding needs a name, and beyond loopback every request needs a key anyway.
    if (isIpLiteral(hostname) && this.#listening && !isLoopback(this.#listening.hostname)) return true;
    return this.#allowed.some(
      (entry) => entry.hostname === hostname && (entry.port === "" || samePort(entry, authority)),
    );
  }
}

/** A Host without a port stands for the scheme's own, and behind a proxy that ends TLS the scheme is not known here. */
function samePort(entry: Authority, given: Authority): boolean {
  return given.port === "" ? ["80", "443"].includes(entry.port) : entry.port === given.port;
}
