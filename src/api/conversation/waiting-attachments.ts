import type { ContentBlock, Turn } from "../../core/request.ts";

/** Who has sent what Anthropic takes of the user alone. */
export type Sender = "assistant" | "instructions";

const HEADINGS: Readonly<Record<Sender, string>> = {
  assistant: "[From the assistant's message before this:]",
  instructions: "[Attached to the instructions:]",
};

/**
 * Images and files stand in the user's turns alone. Those of the assistant's, and of instructions, wait for the next of these, and are
 * announced there.
 */
export class WaitingAttachments {
  #waiting: ContentBlock[] = [];
  /** Whether any stood elsewhere. */
  wereMoved = false;

  add(blocks: readonly ContentBlock[], sender: Sender): void {
    if (blocks.length === 0) return;
    this.wereMoved = true;
    this.#waiting.push({ type: "text", text: HEADINGS[sender] }, ...blocks);
  }

  /** The turn without those that it may not have, or with those that waited for it. */
  place(turn: Turn): Turn {
    if (turn.role === "user" && this.#waiting.length === 0) return turn;
    if (turn.role === "user") return { ...turn, content: [...this.#take(), ...turn.content] };
    const attached = turn.content.filter(isAttachment);
    if (attached.length === 0) return turn;
    this.add(attached, "assistant");
    return { ...turn, content: turn.content.filter((block) => !isAttachment(block)) };
  }

  /** The turns, with those that still wait in the last one, if that is the user's. Else they go on waiting. */
  placeLast(turns: readonly Turn[]): readonly Turn[] {
    const last = turns.at(-1);
    if (this.#waiting.length === 0 || last?.role !== "user") return turns;
    return [...turns.slice(0, -1), { ...last, content: [...last.content, ...this.#take()] }];
  }

  #take(): ContentBlock[] {
    const taken = this.#waiting;
    this.#waiting = [];
    return taken;
  }
}

function isAttachment(block: ContentBlock): boolean {
  if (block.type === "native") return block.block.type === "document";
  return block.type === "image" || block.type === "document";
}
