import { conversationOf, type MessagesBody, textOf } from "./messages-body.ts";
import { type Reply, text } from "./reply.ts";

/** Every demo answer begins with it: nobody shall mistake one for a model's. */
export const DEMO_NOTICE =
  "[Simulated answer: claude-max-api runs in demo mode, no model was asked and no quota was spent.]";

const ECHO_CHARACTERS = 200;
const DELTA_PAUSE_MS = 15;

/** Answers with what the request looked like when it arrived, so that a newcomer sees the whole way working. */
export function demoAnswer({ body }: { readonly body: MessagesBody }): Reply {
  const turns = conversationOf(body);
  const lastUserText = textOf(turns.findLast((turn) => turn.role === "user")?.content);
  const content = [
    DEMO_NOTICE,
    "",
    "The way to the model works. This is what would have been asked:",
    `- model: ${body.model}`,
    `- conversation: ${turns.length === 1 ? "1 turn" : `${turns.length} turns`}`,
    `- system prompt: ${textOf(body.system).length} characters, with the lines that Claude Code adds itself`,
    `- your last message: ${lastUserText === "" ? "(no text)" : shorten(lastUserText)}`,
    "",
    "Start the server without --demo, logged in to Claude Code, and a real model answers here.",
  ].join("\n");
  return text(content, { chunks: fewWordsEach(content), delayMs: DELTA_PAUSE_MS });
}

function shorten(content: string): string {
  const characters = Array.from(content);
  if (characters.length <= ECHO_CHARACTERS) return content;
  return `${characters.slice(0, ECHO_CHARACTERS).join("")}…`;
}

function fewWordsEach(content: string): string[] {
  return content.match(/\s*(?:\S+\s*){1,3}/g) ?? [content];
}
