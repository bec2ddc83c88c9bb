import type { ErrorCode } from "../core/error.ts";
import type { BodyPart } from "./body-room.ts";
import type { Meant } from "./meant-path.ts";

/** One request on its way through the server: what is known of it, for the checks, the response's headers and the log. */
export type Exchange = {
  readonly id: string;
  readonly startedAt: number;
  readonly method: string;
  /** As it was asked, without the query, which may carry secrets. */
  readonly path: string;
  /** Where it goes. */
  readonly meant: Meant;
  /** The foreign origin this request comes from and may read the answer of. */
  allowedOrigin?: string;
  /** Whether it carried a valid key, or none is needed. */
  trusted: boolean;
  /** What its body takes of the room for large ones. */
  bodyPart?: BodyPart;
  /** The request as the routes have it. */
  routed?: Request;
  /** How it failed, when it did. */
  error?: ErrorCode;
};

export function openExchange(request: Request, meant: (path: string) => Meant): Exchange {
  const path = pathOf(request.url);
  return {
    id: `req_${crypto.randomUUID().replaceAll("-", "")}`,
    startedAt: performance.now(),
    method: request.method,
    path,
    meant: meant(path),
    trusted: false,
  };
}

/** Bun leaves the URL relative when the Host header is missing or unusable. */
function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : (url.split("?")[0] ?? "");
}
