import { isJsonObject } from "../../src/core/json.ts";

/** What errors that the model answers with say: they are no refusals of the server's. */
export const SCRIPTED = "the model failed as it was told";

export type Answer = {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: string;
  readonly isHead?: boolean;
};

/** What is wrong with an answer, in itself and for how often the model was asked for it; undefined: nothing is. */
export function faultIn({ status, headers, body, isHead }: Answer, asked: number): string | undefined {
  // A page of documentation may name the code.
  if (status === 500 || (status !== 200 && /hit an internal error|internal_error/.test(body)))
    return "an internal error";
  if (headers.get("content-type")?.startsWith("text/event-stream")) return faultInStream(body);
  if (status < 400) return undefined;
  if (!isHead && !hasEnvelope(body)) return `a ${status} without an envelope`;
  if (headers.get("x-request-id") === null) return `a ${status} without the id of its request`;
  if (status < 500 && status !== 499 && asked > 0 && !NOT_OURS.test(body))
    return "a refused request that the model was asked for";
  return undefined;
}

/** What was asked and refused there, as it was told to. */
const NOT_OURS = new RegExp(`${SCRIPTED}|The Anthropic API`);

/** Asks, and reads the answer to its end; a string says what came of it where that is no answer. */
export async function ask(url: string, init: RequestInit, patienceMs: number): Promise<Answer | string> {
  const signal = AbortSignal.timeout(patienceMs);
  try {
    const response = await fetch(url, { ...init, signal, redirect: "manual" });
    const body = await response.text();
    return { status: response.status, headers: response.headers, body, isHead: init.method === "HEAD" };
  } catch (error) {
    return signal.aborted ? HANGS : `a connection that broke (${String(error)})`;
  }
}

/** What {@link ask} says of a request that is not answered in time. */
export const HANGS = "a request that nothing answers";

/** What Bun answers by itself, before there is a request. */
export function isBare({ status, body }: Answer): boolean {
  return [400, 413, 431, 505].includes(status) && body === "";
}

function hasEnvelope(body: string): boolean {
  const json = parse(body);
  if (!isJsonObject(json) || !isJsonObject(json.error)) return false;
  return typeof json.error.message === "string" && typeof json.error.type === "string";
}

function faultInStream(body: string): string | undefined {
  for (const line of body.split("\n").filter((line) => line.startsWith("data: "))) {
    const data = line.slice(6);
    if (data !== "[DONE]" && !isJsonObject(parse(data))) return "an event that is no JSON object";
  }
  return undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
