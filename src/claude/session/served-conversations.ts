import type { Turn } from "../../core/request.ts";
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
