import { type Fields, isJsonObject } from "../../core/json.ts";
import { readPart } from "./read-part.ts";

/** What a tool answered, told from the spellings that programs have for it. */
type ReadOutput = {
  /** A text, or parts, each of which {@link readPart} understands. What is neither is told as JSON. */
  readonly content: string | readonly unknown[];
  /** Whether the output itself says that the call failed. */
  readonly isError: boolean;
};

export function readOutput(output: unknown): ReadOutput {
  if (output === undefined || output === null) return told("");
  if (typeof output === "string") return told(output);
  if (Array.isArray(output)) return told(isParts(output) ? output : JSON.stringify(output));
  if (!isJsonObject(output)) return told(JSON.stringify(output));
  return readWrapped(output) ?? told(isPart(output) ? [output] : JSON.stringify(output));
}

/** The AI SDK's outputs have a type and a value; MCP's have parts beside what is said of them. */
function readWrapped({ type, value, content, ...others }: Fields): ReadOutput | undefined {
  if (type === undefined && Array.isArray(content) && isParts(content)) {
    const isMcp = Object.keys(others).every((name) => MCP_FIELDS.has(name));
    return isMcp ? told(content, others.isError === true) : undefined;
  }
  if (value === undefined) return undefined;
  switch (type) {
    case "text":
    case "error-text":
      return typeof value === "string" ? told(value, type === "error-text") : undefined;
    case "json":
    case "error-json":
      return told(JSON.stringify(value), type === "error-json");
    case "content":
      return Array.isArray(value) && isParts(value) ? told(value) : undefined;
    default:
      return undefined;
  }
}

const MCP_FIELDS: ReadonlySet<string> = new Set(["isError", "structuredContent", "_meta"]);

function told(content: string | readonly unknown[], isError = false): ReadOutput {
  return { content, isError };
}

/** A list of texts, or of parts: any other is what the tool computed. */
function isParts(list: readonly unknown[]): boolean {
  return list.every((part) => typeof part === "string" || isPart(part));
}

/** Whether it says of itself that it is a part: an object with a `text` may be anything. */
function isPart(value: unknown): boolean {
  if (!isJsonObject(value) || typeof value.type !== "string" || value.type === "") return false;
  const read = readPart(value);
  if (read?.kind === "other") return MEDIA.has(read.type);
  return read !== undefined && read.kind !== "call" && read.kind !== "result";
}

/** What is left out with its bytes, rather than told as JSON. */
const MEDIA: ReadonlySet<string> = new Set(["audio", "input_audio", "video", "video_url", "input_video"]);
