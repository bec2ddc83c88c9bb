import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { isPublicAddress } from "../../src/media/public-address.ts";

// First and last address of each range that is not public, and the neighbours that are.
const SPECIAL_IPV4 = [
  ["0.0.0.0", "0.255.255.255", undefined, "1.0.0.0"],
  ["10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0"],
  ["100.64.0.0", "100.127.255.255", "100.63.255.255", "100.128.0.0"],
  ["127.0.0.0", "127.255.255.255", "126.255.255.255", "128.0.0.0"],
  ["169.254.0.0", "169.254.255.255", "169.253.255.255", "169.255.0.0"],
  ["172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0"],
  ["192.0.0.0", "192.0.0.255", "191.255.255.255", "192.0.1.0"],
  ["192.0.2.0", "192.0.2.255", "192.0.1.255", "192.0.3.0"],
  ["192.31.196.0", "192.31.196.255", "192.31.195.255", "192.31.197.0"],
  ["192.52.193.0", "192.52.193.255", "192.52.192.255", "192.52.194.0"],
  ["192.88.99.0", "192.88.99.255", "192.88.98.255", "192.88.100.0"],
  ["192.168.0.0", "192.168.255.255", "192.167.255.255", "192.169.0.0"],
  ["192.175.48.0", "192.175.48.255", "192.175.47.255", "192.175.49.0"],
  ["198.18.0.0", "198.19.255.255", "198.17.255.255", "198.20.0.0"],
  ["198.51.100.0", "198.51.100.255", "198.51.99.255", "198.51.101.0"],
  ["203.0.113.0", "203.0.113.255", "203.0.112.255", "203.0.114.0"],
  ["224.0.0.0", "255.255.255.255", "223.255.255.255", undefined],
] as const;

const hex = (address: string) => {
  const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
  return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
};
/** The notations that carry an IPv4 address, and are judged by it. */
const carriersOf = (address: string) => [
  address,
  `::ffff:${address}`,
  `::FFFF:${hex(address)}`,
  `0:0:0:0:0:ffff:${hex(address)}`,
  `64:ff9b::${address}`,
  `0064:ff9b:0000:0:0:0:${hex(address)}`,
];

describe.each(SPECIAL_IPV4)("%s to %s is not public, its neighbours are", (first, last, before, after) => {
  test.each([first, last].flatMap(carriersOf))("%s is not", (address) => expect(isPublicAddress(address)).toBe(false));
  const neighbours = [before, after].filter((address) => address !== undefined);
  test.each(neighbours.flatMap(carriersOf))("%s is", (address) => expect(isPublicAddress(address)).toBe(true));
});

test.each(["8.8.8.8", "1.1.1.1", "93.184.215.14", "169.255.0.1", "2606:4700:4700::1111", "2a00:1450:4001::200e"])(
  "%s is public",
  (address) => expect(isPublicAddress(address)).toBe(true),
);

describe("IPv6: global unicast is public, everything else is not", () => {
  test.each([
    "2000::",
    "2001:200::",
    "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
    "2001:db9::",
    "2003::",
    "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "2620:4f:7fff:ffff:ffff:ffff:ffff:ffff",
    "2620:4f:8001::",
    "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "3fff:1000::",
    "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "2A00::1",
    "2606:4700::8.8.8.8",
  ])("%s is", (address) => expect(isPublicAddress(address)).toBe(true));

  test.each([
    "::",
    "::1",
    "0:0:0:0:0:0:0:1",
    "::8.8.8.8", // IPv4-compatible, withdrawn
    "::ffff:0:8.8.8.8", // IPv4-translated
    "64:ff9a::8.8.8.8",
    "64:ff9b:0:0:0:1:808:808",
    "64:ff9b:1::8.8.8.8",
    "64:ff9b:1:ffff:ffff:ffff:808:808",
    "100::",
    "100::ffff:ffff:ffff:ffff",
    "100:0:0:1::1",
    "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "2001::",
    "2001::5:8.8.8.8", // Teredo
    "2001:1::1",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
    "2001:db8::",
    "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
    "2002::",
    "2002:808:808::1", // 6to4
    "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "2620:4f:8000::",
    "2620:4f:8000:ffff:ffff:ffff:ffff:ffff",
    "3fff::",
    "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
    "4000::",
    "5f00::1",
    "fc00::",
    "fd12:3456:789a::1",
    "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "fe80::1",
    "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "fec0::1",
    "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "ff00::",
    "ff02::1",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
  ])("%s is not", (address) => expect(isPublicAddress(address)).toBe(false));
});

describe("whatever is not plainly an address is not public", () => {
  test.each([
    "",
    " ",
    "example.com",
    "localhost",
    "8.8.8",
    "8.8.8.8.8",
    "8.8.8.256",
    "8.8.8.8 ",
    " 8.8.8.8",
    "8.8.8.8.",
    "8.8.8.8:443",
    "8.8.8.8/32",
    "8.8.8.8\0",
    "8.8.8.8%1",
    "8.8.8.08",
    "010.8.8.8",
    "0x8.8.8.8",
    "0x08080808",
    "134744072",
    "8.526344",
    "８.8.8.8",
    "8。8。8。8",
    "+8.8.8.8",
    "-8.8.8.8",
    "[2606:4700::1]",
    "2606:4700::1%eth0",
    "2606:4700::1%25eth0",
    "2606:4700::1%",
    "::ffff:8.8.8.8%1",
    "::ffff:8.8.8",
    "::ffff:010.8.8.8",
    "::ffff:0x8.8.8.8",
    "2606::4700::1",
    "2606:4700:1",
    "2606:4700:0:0:0:0:0:0:1",
    "2606:47000::1",
    "2606:4700::g",
    "2606:4700::1/128",
  ])("%j", (address) => expect(isPublicAddress(address)).toBe(false));
});

test("an IPv4 address is judged the same in each notation that carries it", () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      const [plain, ...carried] = carriersOf(address).map(isPublicAddress);
      expect(carried).toEqual(carried.map(() => plain === true));
    }),
  );
});

test("no text makes it throw", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.ipV6(), fc.ipV4Extended()), (text) => void isPublicAddress(text)));
});
