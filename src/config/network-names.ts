import { BlockList, isIP } from "node:net";
import type { NetworkInterfaceInfo } from "node:os";

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

/**
 * What several hosts are listened on. `localhost` is both loopback addresses: which of them a client takes it for differs. What a wildcard
 * holds is not listened on beside it; `::` holds IPv4, too.
 */
export function listenAddresses(hosts: readonly string[]): readonly string[] {
  const each = hosts.flatMap((host) => (host.toLowerCase() === "localhost" ? ["127.0.0.1", "::1"] : [host]));
  const addresses = [...new Set(each)];
  if (addresses.includes("::")) return ["::"];
  return addresses.includes("0.0.0.0")
    ? addresses.filter((address) => address === "0.0.0.0" || isIP(address) !== 4)
    : addresses;
}

/** The one of several hosts by which programs of this machine reach the server. */
export function nearestHost(hosts: readonly string[]): string {
  return hosts.find((host) => isLoopbackHost(host) || isWildcard(host)) ?? hosts[0] ?? "localhost";
}

const isWildcard = (host: string) => host === "0.0.0.0" || host === "::";

type Interface = Pick<NetworkInterfaceInfo, "address" | "family" | "internal">;

/** Networks of containers and virtual machines, which no other machine is in. */
const VIRTUAL = /^(docker|br-|bridge|veth|vEthernet|virbr|podman|cni|flannel|lxc|vmnet|vboxnet)/;

/** Where other machines reach a server that listens on these hosts, without a path; nowhere where these are loopback addresses alone. */
export function networkUrls(
  hosts: readonly string[],
  port: number,
  interfaces: Readonly<Record<string, readonly Interface[] | undefined>>,
): readonly string[] {
  const ofMachine = Object.entries(interfaces).flatMap(([name, infos = []]) =>
    VIRTUAL.test(name) ? [] : infos.filter((info) => info.family === "IPv4" && isReachable(info)),
  );
  const addresses = hosts.flatMap((host) => {
    if (isWildcard(host)) return ofMachine.map(({ address }) => address);
    return isLoopbackHost(host) ? [] : [host];
  });
  return [...new Set(addresses)].map((address) => `http://${reachableHost(address)}:${port}`);
}

/** An address that a network gave to itself, for want of another, does not last. */
const isReachable = ({ internal, address }: Interface) => !internal && !address.startsWith("169.254.");

/** The system's codes for an address that the machine does not have: IPv6 is turned off, for one. */
export const MISSING_ADDRESS: readonly string[] = ["EADDRNOTAVAIL", "EAFNOSUPPORT"];

/** The address to put in a URL for a server listening on `host`: the wildcard addresses are for listening, not for calling. */
export function reachableHost(host: string): string {
  if (host.toLowerCase() === "localhost" || host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}
