/** The largest request body read: room for 2 MB of text many times over, and for a conversation with images. */
export const MAX_BODY_BYTES = 64 * 1024 * 1024;

/**
 * What the large bodies of all requests that are not answered yet may come to. Further ones are not read so long: they wait with their clients. In
 * memory each is some times as large, while it is decoded and told to the CLI.
 */
export const MAX_BODIES_BYTES = 256 * 1024 * 1024;

/** What the bodies of all requests that are on their way, and are small so far, may come to. Beyond it they take room like large ones. */
export const MAX_SMALL_BODIES_BYTES = 64 * 1024 * 1024;

/** How a body has to come: with a pause of so long at most, and after that time no slower than so many bytes a second. */
export const BODY_PACE = { pauseMs: 30_000, bytesPerSecond: 8 * 1024 };

/** Requests that may be under way at once, those whose bodies are still to come and those that wait for the model included. */
export const MAX_REQUESTS = 1000;

/**
 * Descriptors that may be open before no further connection is taken, of which each takes one. Twice what asks at once. Before it asks,
 * each may have sent as much as headers may come to, which Bun keeps: 256 MiB for all.
 */
export const MAX_CONNECTIONS = 2048;

/**
 * How long a connection is kept after an answer without another request, in seconds, and how long an answer in one piece may take to be
 * fetched. Longer than clients keep what they might use again, so that it is they who close it. Bun has at most 255.
 */
export const KEPT_SECONDS = 240;

/** How deep a body's arrays and objects may nest: far beyond any tool's schema, far below what overflows a recursive walk. */
export const MAX_JSON_DEPTH = 512;

/**
 * How many values a body may consist of, its arrays and objects counted with their members: more than a context of a million tokens has room
 * for. What is done with a body takes its time by these, hardly by its bytes.
 */
export const MAX_JSON_VALUES = 500_000;

/**
 * What a request's headers may come to: browsers send to any port of this machine the cookies of all. Bun has 16 KiB by itself, and answers
 * more with a bare 431. It takes this by a flag of its own, when it starts (`scripts/compile.ts`, `scripts/start.js`): to say it later would load
 * a part of Bun that takes as long as our start, and 7 MB.
 */
export const MAX_HEADER_BYTES = 128 * 1024;

/**
 * What Bun is told. Its idle timeout also runs while a request is answered, so it is lifted meanwhile. Headers have to be there
 * within some ten seconds in any case. Its own body limit answers with a bare
 * 413 outside the envelope, so ours is enforced while reading, and Bun discards what nobody reads without keeping it.
 */
export const SERVE_OPTIONS = { idleTimeout: KEPT_SECONDS, maxRequestBodySize: Number.MAX_SAFE_INTEGER } as const;

/** WebSockets that may be open at once: more than the programs of one person need, few enough for what each may have in memory. */
export const MAX_SOCKETS = 64;

/**
 * The largest message that is taken when so many WebSockets are open: what is half sent Bun keeps for as long as its client is alive, and
 * nobody can see it. A few may send what a body may have; many share a budget.
 */
export function maxMessageBytes(open: number): number {
  return Math.min(MAX_BODY_BYTES, Math.floor(MAX_MESSAGES_BYTES / Math.max(1, open)));
}
const MAX_MESSAGES_BYTES = 512 * 1024 * 1024;

/**
 * What Bun is told of WebSockets, beside the largest message, beyond which it closes the connection with 1009. Bun asks for a sign of life by itself, so only
 * a peer that is gone, or has stopped in the middle of a frame, is idle for so many seconds. It would drop what waits for a slow reader beyond its limit, which the answers
 * never reach: the next event of each is sent when the last has gone out.
 */
export const SOCKET_OPTIONS = {
  idleTimeout: 60,
  sendPings: true,
  backpressureLimit: 1024 * 1024 * 1024,
  perMessageDeflate: false,
} as const;
