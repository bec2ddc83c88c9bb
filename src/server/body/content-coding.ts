import { pipeline } from "node:stream/promises";
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from "node:zlib";
import { ApiError } from "../../core/error.ts";

type Chunks = AsyncIterable<Uint8Array>;

/** More than one is rare, and each takes memory of its own. */
const MOST_CODINGS = 3;

/** What a zstd frame may ask to have kept: 64 MiB, which is as much as a body may be. */
const ZSTD_WINDOW_LOG = 26;

/** The ways of compressing that are taken, in the order in which they are told, and what undoes each. */
const DECODERS = {
  zstd: () => createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG } }),
  br: () => createBrotliDecompress(),
  gzip: () => createGunzip(),
  deflate: (start: Uint8Array) => (isZlib(start) ? createInflate() : createInflateRaw()),
};
type Coding = keyof typeof DECODERS;

/** Other names of these; some clients name the character set here, which changes nothing. */
const ALIASES: Readonly<Record<string, Coding | "identity">> = { "x-gzip": "gzip", "utf-8": "identity" };

/** What a Content-Encoding header says was done to a body, the first thing first. Throws an ApiError for what cannot be undone. */
export function contentCodings(header: string | null): Coding[] {
  const names = (header ?? "")
    .toLowerCase()
    .split(",")
    .map((name) => name.trim());
  const codings = names.map((name) => ALIASES[name] ?? name).filter((name) => name !== "" && name !== "identity");
  const known = codings.filter(isCoding);
  const taken = Object.keys(DECODERS).join(", ");
  if (known.length !== codings.length) {
    throw new ApiError("unsupported_media_type", `Unknown Content-Encoding; taken are ${taken}, or none.`);
  }
  if (known.length > MOST_CODINGS) {
    const why = `at most ${MOST_CODINGS} are undone, and one does`;
    throw new ApiError("unsupported_media_type", `The Content-Encoding names ${known.length} codings: ${why}.`);
  }
  return known;
}

function isCoding(name: string): name is Coding {
  return Object.hasOwn(DECODERS, name);
}

/** Undoes what was done to a body, piece by piece; no stage gets larger than `limit` lets it. Throws an ApiError for broken data. */
export function decompress(body: Chunks, codings: readonly Coding[], limit: (chunks: Chunks) => Chunks): Chunks {
  return codings.reduceRight<Chunks>((chunks, coding) => limit(undo(chunks, coding)), body);
}

async function* undo(body: Chunks, coding: Coding): AsyncGenerator<Uint8Array> {
  const { start, all } = await startOf(body);
  const decoder = DECODERS[coding](start);
  // What is wrong with the body, or with the data, is thrown to who reads from the decoder.
  const piped = pipeline(all, decoder).catch(() => {});
  let isEmpty = true;
  try {
    for await (const chunk of decoder) {
      if (!(chunk instanceof Uint8Array)) continue;
      isEmpty = false;
      yield chunk;
    }
    await piped;
  } catch (cause) {
    throw cause instanceof ApiError ? cause : broken(coding, cause);
  }
  // Of zstd that breaks off early, the decoder says nothing.
  if (isEmpty) throw broken(coding);
}

/** The first two bytes at least, if there are so many, and all of it. */
async function startOf(body: Chunks): Promise<{ start: Uint8Array; all: Chunks }> {
  const iterator = body[Symbol.asyncIterator]();
  let start: Uint8Array = new Uint8Array();
  while (start.length < 2) {
    const { done, value } = await iterator.next();
    if (done) break;
    start = Buffer.concat([start, value]);
  }
  async function* all() {
    try {
      yield start;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  }
  return { start, all: all() };
}

/** RFC 9110 means zlib's form (RFC 1950) by `deflate`, and some clients send it bare. */
function isZlib([first = 0, second = 0]: Uint8Array): boolean {
  return (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;
}

function broken(coding: Coding, cause?: unknown): ApiError {
  return new ApiError("invalid_request", `The request body is not whole, or not valid ${coding} data.`, { cause });
}
