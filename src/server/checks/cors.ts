const METHODS = "GET, POST, DELETE, OPTIONS";
/** Headers of ours that do not begin with `x-`. */
const OWN = ["request-id", "retry-after"];
const PREFLIGHT_VALID_SECONDS = 600;

export function isPreflight(request: Request): boolean {
  return request.method === "OPTIONS" && request.headers.has("access-control-request-method");
}

/** The answer to an allowed origin's preflight. It carries no key: browsers never send one along. */
export function preflightResponse(request: Request): Response {
  const response = new Response(null, { status: 204 });
  response.headers.set("access-control-allow-methods", METHODS);
  response.headers.set("access-control-max-age", String(PREFLIGHT_VALID_SECONDS));
  // Echoed, since the `*` wildcard does not cover Authorization and SDKs send a dozen headers of their own.
  const requested = request.headers.get("access-control-request-headers");
  if (requested) response.headers.set("access-control-allow-headers", requested);
  if (request.headers.get("access-control-request-private-network") === "true") {
    response.headers.set("access-control-allow-private-network", "true");
  }
  return response;
}

/** Lets the pages of one allowed origin read a response, its own headers included. */
export function allowOrigin(headers: Headers, origin: string): void {
  const readable = [...headers.keys()].filter((name) => /^(?:x|anthropic)-/.test(name) || OWN.includes(name));
  headers.set("access-control-allow-origin", origin);
  headers.set("access-control-expose-headers", readable.join(", "));
}
