import type { ContentBlock, ToolChoice, Turn } from "../../core/request.ts";
import type { ToolNames } from "../tools/tool-names.ts";
import { encodeBlock } from "./encode-content.ts";

/**
 * One line for the CLI's stdin. `client_composed` makes it take the text literally: without it `@path` is read from disk and
 * `/command` is run. `uuid`: ours, to rewind to. `query`: whether the model is asked; else the turn is only appended.
 */
export function userMessage(
  turn: Turn,
  { uuid, query, names }: { readonly uuid: string; readonly query: boolean; readonly names: ToolNames },
): object {
  return {
    type: "user",
    message: { role: "user", content: userContent(turn, names) },
    parent_tool_use_id: null,
    session_id: "",
    uuid,
    client_composed: true,
    ...(query ? {} : { shouldQuery: false }),
  };
}

/**
 * An assistant turn of the history: the CLI appends it without a word. `modelId`: the API's id of the model that is asked. Of an answer of
 * another one, or of none, the CLI leaves out what was thought.
 */
export function assistantMessage(turn: Turn, names: ToolNames, modelId?: string): object {
  const message = {
    // Older versions (2.1.250) put answers together that have no id, also with calls and their results between them.
    id: `msg_${crypto.randomUUID()}`,
    role: "assistant",
    ...(modelId === undefined ? {} : { model: modelId }),
    content: assistantContent(turn, names),
    usage: NO_USAGE,
  };
  return { type: "assistant", message, parent_tool_use_id: null, session_id: "" };
}

/** What the CLI is told that an answer of the history took. */
export const NO_USAGE = { input_tokens: 0, output_tokens: 0 } as const;

export function userContent({ content }: Turn, names: ToolNames): object[] {
  return content.map((block) => encodeBlock(block, names));
}

export function assistantContent({ content }: Turn, names: ToolNames): object[] {
  return keepPlaceholder(content).map((block) => encodeBlock(block, names));
}

/** What the CLI writes for an answer without text; it drops a turn that says only this. Two blocks say the same. */
const PLACEHOLDER = "(no content)";

function keepPlaceholder(content: readonly ContentBlock[]): readonly ContentBlock[] {
  const [only] = content;
  if (content.length !== 1 || only?.type !== "text" || only.text.trim() !== PLACEHOLDER) return content;
  const middle = only.text.indexOf(" content)");
  return [
    { type: "text", text: only.text.slice(0, middle) },
    { type: "text", text: only.text.slice(middle) },
  ];
}

/**
 * A question that asks for a call in words, of a model that cannot be made to call. The words stand behind what the client says, so that
 * everything before them stays what Anthropic's cache holds. The process remembers them, and they say themselves that they are over.
 */
export function withWantedCall(question: Turn, wanted: ToolChoice | undefined): Turn {
  if (wanted === undefined) return question;
  const which = wanted.type === "tool" ? `the tool \`${wanted.name}\`` : "at least one of the tools";
  const words = `Your next answer must call ${which}: it is read by a program that can do nothing with text alone. This holds for that answer only.`;
  const text = { type: "text", text: `<system-reminder>\n${words}\n</system-reminder>` } as const;
  const last = question.content.at(-1);
  const content: ContentBlock[] =
    // An open call is answered by its result, and nothing beside it.
    last?.type === "tool-result"
      ? [...question.content.slice(0, -1), { ...last, content: [...last.content, text] }]
      : [...question.content, text];
  return { ...question, content };
}

/** Beginnings by which the CLI takes a system prompt for its own and drops or moves it. */
const OWN_PROMPTS =
  /^(?:x-anthropic-billing-header|You are Claude Code, Anthropic's official CLI|You are a Claude agent, built on)/;

/** The mark by which the CLI parts its own system prompts. One that is only this is dropped, too. */
const PROMPT_BOUNDARY = "__SYSTEM_PROMPT_DYNAMIC_BOUNDARY__";

/** Whether `set_model` would take the system prompt apart and lose the mark in it; `initialize` leaves it whole. */
export function isSplitBySetModel(system: string): boolean {
  return system.includes(PROMPT_BOUNDARY);
}

/** The list of system prompts for `initialize`. An absent or empty list would bring Claude Code's own prompt. */
export function systemPrompts(system: string): [string] {
  return [OWN_PROMPTS.test(system) || system === PROMPT_BOUNDARY ? `\n${system}` : system];
}
