import { BlockList, isIPv4, isIPv6 } from "node:net";

type Family = "ipv4" | "ipv6";

function ranges(family: Family, subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = "", prefix = ""] = subnet.split("/");
    list.addSubnet(network, Number(prefix), family);
  }
  return list;
}

// IANA's special-purpose registries, without their exceptions: some anycast services are reachable by everybody, but they are
// answered by the nearest node, which may stand in the user's own network, and no image is there.
const SPECIAL_IPV4 = ranges("ipv4", [
  "0.0.0.0/8", // this network
  "10.0.0.0/8", // private
  "100.64.0.0/10", // carrier's NAT, also overlay networks
  "127.0.0.0/8", // loopback
  "169.254.0.0/16", // link-local, also the metadata of cloud machines
  "172.16.0.0/12", // private
  "192.0.0.0/24", // protocol assignments
  "192.0.2.0/24", // documentation
  "192.31.196.0/24", // AS112
  "192.52.193.0/24", // AMT relays
  "192.88.99.0/24", // 6to4 relays, withdrawn
  "192.168.0.0/16", // private
  "192.175.48.0/24", // AS112
  "198.18.0.0/15", // benchmarks
  "198.51.100.0/24", // documentation
  "203.0.113.0/24", // documentation
  "224.0.0.0/4", // multicast
  "240.0.0.0/4", // reserved, and broadcast
]);

/** All of IPv6 that is given out as global unicast. Loopback, link-local, site-local, unique local and multicast lie outside. */
const GLOBAL_UNICAST = ranges("ipv6", ["2000::/3"]);

const SPECIAL_IPV6 = ranges("ipv6", [
  "2001::/23", // protocol assignments, with Teredo, which carries an IPv4 address
  "2001:db8::/32", // documentation
  "2002::/16", // 6to4, which carries an IPv4 address
  "2620:4f:8000::/48", // AS112
  "3fff::/20", // documentation
]);

/** IPv4 addresses written as IPv6: mapped ones, and those that a NAT64 gateway translates. */
const IPV4_IN_IPV6 = ranges("ipv6", ["::ffff:0:0/96", "64:ff9b::/96"]);

/**
 * Whether an address is one of the public internet: globally reachable unicast. Takes the notations that `node:net` calls an IP
 * address (IPv6 without brackets); whatever else is given, also with a zone, is not public.
 */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !SPECIAL_IPV4.check(address, "ipv4");
  if (!isIPv6(address) || address.includes("%")) return false;
  if (IPV4_IN_IPV6.check(address, "ipv6")) return isPublicAddress(lastFourBytes(address));
  return GLOBAL_UNICAST.check(address, "ipv6") && !SPECIAL_IPV6.check(address, "ipv6");
}

/** The last 32 bits of an IPv6 address that has zeros before them, as an IPv4 address. */
function lastFourBytes(address: string): string {
  // URL writes every notation in one way: hexadecimal groups, the zeros left out.
  const written = URL.parse(`https://[${address}]`)?.hostname.slice(1, -1) ?? "";
  const [low, high] = written.split(":").reverse();
  const bytes = [high, low].flatMap((group) => {
    const value = Number.parseInt(group || "0", 16);
    return [value >> 8, value & 0xff];
  });
  return bytes.join(".");
}
