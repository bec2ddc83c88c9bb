import { Buffer } from "node:buffer";

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
export function summaryAsText(summary: string): string {
  return `[The conversation up to here was shortened. This is a summary of it:]\n\n${summary}`;
}
