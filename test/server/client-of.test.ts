import { expect, test } from "bun:test";
import { clientOf } from "../../src/server/client-of.ts";

const program = (userAgent: string | undefined, address?: string, keyName?: string) =>
  clientOf(new Headers(userAgent === undefined ? {} : { "user-agent": userAgent }), address, keyName);

test("a program is one client by whichever loopback address it comes", () => {
  expect(new Set(["127.0.0.1", "127.0.0.2", "::1"].map((address) => program("a/1", address))).size).toBe(1);
});

test("other programs, and the same one on another machine, are other clients", () => {
  const all = [program("a/1", "127.0.0.1"), program("a/2", "127.0.0.1"), program(undefined, "127.0.0.1")];
  const others = [program("a/1", "192.0.2.1"), program("a/1", "192.0.2.2"), program("a/1")];
  expect(new Set([...all, ...others]).size).toBe(6);
});

test("whoever has a key with a name is one client, whatever it asks with and from where", () => {
  expect(program("a/1", "127.0.0.1", "ann")).toBe(program("b/1", "192.0.2.1", "ann"));
  expect(program("a/1", "127.0.0.1", "ann")).not.toBe(program("a/1", "127.0.0.1", "bob"));
  expect(program("ann")).not.toBe(program(undefined, undefined, "ann"));
});
