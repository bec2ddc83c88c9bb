import { canonicalJson } from "../../core/json.ts";
import type { Turn } from "../../core/request.ts";
import { toolCallsOf } from "../../core/tool-calls.ts";
import { hasThinking, isBlank, textOf } from "../../core/turns.ts";
import type { Profile } from "../pool/profile.ts";
import { isLight } from "../pool/transcript.ts";
import type { TurnSettings } from "../pool/turn-settings.ts";
import type { Worker } from "../pool/worker.ts";
import { RecentMap } from "../recent-map.ts";

/** A hash of a conversation and of what else the model is told (`setting`). It is the same for all ways of telling the same answers again. */
export function conversationHash(setting: string, turns: readonly Turn[]): string {
  return prefixHashes(setting, turns).at(-1) ?? "";
}

/** The hashes of all beginnings of the conversation, from none of its turns to all. */
export function prefixHashes(setting: string, turns: readonly Turn[]): string[] {
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

/** Anthropic keeps a prompt cache of the CLI's for an hour after its last use; a little less, so as not to hope in vain. */
const CACHED_MS = 55 * 60_000;
/** A few dozen bytes each. */
const MOST = 1_000;

/**
 * Conversations that were served lately, and so lie in Anthropic's prompt cache, to be known again when their process has gone. Only
 * a hash of each is kept.
 */
export class ServedConversations {
  readonly #now: () => number;
  /** When each was served last. */
  readonly #servedAt = new RecentMap<string, number>(MOST);

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** `setting`: what else the model is told. `turns`: the conversation up to its last answer. */
  add(setting: string, turns: readonly Turn[]): void {
    this.#servedAt.set(conversationHash(setting, turns), this.#now());
  }

  /** Whether the conversation was served so lately that a request that goes on with it can be read from the cache. */
  has(setting: string, turns: readonly Turn[]): boolean {
    const at = this.#servedAt.get(conversationHash(setting, turns));
    return at !== undefined && this.#now() - at < CACHED_MS;
  }
}

/** What the model is told beside the conversation: Anthropic's cache holds a conversation with it, the schema of the answer included. */
export function settingOf(profile: Profile, model: string, settings: TurnSettings | undefined): string {
  return JSON.stringify([model, profile.promptKey, settings?.outputSchema]);
}

/**
 * The conversation of a process, if it is worth restoring in another should this one go: since Anthropic's prompt cache holds it, as it does
 * long ones (`isCached`), or since there is thinking in it.
 */
export function restorableTurns({ profile, model, transcript, settings }: Worker) {
  if (profile === undefined || model === undefined) return undefined;
  const turns: readonly Turn[] = transcript.flatMap((entry) => entry.turn ?? []);
  const isCached = !isLight(transcript);
  if (turns.length < transcript.length || (!isCached && !hasThinking(turns))) return undefined;
  return { setting: settingOf(profile, model, settings), model, turns, isCached };
}
