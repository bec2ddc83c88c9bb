import { attempt } from "../../core/attempt.ts";
import { isJsonObject, type Json, type JsonObject } from "../../core/json.ts";
import { lazyCheck } from "./lazy-check.ts";
import {
  ApiStreamEvent,
  AssistantMessage,
  ControlRequestMessage,
  ControlResponseMessage,
  InitMessage,
  RateLimitMessage,
  ResultMessage,
  UserMessage,
} from "./messages.ts";

export type CliMessage =
  | { readonly type: "stream_event"; readonly event: ApiStreamEvent }
  /** An event of the API's stream that is none of those we know. */
  | { readonly type: "native_event"; readonly event: JsonObject }
  | AssistantMessage
  | UserMessage
  | ResultMessage
  | InitMessage
  | RateLimitMessage
  | ControlResponseMessage
  | ControlRequestMessage
  /** The CLI changed the conversation by itself; see {@link CHANGES}. */
  | { readonly type: "changed"; readonly what: string }
  | { readonly type: "retried" }
  /** Something this version of ours does not know, or need. */
  | { readonly type: "other"; readonly name: string };

/** The CLI said something that breaks its own protocol: the process cannot be trusted any further. */
export class ProtocolError extends Error {
  constructor(message: string, line: string) {
    super(`${message} (${line.length} characters, beginning ${JSON.stringify(shape(line))})`);
    this.name = "ProtocolError";
  }
}

const StreamEventCheck = lazyCheck(ApiStreamEvent);
const STREAM_EVENT_TYPES = new Set(ApiStreamEvent.anyOf.map((schema) => schema.properties.type.const as string));

const CHECKS = {
  system: lazyCheck(InitMessage),
  assistant: lazyCheck(AssistantMessage),
  user: lazyCheck(UserMessage),
  result: lazyCheck(ResultMessage),
  rate_limit_event: lazyCheck(RateLimitMessage),
  control_response: lazyCheck(ControlResponseMessage),
  control_request: lazyCheck(ControlRequestMessage),
} as const;

/** What the CLI says when it has changed the conversation, or the model, by itself: it shortened the history, or let another model answer. */
const CHANGES: ReadonlySet<Json | undefined> = new Set([
  "compact_boundary",
  "microcompact_boundary",
  "model_refusal_fallback",
]);

/** Reads one line of the CLI's output. Throws ProtocolError for a line that is no JSON object or lacks a field we need. */
export function parseMessage(line: string): CliMessage {
  const value = attempt((): unknown => JSON.parse(line));
  if (value === undefined) throw new ProtocolError("The CLI wrote a line that is not JSON", line);
  if (!isJsonObject(value) || typeof value.type !== "string")
    throw new ProtocolError("The CLI wrote a line without a message type", line);
  const { type, subtype } = value;
  switch (type) {
    case "stream_event":
      return parseStreamEvent(value.event, line);
    case "conversation_reset":
      // The CLI has begun the history anew.
      return { type: "changed", what: type };
    case "user":
    case "system":
      // The CLI asks the API again by itself, which we turn off as far as it lets us.
      if (type === "system" && subtype === "api_retry") return { type: "retried" };
      if (type === "system" && CHANGES.has(subtype)) return { type: "changed", what: String(subtype) };
      // Nothing depends on one that is unlike those we know.
      return CHECKS[type].Check(value) ? value : { type: "other", name: type };
    case "assistant":
    case "result":
    case "rate_limit_event":
    case "control_response":
    case "control_request":
      return require<CliMessage>(CHECKS[type], value, type, line);
    default:
      return { type: "other", name: type };
  }
}

function parseStreamEvent(event: Json | undefined, line: string): CliMessage {
  if (!isJsonObject(event) || typeof event.type !== "string")
    throw new ProtocolError("A stream_event lacks its event", line);
  const { type } = event;
  if (!STREAM_EVENT_TYPES.has(type)) {
    // Signs of life are our own server's to give, and of an error the `result` tells.
    const isTold = type !== "ping" && type !== "error";
    return isTold ? { type: "native_event", event } : { type: "other", name: `stream_event/${type}` };
  }
  if (!StreamEventCheck.Check(event)) throw new ProtocolError(`A ${type} lacks a field`, line);
  return { type: "stream_event", event };
}

function require<T>(check: { Check(value: unknown): value is T }, value: unknown, type: string, line: string): T {
  if (!check.Check(value)) throw new ProtocolError(`A ${type} message lacks a field`, line);
  return value;
}

/** The beginning of a line with every text blanked out: enough to recognise a message, nothing of a conversation. */
function shape(line: string): string {
  return line
    .slice(0, 200)
    .replace(/[^\s{}[\]:,"]/g, "x")
    .slice(0, 80);
}
