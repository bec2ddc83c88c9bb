import type { Turn } from "../core/request.ts";
import { pairToolCalls, toolCallsOf } from "../core/tool-calls.ts";
import { isBlank, normalizeTurns } from "../core/turns.ts";
import { textBlocks } from "./content-blocks.ts";
import { OpenCalls } from "./open-calls.ts";

/**
 * Puts a conversation together as its messages come. Instructions before the first user's turn are the system prompt. Later ones stay
 * where they are, each as a `<system-reminder>` in the user's turn: the model knows these, and the prompt before them stays as it was. A
 * conversation that consists of instructions alone, or ends with one after an assistant's turn, asks with the last of them.
 */
export class ConversationBuilder {
  /** The calls that a result can answer at this point. */
  readonly calls = new OpenCalls();
  readonly #instructions: string[] = [];
  readonly #turns: Turn[] = [];
  /** Later instructions that no turn has taken yet: they never part what the assistant says. */
  #late: string[] = [];
  #endsWithInstruction = false;
  #hasMessages = false;

  instruct(text: string): void {
    this.#endsWithInstruction = !isBlank(text);
    if (!this.#endsWithInstruction) return;
    if (this.#turns.some(({ role }) => role === "user")) this.#late.push(text);
    else this.#instructions.push(text);
  }

  say(turn: Turn): void {
    this.#hasMessages = true;
    this.#endsWithInstruction = false;
    for (const said of normalizeTurns([turn])) {
      if (said.role === "user" || this.#turns.at(-1)?.role === "user") this.#remind();
      if (said.role === "assistant") this.calls.assistantSaid(toolCallsOf(said));
      else this.calls.userSaid();
      this.#turns.push(said);
    }
  }

  /** Whether the turns end with the user's is for the caller to say, who knows the fields' names. */
  build(): { readonly system: string; readonly turns: readonly Turn[] } {
    if (!this.#hasMessages || (this.#endsWithInstruction && isAnswered(this.#turns.at(-1)))) {
      const question = this.#late.pop() ?? this.#instructions.pop() ?? "";
      this.#remind();
      this.#turns.push({ role: "user", content: textBlocks(question) });
    }
    // To open calls an instruction is no answer.
    if (this.#turns.at(-1)?.role === "user") this.#remind();
    return { system: this.#instructions.join("\n\n"), turns: pairToolCalls(normalizeTurns(this.#turns)) };
  }

  #remind(): void {
    for (const text of this.#late) this.#turns.push({ role: "user", content: textBlocks(reminderOf(text)) });
    this.#late = [];
  }
}

const REMINDER = /^\s*<system-reminder>/;

function reminderOf(text: string): string {
  return REMINDER.test(text) ? text : `<system-reminder>\n${text}\n</system-reminder>`;
}

function isAnswered(last: Turn | undefined): boolean {
  return last?.role === "assistant" && toolCallsOf(last).length === 0;
}
