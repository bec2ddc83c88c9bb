import { PARAMETERS } from "./parameters.ts";
import type { ChatCompletionBody } from "./schema.ts";
import type { ChatMessage } from "./schema-messages.ts";

/** Longest list the header carries; a client that sends more unknown fields than that gets the first ones. */
const MAX_NAMED = 30;

/** The fields of a request that have no effect, for a header: those `within` others, known ones that are ignored, unknown ones. */
export function ignoredFields(body: Readonly<Record<string, unknown>>, within: readonly string[]): string[] {
  const fields = Object.entries(body).filter(([field, value]) => {
    if (value === null || value === undefined) return false;
    const parameter = Object.hasOwn(PARAMETERS, field) ? PARAMETERS[field] : undefined;
    if (parameter === undefined) return true;
    return parameter.treatment === "ignored" && value !== parameter.neutral;
  });
  const names = [...within, ...fields.map(([field]) => field)];
  return names.filter((name) => /^[\w.-]{1,64}$/.test(name)).slice(0, MAX_NAMED);
}

/** What has no effect within messages and tools, each told once however often it is there. */
export function ignoredWithin({ messages, tools, functions }: ChatCompletionBody): string[] {
  const isStrict = ({ strict }: { strict?: boolean | null }) => strict === true;
  return [
    ...new Set(messages.flatMap(ignoredOfMessage)),
    ...(tools?.some((tool) => isStrict(tool.function)) ? ["tools.function.strict"] : []),
    ...(functions?.some(isStrict) ? ["functions.strict"] : []),
  ];
}

function ignoredOfMessage(message: ChatMessage): string[] {
  // A tool's name is no speaker's: beside the call's id it says nothing new.
  if (message.role === "tool" || message.role === "function") return [];
  const kept =
    message.role === "assistant" ? { reasoning_content: message.reasoning_content, reasoning: message.reasoning } : {};
  const fields = Object.entries({ name: message.name, ...kept }).filter(
    ([, value]) => value !== undefined && value !== null && value !== "",
  );
  const names = fields.map(([field]) => `messages.${field}`);
  return message.role === "user" && hasDetail(message) ? [...names, "messages.content.image_url.detail"] : names;
}

function hasDetail({ content }: Extract<ChatMessage, { role: "user" }>): boolean {
  if (typeof content === "string") return false;
  return content.some((part) => part.type === "image_url" && (part.image_url.detail ?? "auto") !== "auto");
}
