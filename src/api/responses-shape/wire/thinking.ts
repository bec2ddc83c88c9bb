import { isJsonObject, parseJsonObject } from "../../../core/json.ts";
import type { ThinkingBlock } from "../../../core/request.ts";
import { saysNothing } from "../../validation/unread-fields.ts";
import type { PlacedItem, ReasoningItem } from "./items.ts";

/**
 * What brings thinking back, in the field that OpenAI's own has for it: it is not encrypted by us, and says so by its beginning; the
 * number is that of the form. What it holds of Anthropic's is opaque.
 */
const BEGINNING = "claude-max-api.thinking.1.";

/** `model`: the full id of who thought it. The text is left out where the summary beside it tells the same. */
export function encodeThinking(block: ThinkingBlock, { isTold }: { readonly isTold: boolean }): string {
  const { type: _type, ...fields } = block;
  const told = "text" in fields && isTold ? { ...fields, text: undefined } : fields;
  return `${BEGINNING}${Buffer.from(JSON.stringify(told), "utf8").toString("base64url")}`;
}

/** Undefined: it is none of ours, so only who made it can read it. `summary`: that of the same item. */
export function decodeThinking(content: unknown, summary: unknown): ThinkingBlock | undefined {
  if (typeof content !== "string" || !content.startsWith(BEGINNING)) return undefined;
  const fields = parseJsonObject(Buffer.from(content.slice(BEGINNING.length), "base64url").toString("utf8"));
  if (fields === undefined) return undefined;
  const model = typeof fields.model === "string" ? { model: fields.model } : {};
  if (typeof fields.redacted === "string") return { type: "thinking", redacted: fields.redacted, ...model };
  if (typeof fields.signature !== "string") return undefined;
  const text = typeof fields.text === "string" ? fields.text : textOf(summary);
  return { type: "thinking", text, signature: fields.signature, ...model };
}

/** The names of fields without effect, less those of thinking that is ours, which has its effect. */
export function namesBesideThinking(names: readonly string[], items: readonly PlacedItem[]): string[] {
  const foreign = items.flatMap(({ item }) => (item.type === "reasoning" ? [item] : [])).filter(isForeign);
  return names.filter((name) => {
    const field = FIELDS.find((known) => name === `input.${known}`);
    return field === undefined || foreign.some((item) => !saysNothing(item[field]));
  });
}

const FIELDS = ["summary", "encrypted_content"] as const;

function isForeign({ encrypted_content, summary }: ReasoningItem): boolean {
  return decodeThinking(encrypted_content, summary) === undefined;
}

function textOf(summary: unknown): string {
  if (!Array.isArray(summary)) return "";
  return summary
    .map((part: unknown) => (isJsonObject(part) && typeof part.text === "string" ? part.text : ""))
    .join("");
}
