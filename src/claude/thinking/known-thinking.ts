import type { ChatEvent } from "../../core/event.ts";
import type { Turn } from "../../core/request.ts";
import { signatureOf, thinkingOf } from "../../core/turns.ts";
import { environmentIn, type TranscriptEntry } from "../pool/transcript.ts";
import { hashOf } from "../session/conversation-hash.ts";
import { ToldThinking } from "./told-thinking.ts";
import { type Asked, type UsableThinking, usableThinking } from "./usable-thinking.ts";

/** What this server knows of the thinking that clients send back. */
export class KnownThinking {
  readonly #told = new ToldThinking();

  /** See `usableThinking`. */
  usable(turns: readonly Turn[], asked: Asked): UsableThinking {
    return usableThinking(turns, asked, this.#told);
  }

  /**
   * Reads the answer to a conversation, to know what is thought there when it comes back. `remembered`: what the process that answers
   * remembers of it.
   */
  learner(
    setting: string,
    turns: readonly Turn[],
    remembered: readonly TranscriptEntry[] = [],
  ): (event: ChatEvent) => void {
    const environmentAt = environmentIn(remembered);
    let model = "";
    let before: string | undefined;
    let text = "";
    return (event) => {
      if (event.type === "response-start") model = event.model;
      if (event.type === "reasoning-start") text = "";
      if (event.type === "reasoning-delta") text += event.text;
      const signature = signatureIn(event);
      if (signature === undefined) return;
      before ??= hashOf(setting, turns);
      this.#told.add(signature, { model, before, environmentAt, text: event.type === "reasoning-end" ? text : "" });
    };
  }

  /** None of the conversation's thinking is sent again: it does not say which of it the API refused. */
  refuse(turns: readonly Turn[]): void {
    for (const block of turns.flatMap(thinkingOf)) this.#told.refuse(signatureOf(block));
  }
}

function signatureIn(event: ChatEvent): string | undefined {
  if (event.type === "reasoning-end") return event.signature;
  if (event.type !== "native-start" || event.content.type !== "redacted_thinking") return undefined;
  return typeof event.content.data === "string" ? event.content.data : undefined;
}
