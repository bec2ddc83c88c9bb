import { isJsonObject, type JsonObject } from "../../core/json.ts";
import { lazyCheck } from "./lazy-check.ts";
import {
  ApiStreamEvent,
  AssistantMessage,
  ChangeMessage,
  ControlRequestMessage,
  ControlResponseMessage,
  InitMessage,
  RateLimitMessage,
  ResultMessage,
  RetryMessage,
  StreamEventMessage,
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
  /** The CLI changed the conversation by itself; see `ChangeMessage`. */
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

const EnvelopeCheck = lazyCheck(StreamEventMessage);
const StreamEventCheck = lazyCheck(ApiStreamEvent);
const STREAM_EVENT_TYPES = new Set(ApiStreamEvent.anyOf.map((schema) => schema.properties.type.const as string));

const CHECKS = {
  system: lazyCheck(InitMessage),
  changed: lazyCheck(ChangeMessage),
  retried: lazyCheck(RetryMessage),
  assistant: lazyCheck(AssistantMessage),
  user: lazyCheck(UserMessage),
  result: lazyCheck(ResultMessage),
  rate_limit_event: lazyCheck(RateLimitMessage),
  control_response: lazyCheck(ControlResponseMessage),
  control_request: lazyCheck(ControlRequestMessage),
} as const;

/** Reads one line of the CLI's output. Throws ProtocolError for a line that is no JSON object or lacks a field we need. */
export function parseMessage(line: string): CliMessage {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new ProtocolError("The CLI wrote a line that is not JSON", line);
  }
  const type = typeOf(value);
  switch (type) {
    case undefined:
      throw new ProtocolError("The CLI wrote a line without a message type", line);
    case "stream_event":
      return parseStreamEvent(value, line);
    case "assistant":
      return require(CHECKS.assistant, value, type, line);
    case "conversation_reset":
      return { type: "changed", what: type };
    case "user":
    case "system":
      if (CHECKS.retried.Check(value)) return { type: "retried" };
      if (CHECKS.changed.Check(value)) return { type: "changed", what: value.subtype };
      // Nothing depends on one that is unlike those we know.
      return CHECKS[type].Check(value) ? value : { type: "other", name: type };
    case "result":
      return require(CHECKS.result, value, type, line);
    case "rate_limit_event":
      return require(CHECKS.rate_limit_event, value, type, line);
    case "control_response":
      return require(CHECKS.control_response, value, type, line);
    case "control_request":
      return require(CHECKS.control_request, value, type, line);
    default:
      return { type: "other", name: type };
  }
}

function parseStreamEvent(value: unknown, line: string): CliMessage {
  if (!EnvelopeCheck.Check(value)) throw new ProtocolError("A stream_event lacks its event", line);
  const event: unknown = value.event;
  if (!STREAM_EVENT_TYPES.has(value.event.type)) {
    // Signs of life are our own server's to give, and of an error the `result` tells.
    const isTold = value.event.type !== "ping" && value.event.type !== "error" && isJsonObject(event);
    return isTold ? { type: "native_event", event } : { type: "other", name: `stream_event/${value.event.type}` };
  }
  if (!StreamEventCheck.Check(event)) throw new ProtocolError(`A ${value.event.type} lacks a field`, line);
  return { type: "stream_event", event };
}

function require<T>(check: { Check(value: unknown): value is T }, value: unknown, type: string, line: string): T {
  if (!check.Check(value)) throw new ProtocolError(`A ${type} message lacks a field`, line);
  return value;
}

function typeOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !("type" in value)) return undefined;
  return typeof value.type === "string" ? value.type : undefined;
}

/** The beginning of a line with every text blanked out: enough to recognise a message, nothing of a conversation. */
function shape(line: string): string {
  return line
    .slice(0, 200)
    .replace(/[^\s{}[\]:,"]/g, "x")
    .slice(0, 80);
}
