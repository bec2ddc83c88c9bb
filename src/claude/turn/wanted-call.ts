import type { ContentBlock, ToolChoice, Turn } from "../../core/request.ts";

/**
 * A question that asks for a call in words, of a model that cannot be made to call. The words stand behind what the client says, so that
 * everything before them stays what Anthropic's cache holds. The process remembers them, and they say themselves that they are over.
 */
export function withWantedCall(question: Turn, wanted: ToolChoice | undefined): Turn {
  if (wanted === undefined) return question;
  const text = { type: "text", text: `<system-reminder>\n${wordsFor(wanted)}\n</system-reminder>` } as const;
  const last = question.content.at(-1);
  const content: ContentBlock[] =
    // An open call is answered by its result, and nothing beside it.
    last?.type === "tool-result"
      ? [...question.content.slice(0, -1), { ...last, content: [...last.content, text] }]
      : [...question.content, text];
  return { ...question, content };
}

function wordsFor(wanted: ToolChoice): string {
  const which = wanted.type === "tool" ? `the tool \`${wanted.name}\`` : "at least one of the tools";
  return `Your next answer must call ${which}: it is read by a program that can do nothing with text alone. This holds for that answer only.`;
}
