import { canonicalJson } from "../../core/json.ts";
import type { Turn } from "../../core/request.ts";
import { toolCallsOf } from "../../core/tool-calls.ts";
import { isBlank, textOf } from "../../core/turns.ts";

/** Of a conversation and what else the model is told, `setting`: one for all ways of telling the same answers again. */
export function hashOf(setting: string, turns: readonly Turn[]): string {
  return hashesOf(setting, turns).at(-1) ?? "";
}

/** The same of each of its beginnings, from none of its turns to all. */
export function hashesOf(setting: string, turns: readonly Turn[]): string[] {
  const hashes = [hash(setting)];
  for (const turn of turns) {
    hashes.push(hash(`${hashes.at(-1)}${JSON.stringify(turn.role === "user" ? turn.content : told(turn))}`));
  }
  return hashes;
}

function hash(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("base64");
}

/** An answer in the form in which all ways of telling it again are one: see `matchTranscript`. */
function told(turn: Turn) {
  const text = textOf(turn);
  return [
    isBlank(text) ? "" : text.trimEnd(),
    toolCallsOf(turn).map(({ id, name, args }) => [id, name, canonicalArgs(args)]),
  ];
}

function canonicalArgs(args: string): string {
  try {
    return canonicalJson(JSON.parse(args));
  } catch {
    return args;
  }
}
