import { OversizedBody } from "../../api/validation/oversized-body.ts";
import { ApiError } from "../../core/error.ts";
import { atOnce, inTurns, Pace } from "../../core/pace.ts";
import { BODY_PACE, MAX_BODY_BYTES, MAX_JSON_DEPTH, MAX_JSON_VALUES } from "../limits.ts";
import { BodyRoom, type BodyShare, SMALL_BODY_BYTES } from "./body-room.ts";
import { contentCodings, decompress } from "./content-coding.ts";
import { contentType, notJson, toUtf8 } from "./content-type.ts";
import { findJsonFault, type JsonFault } from "./json-fault.ts";
import { type JsonSize, measureJson } from "./json-structure.ts";
import { parseInPieces } from "./parse-pieces.ts";

/** What is read, as errors name it. */
type What = "The request body" | "The message";

/**
 * Reads a request's JSON body, whatever it holds; what it should hold is for the route to say. A large one is read once the request's part
 * of the room has place for it, and decoded in turns with all else that the server does.
 */
export async function readJsonBody(
  request: Request,
  part: BodyShare = new BodyRoom(MAX_BODY_BYTES).part(),
  maxBytes = MAX_BODY_BYTES,
  pace = BODY_PACE,
): Promise<unknown> {
  const { headers } = request;
  if (request.body === null || headers.get("content-length") === "0") throw isEmpty("The request body");
  const { isJson, charset } = contentType(headers);
  const codings = contentCodings(headers.get("content-encoding"));
  const announced = Number(headers.get("content-length"));
  if (announced > maxBytes) throw tooLarge(maxBytes);
  const size = announced > 0 && codings.length === 0 ? announced : undefined;
  const body = chunksOf(request.body, request.signal, pace);
  const limit = (chunks: AsyncIterable<Uint8Array>) => limited(chunks, maxBytes);
  const take = () => part.take(size ?? maxBytes, request.signal);
  const roomed = inRoom(decompress(limit(body), codings, limit), part, take);
  const bytes = toUtf8(await join(roomed, size), charset);
  part.cameWhole();
  try {
    if (bytes.length <= SMALL_BODY_BYTES) return await readJson(bytes, "The request body");
    return await part.decode(bytes.length, async () => {
      const body = await parseInTurns(bytes, "The request body");
      free(bytes);
      return body;
    });
  } catch (error) {
    const isNoJson = error instanceof ApiError && error.cause instanceof SyntaxError;
    if (isJson || !isNoJson) throw error;
    throw notJson(`${error.message} The request body must be JSON`);
  }
}

/** The JSON that a body, or a message of a WebSocket, holds. Rejects with an ApiError when it is none, or nests too deep. */
export async function readJson(bytes: Uint8Array, what: What): Promise<unknown> {
  return bytes.length <= AT_ONCE_BYTES ? parseAtOnce(bytes, what) : await parseInTurns(bytes, what);
}

function parseAtOnce(bytes: Uint8Array, what: What): unknown {
  if (bytes.length === 0) throw isEmpty(what);
  const size = atOnce(measureJson(bytes, MAX_JSON_DEPTH));
  if (size.depth > MAX_JSON_DEPTH) throw nestedTooDeep(what);
  const text = decodeUtf8(bytes, what);
  try {
    return withinLimits(JSON.parse(text), size);
  } catch (cause) {
    throw whyNot(atOnce(findJsonFault(text)), cause, what);
  }
}

/** So many bytes are decoded in a few milliseconds, whatever they say. */
const AT_ONCE_BYTES = 128 * 1024;

/** The same of many bytes, letting others have their turn. */
async function parseInTurns(bytes: Uint8Array, what: What): Promise<unknown> {
  const pace = new Pace();
  const size = await inTurns(measureJson(bytes, MAX_JSON_DEPTH), pace);
  if (size.depth > MAX_JSON_DEPTH) throw nestedTooDeep(what);
  try {
    return withinLimits(await parseInPieces(bytes, pace), size);
  } catch (cause) {
    const text = decodeUtf8(bytes, what);
    throw whyNot(await inTurns(findJsonFault(text), pace), cause, what);
  }
}

function withinLimits(body: unknown, { values }: JsonSize): unknown {
  return values > MAX_JSON_VALUES ? new OversizedBody(body, MAX_JSON_VALUES) : body;
}

/** JSON.parse's own message has no position and quotes the body. */
function whyNot(fault: JsonFault | undefined, cause: unknown, what: What): ApiError {
  if (!fault) return nestedTooDeep(what);
  const where = `line ${fault.line}, column ${fault.column}`;
  return new ApiError("invalid_request", `${what} is not valid JSON: ${where}: ${fault.problem}.`, { cause });
}

/** The pieces of a body as they come. Only the time counts in which one is waited for: what is read late is not sent late. */
async function* chunksOf(
  body: ReadableStream<Uint8Array>,
  left: AbortSignal,
  { pauseMs, bytesPerSecond }: typeof BODY_PACE,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  let [waitedMs, bytes] = [0, 0];
  const next = async () => {
    const startedAt = performance.now();
    const mayWaitMs = Math.min(pauseMs, pauseMs + (bytes / bytesPerSecond) * 1000 - waitedMs);
    const read = await within(reader.read(), mayWaitMs);
    waitedMs += performance.now() - startedAt;
    bytes += read.value?.length ?? 0;
    return read;
  };
  try {
    for (let read = await next(); !read.done; read = await next()) yield read.value;
  } catch (cause) {
    if (left.aborted) throw new ApiError("client_closed", "The client left while sending its request.", { cause });
    throw cause;
  } finally {
    // Whoever stopped reading has said why.
    await reader.cancel().catch(() => {});
  }
}

async function within<Value>(promise: Promise<Value>, ms: number): Promise<Value> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const message =
    "The rest of the request body did not come. Send it whole, with its true Content-Length, and without long pauses.";
  const timer = setTimeout(() => reject(new ApiError("request_incomplete", message)), Math.max(0, ms));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
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

/** The same pieces; `take` is awaited once the part says that the body needs room. */
async function* inRoom(
  chunks: AsyncIterable<Uint8Array>,
  part: BodyShare,
  take: () => Promise<void>,
): AsyncGenerator<Uint8Array> {
  let hasRoom = false;
  for await (const chunk of chunks) {
    if (!hasRoom && part.grow(chunk.length)) {
      await take();
      hasRoom = true;
    }
    yield chunk;
  }
}

/** All of it in one piece; where the size is known, it is put there as it comes, once there is so much that it has taken room. */
async function join(chunks: AsyncIterable<Uint8Array>, size: number | undefined): Promise<Uint8Array> {
  let all: Uint8Array[] = [];
  let read = 0;
  let whole: Uint8Array | undefined;
  const pace = new Pace();
  for await (const chunk of chunks) {
    if (size !== undefined && read + chunk.length > SMALL_BODY_BYTES) {
      whole ??= Buffer.concat(all, size);
      whole.set(chunk, read);
      all = [];
    } else all.push(chunk);
    read += chunk.length;
    if (read > SMALL_BODY_BYTES) await pace.giveWay();
  }
  if (whole) return whole.subarray(0, read);
  const [only] = all;
  return all.length === 1 && only ? only : Buffer.concat(all);
}

/** Frees the bytes at once: the collector is in no hurry with what it does not hold itself. */
function free({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}

function decodeUtf8(bytes: Uint8Array, what: What): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ApiError("invalid_request", `${what} is not valid UTF-8.`, { cause });
  }
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
