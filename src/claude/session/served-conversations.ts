import type { Turn } from "../../core/request.ts";
import { hasThinking } from "../../core/turns.ts";
import type { Profile } from "../pool/profile.ts";
import { isLight } from "../pool/transcript.ts";
import type { TurnSettings } from "../pool/turn-settings.ts";
import type { Worker } from "../pool/worker.ts";
import { hashOf } from "./conversation-hash.ts";

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
  /** When each was served last; the one served longest ago first. */
  readonly #servedAt = new Map<string, number>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** `setting`: what else the model is told. `turns`: the conversation up to its last answer. */
  add(setting: string, turns: readonly Turn[]): void {
    const key = hashOf(setting, turns);
    this.#servedAt.delete(key);
    this.#servedAt.set(key, this.#now());
    const [oldest] = this.#servedAt.keys();
    if (this.#servedAt.size > MOST && oldest !== undefined) this.#servedAt.delete(oldest);
  }

  /** Whether the conversation was served so lately that a request that goes on with it can be read from the cache. */
  has(setting: string, turns: readonly Turn[]): boolean {
    const at = this.#servedAt.get(hashOf(setting, turns));
    return at !== undefined && this.#now() - at < CACHED_MS;
  }
}

/** What the model is told beside the conversation: Anthropic's cache holds a conversation with it, the schema of the answer included. */
export function settingOf(profile: Profile, model: string, settings: TurnSettings | undefined): string {
  return JSON.stringify([model, profile.promptKey, settings?.outputSchema]);
}

/**
 * What should be told to another process as this one knows it, were it gone: what Anthropic's prompt cache holds, which is no short
 * conversation (`isCached`), and what was thought in one.
 */
export function restorableTurns({ profile, model, transcript, settings }: Worker) {
  if (profile === undefined || model === undefined) return undefined;
  const turns: readonly Turn[] = transcript.flatMap((entry) => entry.turn ?? []);
  const isCached = !isLight(transcript);
  if (turns.length < transcript.length || (!isCached && !hasThinking(turns))) return undefined;
  return { setting: settingOf(profile, model, settings), model, turns, isCached };
}
