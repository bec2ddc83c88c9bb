import { describe, expect, test } from "bun:test";
import { listenAddresses, nearestHost, networkUrls } from "../../src/config/network-names.ts";

describe("what several hosts are listened on", () => {
  test.each([
    [["localhost"], ["127.0.0.1", "::1"]],
    [
      ["LOCALHOST", "127.0.0.1", "192.0.2.2"],
      ["127.0.0.1", "::1", "192.0.2.2"],
    ],
    [
      ["localhost", "0.0.0.0", "192.0.2.2"],
      ["::1", "0.0.0.0"],
    ],
    [["localhost", "::", "192.0.2.2"], ["::"]],
  ])("%p: %p", (hosts, addresses) => expect(listenAddresses(hosts)).toEqual(addresses));
});

test("programs of this machine take a loopback address, or the wildcard, where there is one", () => {
  expect(nearestHost(["192.0.2.2", "localhost"])).toBe("localhost");
  expect(nearestHost(["192.0.2.2", "0.0.0.0"])).toBe("0.0.0.0");
  expect(nearestHost(["192.0.2.2", "box.lan"])).toBe("192.0.2.2");
});

describe("where other machines reach the server", () => {
  const at = (address: string, { internal = false, family = "IPv4" as "IPv4" | "IPv6" } = {}) => {
    return { address, family, internal };
  };
  const interfaces = {
    lo: [at("127.0.0.1", { internal: true })],
    eth0: [at("192.0.2.2"), at("fe80::1", { family: "IPv6" }), at("169.254.3.4")],
    docker0: [at("172.17.0.1")],
    tailscale0: [at("100.64.0.7")],
  };
  test.each([
    ["nowhere on loopback", ["localhost", "127.0.0.2"], []],
    ["at each address of a network, for a wildcard", ["0.0.0.0"], ["http://192.0.2.2:3456", "http://100.64.0.7:3456"]],
    [
      "at what is named, each once",
      ["localhost", "::", "192.0.2.2", "box.lan"],
      ["http://192.0.2.2:3456", "http://100.64.0.7:3456", "http://box.lan:3456"],
    ],
  ])("%s", (_, hosts, urls) => expect(networkUrls(hosts, 3456, interfaces)).toEqual(urls));
});
