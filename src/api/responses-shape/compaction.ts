/**
 * A summary that stands for a conversation, in the field that OpenAI's own has for it. It is not encrypted, and says so by its
 * beginning; the number is that of the form.
 */
const BEGINNING = "claude-max-api.summary.1.";

export function encodeSummary(summary: string): string {
  return `${BEGINNING}${Buffer.from(summary, "utf8").toString("base64url")}`;
}

/** Undefined: it is none of ours, so only who made it can read it. */
export function decodeSummary(content: string): string | undefined {
  if (!content.startsWith(BEGINNING)) return undefined;
  return Buffer.from(content.slice(BEGINNING.length), "base64url").toString("utf8");
}

/** How the model is told of what came before. */
export function textOfCompaction(summary: string | undefined): string {
  if (summary === undefined) {
    return "[The conversation up to here was shortened by another service, in a form that only it can read. What was said is lost.]";
  }
  return `[The conversation up to here was shortened. This is a summary of it:]\n\n${summary}`;
}

/** Asks for a summary. */
export const SUMMARIZE =
  "Write a summary of this conversation. It will take the conversation's place, and you will go on from it without seeing anything " +
  "else. Keep what is needed for that: what was asked for, and what of it is still to be done; what was decided, and why; the facts, " +
  "names, numbers, paths and pieces of code that matter; what tools found out; and where things stand. Write nothing but the summary.";
