import { BlockList, isIP } from "node:net";

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** Whether only this machine reaches a server listening on `host`. A name other than `localhost` may resolve to anything. */
export function isLoopbackHost(host: string): boolean {
  const version = isIP(host);
  if (version === 0) return host.toLowerCase() === "localhost";
  return LOOPBACK.check(host, version === 4 ? "ipv4" : "ipv6");
}

/** A host name or an IP address (IPv6 without brackets), without scheme, port or path. */
export function isHost(text: string): boolean {
  return isIP(text) !== 0 || /^[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?$/i.test(text);
}

/** Credentials in it are refused: the URL stands in command lines, which other users of the machine can read. */
export function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return ["http:", "https:"].includes(protocol) && username === "" && password === "";
}

/** What `host` is listened on. `localhost` is both loopback addresses: which of them a client takes it for differs. */
export function listenAddresses(host: string): readonly string[] {
  return host.toLowerCase() === "localhost" ? ["127.0.0.1", "::1"] : [host];
}

/** The system's codes for an address that the machine does not have: IPv6 is turned off, for one. */
export const MISSING_ADDRESS: readonly string[] = ["EADDRNOTAVAIL", "EAFNOSUPPORT"];

/** The address to put in a URL for a server listening on `host`: the wildcard addresses are for listening, not for calling. */
export function reachableHost(host: string): string {
  if (host.toLowerCase() === "localhost") return "127.0.0.1";
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}
