import type { RawEvent } from "../../src/simulator/reply.ts";
import type { Simulator } from "../../src/simulator/simulator.ts";

type Fields = { readonly [field: string]: unknown };
export type StreamEvent = Exclude<RawEvent, string>;

const AUTHORIZED = { authorization: "Bearer sk-ant-oat01-test", "content-type": "application/json" };

/** A legal request with what the test changes; `undefined` removes a field. */
export function requestBody(changes: Fields = {}): Fields {
  return { model: "claude-test-1", max_tokens: 1000, messages: [{ role: "user", content: "Hello" }], ...changes };
}

export function post(simulator: Simulator, changes: Fields = {}, init: RequestInit = {}): Promise<Response> {
  return postRaw(simulator, JSON.stringify(requestBody(changes)), init);
}

export function postRaw(simulator: Simulator, body: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${simulator.url}/v1/messages?beta=true`, { method: "POST", headers: AUTHORIZED, body, ...init });
}

/** The answer as one JSON value, with the parts that tests look at. */
export async function message(simulator: Simulator, changes: Fields = {}) {
  const response = await post(simulator, changes);
  if (response.status !== 200) throw new Error(`status ${response.status}: ${await response.text()}`);
  return (await response.json()) as {
    id: string;
    model: string;
    content: { type: string; text?: string }[];
    stop_reason: string;
    stop_sequence: string | null;
    usage: Record<string, number> & { output_tokens_details?: { thinking_tokens: number } };
  };
}

export async function refusal(response: Response): Promise<{ status: number; type: string; message: string }> {
  const body = (await response.json()) as {
    type: string;
    error: { type: string; message: string };
    request_id: string;
  };
  if (body.type !== "error" || !body.request_id.startsWith("req_"))
    throw new Error(`no error: ${JSON.stringify(body)}`);
  return { status: response.status, ...body.error };
}

/** All events of a streamed answer, each checked to be framed as `event: NAME`, `data: JSON`. */
export async function streamedEvents(simulator: Simulator, changes: Fields = {}): Promise<StreamEvent[]> {
  return parseFrames(await (await post(simulator, { stream: true, ...changes })).text());
}

export function parseFrames(body: string): StreamEvent[] {
  if (!body.endsWith("\n\n")) throw new Error(`unfinished frame in ${JSON.stringify(body)}`);
  return body.slice(0, -2).split("\n\n").map(parseFrame);
}

function parseFrame(frame: string): StreamEvent {
  const [, name, data] = frame.match(/^event: (\w+)\ndata: (.+)$/) ?? [];
  if (data === undefined) throw new Error(`not an SSE frame: ${JSON.stringify(frame)}`);
  const event = JSON.parse(data) as StreamEvent;
  if (event.type !== name) throw new Error(`event ${name} carries data of type ${event.type}`);
  return event;
}

/** The text that the deltas of a stream add up to. */
export function textOfDeltas(events: readonly StreamEvent[]): string {
  return deltas(events, "text").join("");
}

/** The pieces of one kind of delta, named by the field that holds them. */
export function deltas(events: readonly StreamEvent[], field: "text" | "thinking" | "partial_json"): string[] {
  return events
    .filter((event) => event.type === "content_block_delta")
    .map((event) => (event.delta as Record<string, unknown>)[field])
    .filter((piece) => typeof piece === "string");
}

/** Reads the body until it contains `expected`. */
export async function readUntil(response: Response, expected: string): Promise<string> {
  const decoder = new TextDecoder();
  let received = "";
  for await (const bytes of response.body ?? []) {
    received += decoder.decode(bytes, { stream: true });
    if (received.includes(expected)) return received;
  }
  throw new Error(`the body ended without ${JSON.stringify(expected)}: ${received}`);
}
