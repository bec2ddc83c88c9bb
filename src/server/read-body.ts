import { ApiError } from "../core/error.ts";
import { findJsonFault } from "./json-fault.ts";
import { MAX_BODY_BYTES, MAX_JSON_DEPTH } from "./limits.ts";

/** What is read, as errors name it. */
type What = "The request body" | "The message";

/** Reads a request's JSON body, whatever it holds; what it should hold is for the route to say. */
export async function readJsonBody(request: Request, maxBytes = MAX_BODY_BYTES): Promise<unknown> {
  if (request.body === null || request.headers.get("content-length") === "0") throw isEmpty("The request body");
  requireJson(request.headers);
  return parseJsonBytes(await readBytes(request, maxBytes));
}

/** The JSON that a body, or a message of a WebSocket, holds. Throws an ApiError when it is none, or nests too deep. */
export function parseJsonBytes(bytes: Uint8Array, what: What = "The request body"): unknown {
  if (bytes.length === 0) throw isEmpty(what);
  if (isDeeperThan(MAX_JSON_DEPTH, bytes)) throw nestedTooDeep(what);
  return parseJson(decodeUtf8(bytes, what), what);
}

const UTF8_CHARSETS = ["utf-8", "utf8", "us-ascii"];

/** `application/json` is what no web page can send across sites without asking first; forms and no-cors requests cannot. */
function requireJson(headers: Headers): void {
  const [type = "", ...parameters] = (headers.get("content-type") ?? "").toLowerCase().split(";");
  const charsets = parameters.map((parameter) => /^\s*charset\s*=\s*"?([\w-]*)"?\s*$/.exec(parameter)?.[1]);
  const isUtf8 = charsets.every((charset) => charset === undefined || UTF8_CHARSETS.includes(charset));
  if (type.trim() !== "application/json" || !isUtf8) {
    throw new ApiError(
      "unsupported_media_type",
      "The request body must be JSON in UTF-8, sent with the header 'Content-Type: application/json'.",
    );
  }
  const encoding = headers.get("content-encoding") ?? "identity";
  if (encoding.toLowerCase() !== "identity") {
    throw new ApiError(
      "unsupported_media_type",
      "Compressed request bodies are not accepted: leave out Content-Encoding.",
    );
  }
}

async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  if (Number(request.headers.get("content-length")) > maxBytes) throw tooLarge(maxBytes);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    const reader = request.body?.getReader();
    for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
      size += read.value.length;
      if (size > maxBytes) {
        await reader?.cancel();
        throw tooLarge(maxBytes);
      }
      chunks.push(read.value);
    }
  } catch (cause) {
    if (request.signal.aborted)
      throw new ApiError("client_closed", "The client left while sending its request.", { cause });
    throw cause;
  }
  const [only] = chunks;
  return chunks.length === 1 && only ? only : Buffer.concat(chunks);
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
