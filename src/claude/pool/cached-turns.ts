import type { Turn } from "../../core/request.ts";
import { isLight } from "./policy.ts";
import { type Profile, promptKeyOf } from "./profile.ts";
import type { TurnSettings } from "./turn-settings.ts";
import type { Worker } from "./worker.ts";

/** What the model is told beside the conversation: Anthropic's cache holds a conversation with it, the schema of the answer included. */
export function settingOf(profile: Profile, model: string, settings: TurnSettings | undefined): string {
  return JSON.stringify([model, promptKeyOf(profile), settings?.outputSchema]);
}

/** What Anthropic's prompt cache holds and could be read from it, were the process gone; short conversations are not cached. */
export function cachedTurns({ profile, model, transcript, settings }: Worker) {
  if (profile === undefined || model === undefined || isLight(transcript)) return undefined;
  const turns: readonly Turn[] = transcript.flatMap((entry) => entry.turn ?? []);
  if (turns.length < transcript.length) return undefined;
  return { setting: settingOf(profile, model, settings), model, turns };
}
