import { networkSettings } from "../../claude/cli/network-settings.ts";
import type { Surroundings } from "../command.ts";
import type { Finding } from "./finding.ts";

/** By which variables the CLI reaches the network, and where they are set. Names alone: a proxy's value may hold a password. */
export function checkNetwork(surroundings: Pick<Surroundings, "env" | "home" | "platform" | "readFile">): Finding[] {
  const settings = networkSettings(surroundings, surroundings.readFile);
  if (settings.length === 0) return [];
  const list = settings.map(({ name, file = "the environment" }) => `${name} (${file})`).join(", ");
  return [{ check: "cli", status: "ok", message: `To reach the network it gets ${list}.` }];
}
