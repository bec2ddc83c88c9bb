import { ApiError } from "../core/error.ts";
import { toUtf8 } from "./character-set.ts";
import { contentCodings, decompress } from "./content-coding.ts";
import { contentType, notJson } from "./content-type.ts";
import { findJsonFault } from "./json-fault.ts";
import { MAX_BODY_BYTES, MAX_JSON_DEPTH } from "./limits.ts";

/** What is read, as errors name it. */
type What = "The request body" | "The message";

/** Reads a request's JSON body, whatever it holds; what it should hold is for the route to say. */
export async function readJsonBody(request: Request, maxBytes = MAX_BODY_BYTES): Promise<unknown> {
  const { headers } = request;
  if (request.body === null || headers.get("content-length") === "0") throw isEmpty("The request body");
  const { isJson, charset } = contentType(headers);
  const codings = contentCodings(headers.get("content-encoding"));
  if (Number(headers.get("content-length")) > maxBytes) throw tooLarge(maxBytes);
  const limit = (chunks: AsyncIterable<Uint8Array>) => limited(chunks, maxBytes);
  const bytes = await join(decompress(limit(chunksOf(request.body, request.signal)), codings, limit));
  try {
    return parseJsonBytes(toUtf8(bytes, charset));
  } catch (error) {
    const isNoJson = error instanceof ApiError && error.cause instanceof SyntaxError;
    if (isJson || !isNoJson) throw error;
    throw notJson(`${error.message} The request body must be JSON`);
  }
}

/** The JSON that a body, or a message of a WebSocket, holds. Throws an ApiError when it is none, or nests too deep. */
export function parseJsonBytes(bytes: Uint8Array, what: What = "The request body"): unknown {
  if (bytes.length === 0) throw isEmpty(what);
  if (isDeeperThan(MAX_JSON_DEPTH, bytes)) throw nestedTooDeep(what);
  return parseJson(decodeUtf8(bytes, what), what);
}

async function* chunksOf(body: ReadableStream<Uint8Array>, left: AbortSignal): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } catch (cause) {
    if (left.aborted) throw new ApiError("client_closed", "The client left while sending its request.", { cause });
    throw cause;
  } finally {
    // Whoever stopped reading has said why.
    await reader.cancel().catch(() => {});
  }
}

/** The same pieces, until they are too much. */
async function* limited(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    yield chunk;
  }
}

async function join(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  const [only] = all;
  return all.length === 1 && only ? only : Buffer.concat(all);
}

function decodeUtf8(bytes: Uint8Array, what: What): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ApiError("invalid_request", `${what} is not valid UTF-8.`, { cause });
  }
}

function parseJson(text: string, what: What): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // JSON.parse's own message has no position and quotes the body.
    const fault = findJsonFault(text);
    if (!fault) throw nestedTooDeep(what);
    const where = `line ${fault.line}, column ${fault.column}`;
    throw new ApiError("invalid_request", `${what} is not valid JSON: ${where}: ${fault.problem}.`, { cause });
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = [0x5b, 0x7b];
const CLOSING = [0x5d, 0x7d];

/**
 * Whether brackets nest deeper than the limit, told from the bytes: in one pass, without memory, and before anything is made of
 * them. Walking the parsed value instead takes minutes when it consists of millions of tiny arrays.
 */
function isDeeperThan(limit: number, bytes: Uint8Array): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (inString) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === OPENING[0] || byte === OPENING[1]) {
      if (++depth > limit) return true;
    } else if (byte === CLOSING[0] || byte === CLOSING[1]) depth--;
  }
  return false;
}

function isEmpty(what: What): ApiError {
  return new ApiError("invalid_request", `${what} is empty; send a JSON object.`);
}

function nestedTooDeep(what: What): ApiError {
  return new ApiError("invalid_request", `${what} nests deeper than ${MAX_JSON_DEPTH} levels.`);
}

function tooLarge(maxBytes: number): ApiError {
  return new ApiError("request_too_large", `The request body is larger than ${maxBytes / 1024 / 1024} MiB.`);
}
