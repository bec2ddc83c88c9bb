import { beginWithUser, completeTurns, isPaused } from "../../core/continuation.ts";
import type { Steps } from "../../core/pace.ts";
import { placeResults } from "../../core/place-results.ts";
import type { ContentBlock, ResultPart, TextBlock, Turn } from "../../core/request.ts";
import { pairToolCalls, toolCallsOf } from "../../core/tool-calls.ts";
import { isBlank, normalizeLong, normalizeTurns, withoutLastThoughts } from "../../core/turns.ts";
import type { RemoteImages } from "../attachments/remote-images.ts";
import { OpenCalls } from "./open-calls.ts";

export function textBlocks(text: string): TextBlock[] {
  return text === "" ? [] : [{ type: "text", text }];
}

/** What a tool answered; blank text says nothing and is left out, as in turns. */
export function resultBlocks(blocks: readonly ContentBlock[]): ResultPart[] {
  const [said] = normalizeTurns([{ role: "user", content: blocks }]);
  return (said?.content ?? []).filter(isResultPart);
}

function isResultPart(block: ContentBlock): block is ResultPart {
  return block.type !== "tool-call" && block.type !== "tool-result" && block.type !== "thinking";
}

export type ConversationOptions = {
  /** Whether what stands in the wrong place is refused, rather than brought to where it belongs. Default false. */
  readonly strict?: boolean | undefined;
  /** Whether the last word may be the assistant's: it may where the conversation is only counted. Default false. */
  readonly mayEndWithAnswer?: boolean;
};

/**
 * What was changed to make a conversation of it. `moved-result`: it stood elsewhere than behind its call. `orphaned-result`: its call is
 * not there, so it is told as text. `attachment`: an image or a file of the assistant's or of an instruction was given to the user's next
 * turn. `continuation`: the answer goes on after the assistant's last word, or its last search, and was asked for in words.
 */
export type Adjustment = "moved-result" | "orphaned-result" | "attachment" | "continuation";

export type Conversation = {
  readonly system: string;
  readonly turns: readonly Turn[];
  /** See {@link ChatRequest}. */
  readonly continues?: string;
  readonly adjustments: readonly Adjustment[];
};

/** A conversation with its images, and what was changed or left out, by the dialect's names, for the response header. */
export type SettledConversation = Omit<Conversation, "adjustments"> & { readonly changed: readonly string[] };

export function settle(
  { adjustments, ...conversation }: Conversation,
  remote: RemoteImages,
  names: Readonly<Record<Adjustment, string>>,
  { strict }: ConversationOptions,
): SettledConversation {
  const turns = remote.settle(conversation.turns, strict);
  const adjusted = new Set(adjustments.map((adjustment) => names[adjustment]));
  return { ...conversation, turns, changed: [...adjusted, ...remote.leftOut] };
}

/**
 * Puts a conversation together as its messages come. Instructions before the first user's turn are the system prompt. Later ones stay
 * where they are, each as a `<system-reminder>` in the user's turn: the model knows these, and the prompt before them stays as it was. A
 * conversation that consists of instructions alone, or ends with one after an assistant's turn, asks with the last of them.
 */
export class ConversationBuilder {
  readonly #calls: OpenCalls;
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
    this.#calls = new OpenCalls(options.strict ?? false);
  }

  instruct(said: string, attached: readonly ContentBlock[] = []): void {
    this.#attachments.add(attached, "instructions");
    const text = withoutOwnLines(said);
    this.#endsWithInstruction = !isBlank(text);
    if (!this.#endsWithInstruction) return;
    if (this.#turns.some(({ role }) => role === "user")) this.#late.push(text);
    else this.#instructions.push(text);
  }

  /** The same of content: its texts are one, and what else there is is attached to it. */
  instructBy(content: readonly ContentBlock[]): void {
    const texts = content.flatMap((block) => (block.type === "text" ? [block.text] : []));
    const attached = content.filter(({ type }) => type !== "text");
    this.instruct(texts.join("\n\n"), attached);
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
    this.#calls.answer(id, param);
  }

  /** The id of the call that a message of role `function` answers: there the name is all there is. */
  answerByName(name: string, param: string): string {
    return this.#calls.answerByName(name, param);
  }

  /** Whether the turns end with the user's is for the caller to say, who knows the fields' names. */
  *build(): Steps<Conversation> {
    const { strict = false, mayEndWithAnswer = false } = this.#options;
    if (!this.#hasMessages || (this.#endsWithInstruction && isAnswered(this.#turns.at(-1)))) {
      const question = this.#late.pop() ?? this.#instructions.pop() ?? "";
      this.#remind();
      this.#turns.push({ role: "user", content: textBlocks(question) });
    }
    // To open calls an instruction is no answer.
    if (this.#turns.at(-1)?.role === "user") this.#remind();
    const told = this.#attachments.placeLast(this.#turns);
    const said = yield* normalizeLong(told);
    const placed = strict ? { turns: said, moved: false, orphaned: false } : yield* placeResults(said);
    const merged = placed.turns === said ? said : yield* normalizeLong(placed.turns);
    const thoughtful = withoutLastThoughts(merged);
    yield;
    const turns = yield* pairToolCalls(thoughtful === merged ? merged : yield* normalizeLong(thoughtful));
    yield;
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
      adjustments: [
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

function isAnswered(last: Turn | undefined): boolean {
  return last?.role === "assistant" && toolCallsOf(last).length === 0;
}

/** Who has sent what Anthropic takes of the user alone. */
type Sender = "assistant" | "instructions";

const HEADINGS: Readonly<Record<Sender, string>> = {
  assistant: "[From the assistant's message before this:]",
  instructions: "[Attached to the instructions:]",
};

/**
 * Images and files stand in the user's turns alone. Those of the assistant's, and of instructions, wait for the next of these, and are
 * announced there.
 */
class WaitingAttachments {
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

/**
 * What Claude Code says at the beginning of a system prompt, about itself: a line of accounting, which is another in each request, and
 * who it is. The CLI behind us says both for itself.
 */
const OWN_LINES = [
  /^x-anthropic-billing-header:[^\n]*(?:\n+|$)/,
  /^You are Claude Code, Anthropic's official CLI for Claude(?:, running within the Claude Agent SDK)?\.(?:\n+|$)/,
  /^You are a Claude agent, built on Anthropic's Claude Agent SDK\.(?:\n+|$)/,
];

/** A system prompt, or a part of one, without what the CLI says of itself: as it is, no two requests would share a prompt. */
function withoutOwnLines(system: string): string {
  let rest = system;
  for (const line of OWN_LINES) rest = rest.replace(line, "");
  return rest;
}
