import { attempt } from "../../core/attempt.ts";
import { canonicalJson } from "../../core/json.ts";
import { atOnce, each, inTurns, type Steps } from "../../core/pace.ts";
import type { Turn } from "../../core/request.ts";
import { toolCallsOf } from "../../core/tool-calls.ts";
import { hasThinking, isBlank, textOf } from "../../core/turns.ts";
import type { Profile } from "../pool/profile.ts";
import { isLight } from "../pool/transcript.ts";
import type { TurnSettings } from "../pool/turn-settings.ts";
import type { Worker } from "../pool/worker.ts";
import { RecentMap } from "../recent-map.ts";

/** Hashes a conversation, of which each turn is added as {@link hashed} tells it, with what else the model is told (`setting`). */
const hasherOf = (setting: string) => new Bun.CryptoHasher("sha256").update(JSON.stringify(setting));

/** The same for all ways of telling the same answers again. */
const hashed = (turn: Turn) => JSON.stringify(turn.role === "user" ? turn.content : told(turn));

/** The hash of a conversation, and of what else the model is told. */
export function* conversationHash(setting: string, turns: readonly Turn[]): Steps<string> {
  const hasher = hasherOf(setting);
  yield* each(turns, (turn) => hasher.update(hashed(turn)));
  return hasher.digest("base64");
}

/** The hashes of what stands before some turns of a conversation, by the places of these, which are to be asked for in their order. */
export function hashesBefore(setting: string, turns: readonly Turn[]): (index: number) => string {
  const hasher = hasherOf(setting);
  let added = 0;
  return (index) => {
    for (const turn of turns.slice(added, index)) hasher.update(hashed(turn));
    added = Math.max(added, index);
    return hasher.copy().digest("base64");
  };
}

/** An answer in the form in which all ways of telling it again are one: see `matchTranscript`. */
function told(turn: Turn) {
  const text = textOf(turn);
  return [
    isBlank(text) ? "" : text.trimEnd(),
    toolCallsOf(turn).map(({ id, name, args }) => [id, name, attempt(() => canonicalJson(JSON.parse(args))) ?? args]),
  ];
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
  async add(setting: string, turns: readonly Turn[]): Promise<void> {
    const at = this.#now();
    this.#servedAt.set(await inTurns(conversationHash(setting, turns)), at);
  }

  /** Whether the conversation, a short one, was served so lately that a request that goes on with it can be read from the cache. */
  has(setting: string, turns: readonly Turn[]): boolean {
    const at = this.#servedAt.get(atOnce(conversationHash(setting, turns)));
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
  const turns: Turn[] = [];
  for (const { turn } of transcript) if (turn) turns.push(turn);
  const isCached = !isLight(transcript);
  if (turns.length < transcript.length || (!isCached && !hasThinking(turns))) return undefined;
  return { setting: settingOf(profile, model, settings), model, turns, isCached };
}
