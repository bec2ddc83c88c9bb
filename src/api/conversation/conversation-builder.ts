import { beginWithUser, completeTurns, isPaused } from "../../core/continuation.ts";
import { withoutOwnLines } from "../../core/own-prompts.ts";
import { type PlacedResults, placeResults } from "../../core/place-results.ts";
import type { ContentBlock, Turn } from "../../core/request.ts";
import { pairToolCalls, toolCallsOf } from "../../core/tool-calls.ts";
import { isBlank, normalizeTurns, withoutLastThoughts } from "../../core/turns.ts";
import { textBlocks } from "./content-blocks.ts";
import { OpenCalls } from "./open-calls.ts";
import { WaitingAttachments } from "./waiting-attachments.ts";

export type ConversationOptions = {
  /** Whether what stands in the wrong place is refused, rather than brought to where it belongs. Default false. */
  readonly strict?: boolean;
  /** Whether the last word may be the assistant's: it may where the conversation is only counted. Default false. */
  readonly mayEndWithAnswer?: boolean;
};

/**
 * What was bent to make a conversation of it. `moved-result`: it stood elsewhere than behind its call. `orphaned-result`: its call is
 * not there, so it is told as text. `attachment`: an image or a file of the assistant's or of an instruction was given to the user's next
 * turn. `continuation`: the answer goes on after the assistant's last word, or its last search, and was asked for in words.
 */
export type Bend = "moved-result" | "orphaned-result" | "attachment" | "continuation";

/** The names that a dialect gives what was bent, for the response header. */
export function namesOfBends(bends: readonly Bend[], names: Readonly<Record<Bend, string>>): string[] {
  return [...new Set(bends.map((bend) => names[bend]))];
}

export type Conversation = {
  readonly system: string;
  readonly turns: readonly Turn[];
  /** See {@link ChatRequest}. */
  readonly continues?: string;
  readonly bends: readonly Bend[];
};

/**
 * Puts a conversation together as its messages come. Instructions before the first user's turn are the system prompt. Later ones stay
 * where they are, each as a `<system-reminder>` in the user's turn: the model knows these, and the prompt before them stays as it was. A
 * conversation that consists of instructions alone, or ends with one after an assistant's turn, asks with the last of them.
 */
export class ConversationBuilder {
  readonly #calls = new OpenCalls();
  readonly #options: ConversationOptions;
  readonly #instructions: string[] = [];
  readonly #turns: Turn[] = [];
  readonly #attachments = new WaitingAttachments();
  /** Later instructions that no turn has taken yet: they never part what the assistant says. */
  #late: string[] = [];
  #endsWithInstruction = false;
  /** The user's last word is none: there is nothing to answer, and nothing to go on with. */
  #endsWithBlank = false;
  #hasMessages = false;

  constructor(options: ConversationOptions = {}) {
    this.#options = options;
  }

  instruct(said: string, attached: readonly ContentBlock[] = []): void {
    this.#attachments.add(attached, "instructions");
    const text = withoutOwnLines(said);
    this.#endsWithInstruction = !isBlank(text);
    if (!this.#endsWithInstruction) return;
    if (this.#turns.some(({ role }) => role === "user")) this.#late.push(text);
    else this.#instructions.push(text);
  }

  say(turn: Turn): void {
    this.#hasMessages = true;
    this.#endsWithInstruction = false;
    const [told] = normalizeTurns([turn]);
    if (told === undefined) {
      this.#endsWithBlank ||= turn.role === "user";
      return;
    }
    this.#endsWithBlank = false;
    const placed = this.#attachments.place(turn);
    for (const said of placed === turn ? [told] : normalizeTurns([placed])) {
      if (said.role === "user" || this.#turns.at(-1)?.role === "user") this.#remind();
      if (said.role === "assistant") this.#calls.assistantSaid(toolCallsOf(said));
      else this.#calls.userSaid();
      this.#turns.push(said);
    }
  }

  /** Says that a result of this call comes now. Throws for one without a call where that is refused: `param` is the field with the id. */
  answer(id: string, param: string): void {
    if (this.#options.strict) this.#calls.answer(id, param);
    else this.#calls.close(id);
  }

  /** The id of the call that a message of role `function` answers: there the name is all there is. */
  answerByName(name: string, param: string): string {
    return this.#options.strict ? this.#calls.answerByName(name, param) : (this.#calls.findByName(name) ?? name);
  }

  /** Whether the turns end with the user's is for the caller to say, who knows the fields' names. */
  build(): Conversation {
    const { strict = false, mayEndWithAnswer = false } = this.#options;
    if (!this.#hasMessages || (this.#endsWithInstruction && isAnswered(this.#turns.at(-1)))) {
      const question = this.#late.pop() ?? this.#instructions.pop() ?? "";
      this.#remind();
      this.#turns.push({ role: "user", content: textBlocks(question) });
    }
    // To open calls an instruction is no answer.
    if (this.#turns.at(-1)?.role === "user") this.#remind();
    const told = this.#attachments.placeLast(this.#turns);
    const placed = strict ? asTheyAre(told) : placeResults(normalizeTurns(told));
    const turns = pairToolCalls(normalizeTurns(withoutLastThoughts(normalizeTurns(placed.turns))));
    const last = turns.at(-1);
    // Anthropic's own form of going on with an answer that it has paused: no strict server may refuse that.
    const isRefused = strict && !(last && isPaused(last));
    const mustNotGoOn = isRefused || mayEndWithAnswer || this.#endsWithBlank;
    const completed = mustNotGoOn ? { turns: beginWithUser(turns) } : completeTurns(turns);
    return {
      system: this.#instructions.join("\n\n"),
      ...completed,
      // Where the last word was the assistant's, what it has attached stands beside the wish to go on.
      turns: this.#attachments.placeLast(completed.turns),
      bends: [
        ...(placed.moved ? ["moved-result" as const] : []),
        ...(placed.orphaned ? ["orphaned-result" as const] : []),
        ...(this.#attachments.wereMoved ? ["attachment" as const] : []),
        ...(strict || completed.turns.at(-1) === last ? [] : ["continuation" as const]),
      ],
    };
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

function asTheyAre(turns: readonly Turn[]): PlacedResults {
  return { turns, moved: false, orphaned: false };
}

function isAnswered(last: Turn | undefined): boolean {
  return last?.role === "assistant" && toolCallsOf(last).length === 0;
}
