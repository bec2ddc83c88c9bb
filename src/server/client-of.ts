import { isLoopbackHost } from "../config/network-names.ts";

export type ClientFacts = {
  /** The name of the key that the request carries, where keys have names. */
  readonly keyName?: string | undefined;
  /** Where its connection comes from, where that is known. */
  readonly address?: string | undefined;
  readonly headers: Headers;
};

/**
 * Whose request it is, for the queue: that of a key's owner, else of a program on a machine. A program has many connections, and may take
 * either loopback address, so it is known by what it calls itself.
 */
export function clientOf({ keyName, address = "", headers }: ClientFacts): string {
  if (keyName !== undefined) return JSON.stringify(["key", keyName]);
  const machine = isLoopbackHost(address) ? "this machine" : address;
  return JSON.stringify(["program", machine, headers.get("user-agent") ?? ""]);
}
