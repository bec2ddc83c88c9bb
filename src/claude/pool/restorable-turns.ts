import type { Turn } from "../../core/request.ts";
import { hasThinking } from "../../core/thinking.ts";
import { type Profile, promptKeyOf } from "./profile.ts";
import { isLight } from "./transcript.ts";
import type { TurnSettings } from "./turn-settings.ts";
import type { Worker } from "./worker.ts";

/** What the model is told beside the conversation: Anthropic's cache holds a conversation with it, the schema of the answer included. */
export function settingOf(profile: Profile, model: string, settings: TurnSettings | undefined): string {
  return JSON.stringify([model, promptKeyOf(profile), settings?.outputSchema]);
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
