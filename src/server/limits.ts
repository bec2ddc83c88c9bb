/** The largest request body read: room for 2 MB of text many times over, and for a conversation with images. */
export const MAX_BODY_BYTES = 64 * 1024 * 1024;

/**
 * What the large bodies of all requests that are not answered yet may come to. Further ones are not read so long: they wait with their clients. In
 * memory each is some times as large, while it is decoded and told to the CLI.
 */
export const MAX_BODIES_BYTES = 256 * 1024 * 1024;

/** How deep a body's arrays and objects may nest: far beyond any tool's schema, far below what overflows a recursive walk. */
export const MAX_JSON_DEPTH = 512;

/**
 * How many values a body may consist of, its arrays and objects counted with their members: more than a context of a million tokens has room
 * for. What is done with a body takes its time by these, hardly by its bytes.
 */
export const MAX_JSON_VALUES = 500_000;

/**
 * What Bun is told. Its own idle timeout would cut a quiet stream after ten seconds. Its own body limit answers with a bare
 * 413 outside the envelope, so ours is enforced while reading, and Bun discards what nobody reads without keeping it.
 */
export const SERVE_OPTIONS = { idleTimeout: 0, maxRequestBodySize: Number.MAX_SAFE_INTEGER } as const;

/** WebSockets that may be open at once: more than the programs of one person need, few enough for what each may have in memory. */
export const MAX_SOCKETS = 64;

/**
 * What Bun is told of WebSockets. A larger message closes the connection with 1009. Bun asks for a sign of life by itself, so only
 * a peer that is gone is idle for so many seconds. It would drop what waits for a slow reader beyond its limit, which the answers
 * never reach: the next event of each is sent when the last has gone out.
 */
export const SOCKET_OPTIONS = {
  maxPayloadLength: MAX_BODY_BYTES,
  idleTimeout: 120,
  sendPings: true,
  backpressureLimit: 1024 * 1024 * 1024,
  perMessageDeflate: false,
} as const;
