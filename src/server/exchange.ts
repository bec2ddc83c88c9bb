import type { ErrorCode } from "../core/error.ts";

/** One request on its way through the server: what is known of it, for the checks, the response's headers and the log. */
export type Exchange = {
  readonly id: string;
  readonly startedAt: number;
  readonly method: string;
  /** Without the query, which may carry secrets. */
  readonly path: string;
  /** The foreign origin this request comes from and may read the answer of. */
  allowedOrigin?: string;
  /** Whether it carried a valid key, or none is needed. */
  trusted: boolean;
  /** How it failed, when it did. */
  error?: ErrorCode;
};

export function openExchange(request: Request): Exchange {
  return {
    id: `req_${crypto.randomUUID().replaceAll("-", "")}`,
    startedAt: performance.now(),
    method: request.method,
    path: pathOf(request.url),
    trusted: false,
  };
}

/** Bun leaves the URL relative when the Host header is missing or unusable. */
function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : (url.split("?")[0] ?? "");
}
