import type { ChatEvent } from "../../core/event.ts";
import { inTurns } from "../../core/pace.ts";
import type { ContentBlock, ThinkingBlock, Turn } from "../../core/request.ts";
import { hasThinking, signatureOf, thinkingOf } from "../../core/turns.ts";
import { isBefore, isSameModel, parseModelName, type Version } from "../models/model-name.ts";
import { environmentIn, type TranscriptEntry } from "../pool/transcript.ts";
import { conversationHash, hashesBefore } from "../session/served-conversations.ts";
import { ThinkingMemory } from "./thinking-memory.ts";

/** Knows the thinking that clients send back. */
export class KnownThinking {
  readonly #told = new ThinkingMemory();

  /**
   * Leaves out of a conversation the thinking of which it is known that the API would not take it, or not use it:
   * - what has no signature in the API's form, such as another provider's, and what the API has refused;
   * - another model's: the CLI leaves that out, too;
   * - where a model's thinking is bound to what was told before it: what was thought of something else, and all that comes behind that.
   * `model`: the API's id of the one that is asked; `setting`: what else it is told. What nothing else is known of is sent. If the API refuses it, the CLI leaves all thinking out and asks once more, which costs nothing.
   */
  usable(
    turns: readonly Turn[],
    { model, setting }: { readonly model: string; readonly setting: string },
  ): UsableThinking {
    if (!hasThinking(turns)) return { turns, lacks: false, isBound: false };
    const isBound = bindsThinking(model);
    const hashBefore = hashesBefore(setting, turns);
    let hasBroken = false;
    let lacks = false;
    let environmentAt: number | undefined;
    const isUsable = (block: ThinkingBlock, index: number): boolean => {
      const signature = signatureOf(block);
      const known = this.#told.find(signature);
      const thinker = known?.model ?? block.model ?? model;
      if (!this.#told.mayBeOurs(signature) || this.#told.isRefused(signature) || !isSameModel(thinker, model))
        return false;
      if (isBound && known !== undefined) {
        hasBroken ||= known.before !== hashBefore(index);
      }
      if (!hasBroken) environmentAt ??= known?.environmentAt;
      return !hasBroken;
    };
    const usable = turns.map((turn, index): Turn => {
      const content = turn.content.flatMap((block): ContentBlock[] => {
        if (block.type !== "thinking") return [block];
        if (isUsable(block, index)) return [withText(block, this.#told.find(signatureOf(block))?.text)];
        lacks = true;
        return [];
      });
      return { ...turn, content };
    });
    return { turns: usable, lacks, isBound: isBound && hasThinking(usable), environmentAt };
  }

  /**
   * Reads an answer, to know its thinking again when it comes back. `remembered`: what the process that answers remembers of the
   * conversation. To be awaited where it gives a promise: the thinking is known then, which may come back at once.
   */
  learner(
    setting: string,
    turns: readonly Turn[],
    remembered: readonly TranscriptEntry[] = [],
  ): (event: ChatEvent) => Promise<void> | undefined {
    const environmentAt = environmentIn(remembered);
    let model = "";
    let before: Promise<string> | undefined;
    let text = "";
    return (event) => {
      if (event.type === "response-start") model = event.model;
      if (event.type === "reasoning-start") text = "";
      if (event.type === "reasoning-delta") text += event.text;
      const signature = signatureIn(event);
      if (signature === undefined) return undefined;
      before ??= inTurns(conversationHash(setting, turns));
      const origin = { model, environmentAt, text: event.type === "reasoning-end" ? text : "" };
      return before.then((hash) => this.#told.add(signature, { ...origin, before: hash }));
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

type UsableThinking = {
  /** The conversation with the thinking that may be sent. */
  readonly turns: readonly Turn[];
  /** Whether some was left out. */
  readonly lacks: boolean;
  /** Whether there is some that only holds behind exactly what was told before it. */
  readonly isBound: boolean;
  /** Behind which turn the first of it was told of the CLI's environment, where that is known. */
  readonly environmentAt?: number | undefined;
};

/** As the API gave it: a client that wanted no words has none to send back. */
function withText({ model: _model, ...block }: ThinkingBlock, text = ""): ThinkingBlock {
  return "text" in block && block.text === "" ? { ...block, text } : block;
}

/**
 * From which version on thinking is bound to what was told before it: Anthropic's "Prefix checks on thinking blocks" of 2026-11-30. Of a
 * family that is not known it is taken to be.
 */
const BINDS_THINKING_SINCE: Readonly<Record<string, Version>> = {
  opus: [5, 5],
  sonnet: [5, 5],
  haiku: [5, 5],
  fable: [5, 1],
  mythos: [5, 1],
};

function bindsThinking(model: string): boolean {
  const name = parseModelName(model);
  const since = BINDS_THINKING_SINCE[name?.family ?? ""];
  return since === undefined || name?.version === undefined || !isBefore(name.version, since);
}
