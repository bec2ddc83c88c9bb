import type { Asker } from "../api/clients.ts";
import { isLoopbackHost } from "../config/network-names.ts";
import type { Caller } from "../core/turn-record.ts";
import type { Exchange } from "./exchange.ts";

/**
 * Whose request it is, for the queue: that of a key's owner, else of a program on a machine. A program has many connections, and may take
 * either loopback address, so it is known by what it calls itself.
 */
export function clientOf(headers: Headers, address = "", keyName?: string): string {
  if (keyName !== undefined) return JSON.stringify(["key", keyName]);
  const machine = isLoopbackHost(address) ? "this machine" : address;
  return JSON.stringify(["program", machine, headers.get("user-agent") ?? ""]);
}

/** Who asks by a request, for the dialects to tell. */
export function askerOf({ headers }: Request, exchange: Exchange): Asker {
  const { address, keyName, target, owner } = exchange;
  const caller: Caller = {
    dialect: dialectOf(target.path),
    client: programOf(headers.get("user-agent") ?? ""),
    key: keyName,
    onBegun: () => {
      exchange.openTurns++;
    },
    onTurn: (turn) => {
      exchange.turns.push(turn);
      if (--exchange.openTurns === 0) exchange.onTurnsOver?.();
    },
  };
  return { client: clientOf(headers, address, keyName), caller, owner };
}

function dialectOf(path: string): Caller["dialect"] {
  if (path.startsWith("/v1/messages")) return "messages";
  if (path.startsWith("/v1/responses")) return "responses";
  return path.startsWith("/v1/completions") ? "completions" : "chat";
}

/** Programs that call themselves otherwise than people do. */
const NAMES: Readonly<Record<string, string>> = {
  "claude-cli": "claude-code",
  codex_cli_rs: "codex",
  "codex-tui": "codex",
  codex_exec: "codex",
  kimicli: "kimi-code",
  qwencode: "qwen-code",
  "openai/python": "openai-python",
  "asyncopenai/python": "openai-python",
  "openai/js": "openai-node",
  "anthropic/python": "anthropic-python",
  "asyncanthropic/python": "anthropic-python",
  "anthropic/js": "anthropic-node",
  mozilla: "browser",
};

/** The programs whose names are told apart in metrics; all others are one there. */
export const KNOWN_PROGRAMS: readonly string[] = [
  ...new Set([...Object.values(NAMES), "ai-sdk", "cline", "continue", "curl", "kilo-code", "opencode", "pi", "zed"]),
];

const LONGEST_NAME = 40;

/** A program's name by the first word of its User-Agent, without its version. */
function programOf(userAgent: string): string {
  const [, product = "", version = ""] = /^([A-Za-z][\w.@-]*)(?:\/([\w.-]+))?/.exec(userAgent) ?? [];
  const name = product.toLowerCase().slice(0, LONGEST_NAME);
  return NAMES[`${name}/${version.toLowerCase()}`] ?? NAMES[name] ?? (name === "" ? "unknown" : name);
}
