import type { ToolCall, ToolMessage } from "../../test/support/tools.ts";
import { at } from "../json-path.ts";

/** How an exchange ended, as the client sees it. */
export type Answer =
  | { readonly type: "message"; readonly message: ToolMessage }
  /** Another status than 200, or an error within a stream. */
  | { readonly type: "error"; readonly status: number; readonly detail: string }
  /** Neither: a stream that just ends, for example. */
  | { readonly type: "incomplete"; readonly detail: string };

export function readAnswer(status: number, body: string, isStream: boolean): Answer {
  if (status !== 200) return { type: "error", status, detail: body };
  return isStream ? readStream(body) : readWhole(body);
}

function readWhole(body: string): Answer {
  const message = at(parse(body), "choices", 0, "message");
  const calls = at(message, "tool_calls");
  const content = at(message, "content");
  if (message === undefined) return { type: "incomplete", detail: body };
  return {
    type: "message",
    message: messageOf(typeof content === "string" ? content : null, listOf(calls).map(callOf)),
  };
}

/** Puts the deltas together, as a client does. */
function readStream(body: string): Answer {
  const events = body
    .split("\n\n")
    .filter((event) => event.startsWith("data: "))
    .map((event) => event.slice("data: ".length));
  let content = "";
  const calls: ToolCall[] = [];
  for (const event of events.filter((data) => data !== "[DONE]")) {
    const json = parse(event);
    if (at(json, "error") !== undefined) return { type: "error", status: 200, detail: event };
    const delta = at(json, "choices", 0, "delta");
    const piece = at(delta, "content");
    if (typeof piece === "string") content += piece;
    for (const part of listOf(at(delta, "tool_calls"))) addCallPart(calls, part);
  }
  if (events.at(-1) !== "[DONE]") return { type: "incomplete", detail: body.slice(-500) };
  return { type: "message", message: messageOf(content === "" ? null : content, calls) };
}

function addCallPart(calls: ToolCall[], part: unknown): void {
  const index = Number(at(part, "index"));
  const call = calls[index] ?? callOf({});
  calls[index] = call;
  const id = at(part, "id");
  const name = at(part, "function", "name");
  const args = at(part, "function", "arguments");
  if (typeof id === "string") call.id += id;
  if (typeof name === "string") call.function.name += name;
  if (typeof args === "string") call.function.arguments += args;
}

function callOf(json: unknown): ToolCall {
  const word = (value: unknown) => (typeof value === "string" ? value : "");
  const name = word(at(json, "function", "name"));
  return {
    id: word(at(json, "id")),
    type: "function",
    function: { name, arguments: word(at(json, "function", "arguments")) },
  };
}

function messageOf(content: string | null, calls: ToolCall[]): ToolMessage {
  return { role: "assistant", content, ...(calls.length === 0 ? {} : { tool_calls: calls }) };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
