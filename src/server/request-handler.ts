import { anthropicErrorBody, isAnthropicRequest } from "../api/anthropic-error.ts";
import { errorResponse } from "../api/openai-error.ts";
import { UpgradeResponse } from "../api/socket.ts";
import { ApiError } from "../core/error.ts";
import type { Logger } from "../observability/logger.ts";
import { allowOrigin } from "./cors.ts";
import { isUnrouted, logInternalError, toClientError } from "./errors.ts";
import { type Exchange, openExchange } from "./exchange.ts";
import type { Gate } from "./gate.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { type BodyEnd, observeEnd } from "./observe-end.ts";
import { answerUnrouted, methodsOf, type Route } from "./unrouted.ts";

export type RequestHandlerParts = {
  readonly gate: Gate;
  readonly lifecycle: Lifecycle;
  readonly logger: Logger;
  /** The routes there are, asked for when a request met none. */
  readonly routes: () => readonly Route[];
};

export type RouteRequest = (request: Request) => Promise<Response>;

const LONGEST_LOGGED_PATH = 200;

/** The way of every request: let in, routed, its failure told, its response dressed, its end logged. */
export class RequestHandler {
  readonly #parts: RequestHandlerParts;
  readonly #exchanges = new WeakMap<Request, Exchange>();

  constructor(parts: RequestHandlerParts) {
    this.#parts = parts;
  }

  async handle(request: Request, route: RouteRequest): Promise<Response> {
    const exchange = openExchange(request);
    this.#exchanges.set(request, exchange);
    const response = await this.#answer(request, exchange, route);
    if (!(response instanceof UpgradeResponse)) return this.#send(response, exchange);
    dress(response.headers, exchange);
    return response;
  }

  /**
   * What to answer a request, whose response may be that it becomes a WebSocket: undefined once `open` made it one. When that throws,
   * the response is the error.
   */
  settle(response: Response, request: Request, open: (upgrade: UpgradeResponse) => void): Response | undefined {
    if (!(response instanceof UpgradeResponse)) return response;
    const exchange = this.#exchanges.get(request) ?? openExchange(request);
    try {
      open(response);
    } catch (thrown) {
      return this.#send(this.fail(thrown, request), exchange);
    }
    this.#log(exchange, response.status, "complete");
    return undefined;
  }

  /** The response to whatever a route, a hook or the router threw. */
  fail(thrown: unknown, request: Request): Response {
    const exchange = this.#exchanges.get(request) ?? openExchange(request);
    const routes = this.#parts.routes();
    const failure = isUnrouted(thrown) ? answerUnrouted(exchange.method, request.url, routes) : toClientError(thrown);
    if (failure instanceof Response) return failure;
    exchange.error = failure.code;
    logInternalError(failure, exchange, this.#parts.logger);
    const allow = failure.code === "method_not_allowed" ? methodsOf(exchange.path, routes) : [];
    const envelope = isAnthropicRequest(exchange.path, request.headers)
      ? { body: anthropicErrorBody(failure, exchange.id) }
      : {};
    return errorResponse(failure, { ...envelope, headers: headersOf(failure, allow) });
  }

  /** Whether a request may see what is not for everyone. */
  isTrusted(request: Request): boolean {
    return this.#exchanges.get(request)?.trusted === true;
  }

  #send(response: Response, exchange: Exchange): Response {
    dress(response.headers, exchange);
    return observeEnd(response, (end) => this.#log(exchange, response.status, end));
  }

  async #answer(request: Request, exchange: Exchange, route: RouteRequest): Promise<Response> {
    try {
      const answered = this.#parts.gate.admit(request, exchange);
      if (answered) return answered;
      if (this.#parts.lifecycle.stopping.aborted) {
        throw new ApiError("shutting_down", "The server is shutting down. Try again once it is back.");
      }
      return await route(this.#asRouted(request, exchange));
    } catch (thrown) {
      return this.fail(thrown, request);
    }
  }

  /** HEAD is routed as GET, and Bun leaves the body out. Elysia's own way would read an event stream to its end first. */
  #asRouted(request: Request, exchange: Exchange): Request {
    if (request.method !== "HEAD") return request;
    const routed = new Request(request, { method: "GET" });
    this.#exchanges.set(routed, exchange);
    return routed;
  }

  #log({ id, startedAt, method, path, error }: Exchange, status: number, end: BodyEnd): void {
    this.#parts.logger.info("request", {
      method,
      path: path.slice(0, LONGEST_LOGGED_PATH),
      status,
      ms: Math.round(performance.now() - startedAt),
      request: id,
      error,
      end: end === "complete" ? undefined : end,
    });
  }
}

/** What every response carries, whoever made it. */
function dress(headers: Headers, { id, allowedOrigin }: Exchange): void {
  headers.set("x-request-id", id);
  // The name by which Anthropic's SDKs look for it.
  headers.set("request-id", id);
  if (allowedOrigin !== undefined) allowOrigin(headers, allowedOrigin);
  headers.append("vary", "Origin");
  headers.set("x-content-type-options", "nosniff");
  headers.set("cache-control", "no-store");
}

function headersOf(error: ApiError, allow: readonly string[]): Record<string, string> {
  return {
    ...(allow.length > 0 ? { allow: allow.join(", ") } : {}),
    ...(error.code === "invalid_api_key" ? { "www-authenticate": "Bearer" } : {}),
    ...(error.code === "upgrade_required"
      ? { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13" }
      : {}),
    // So that the client's next request does not come back to the socket that is about to close.
    ...(error.code === "shutting_down" ? { connection: "close" } : {}),
  };
}
