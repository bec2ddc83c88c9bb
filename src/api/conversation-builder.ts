import type { Turn } from "../core/request.ts";
import { pairToolCalls, toolCallsOf } from "../core/tool-calls.ts";
import { isBlank, normalizeTurns } from "../core/turns.ts";
import { textBlocks } from "./content-blocks.ts";
import { OpenCalls } from "./open-calls.ts";

/**
 * Puts a conversation together as its messages come. Instructions go to the system slot, in their order, wherever in the
 * conversation they stand: Claude has one place for them. A conversation that consists of instructions alone, or ends with one after
 * an assistant's turn, asks with the last of them.
 */
export class ConversationBuilder {
  /** The calls that a result can answer at this point. */
  readonly calls = new OpenCalls();
  readonly #instructions: string[] = [];
  readonly #turns: Turn[] = [];
  #endsWithInstruction = false;
  #hasMessages = false;

  instruct(text: string): void {
    this.#endsWithInstruction = !isBlank(text);
    if (this.#endsWithInstruction) this.#instructions.push(text);
  }

  say(turn: Turn): void {
    this.#hasMessages = true;
    this.#endsWithInstruction = false;
    for (const said of normalizeTurns([turn])) {
      if (said.role === "assistant") this.calls.assistantSaid(toolCallsOf(said));
      else this.calls.userSaid();
      this.#turns.push(said);
    }
  }

  /** Whether the turns end with the user's is for the caller to say, who knows the fields' names. */
  build(): { readonly system: string; readonly turns: readonly Turn[] } {
    const turns = pairToolCalls(normalizeTurns(this.#turns));
    const instructions = [...this.#instructions];
    if (!this.#hasMessages || (this.#endsWithInstruction && isAnswered(turns.at(-1)))) {
      const question = instructions.pop() ?? "";
      turns.push(...normalizeTurns([{ role: "user", content: textBlocks(question) }]));
    }
    return { system: instructions.join("\n\n"), turns };
  }
}

function isAnswered(last: Turn | undefined): boolean {
  return last?.role === "assistant" && toolCallsOf(last).length === 0;
}
