import { NotFoundError } from "elysia";
import { UpgradeResponse } from "../api/answer/socket.ts";
import type { Clients } from "../api/clients.ts";
import { anthropicErrorBody, isAnthropicRequest } from "../api/errors/anthropic-error.ts";
import { errorResponse } from "../api/errors/openai-error.ts";
import { limitHeaders } from "../api/limit-headers.ts";
import type { PlanLimits } from "../core/backend.ts";
import { ApiError, shuttingDown } from "../core/error.ts";
import type { Logger } from "../observability/logger.ts";
import { BodyRoom, type BodyShare } from "./body/body-room.ts";
import { allowOrigin } from "./checks/cors.ts";
import type { Gate } from "./checks/gate.ts";
import { askerOf } from "./client-of.ts";
import { toClientError } from "./errors.ts";
import type { Exchange } from "./exchange.ts";
import { MAX_BODIES_BYTES, MAX_REQUESTS } from "./limits.ts";
import { type BodyEnd, observeEnd } from "./observe-end.ts";
import { logInternalError, RefusalLog, turnFields } from "./request-log.ts";
import { answerUnrouted, methodsOf, type Route, targetOf } from "./request-target.ts";

type RequestHandlerParts = {
  readonly gate: Gate;
  /** Aborted when the server goes down: new requests are refused then. */
  readonly stopping: AbortSignal;
  readonly logger: Logger;
  /** What is known of the plan's limits. */
  readonly limits: () => PlanLimits;
  readonly clients?: Clients | undefined;
  /** The routes there are. */
  readonly routes: () => readonly Route[];
};

/** What the listener knows of a request. `pending`: how many are under way, with this one. */
type ConnectionInfo = Pick<Exchange, "address" | "onAnswered"> & { readonly pending: number };

type RouteRequest = (request: Request) => Promise<Response>;

const LONGEST_LOGGED_PATH = 200;
/** A turn in the background goes on, though nobody reads of it any more. */
const TURN_GRACE_MS = 1_000;

/** The way of every request: let in, routed, its failure told, its response given its headers, its end logged. */
export class RequestHandler {
  readonly #parts: RequestHandlerParts;
  readonly #room = new BodyRoom(MAX_BODIES_BYTES);
  readonly #refusals = new RefusalLog();
  readonly #exchanges = new WeakMap<Request, Exchange>();

  constructor(parts: RequestHandlerParts) {
    this.#parts = parts;
  }

  async handle(request: Request, route: RouteRequest): Promise<Response> {
    const exchange = this.#exchangeOf(request);
    const response = await this.#answer(request, exchange, route);
    if (!(response instanceof UpgradeResponse)) return this.#send(response, exchange);
    this.#addHeaders(response.headers, exchange);
    return response;
  }

  /** Takes note of a request before it is handled. */
  register(request: Request, { address, pending, onAnswered }: ConnectionInfo): void {
    const exchange = this.#open(request, address);
    exchange.isTooMany = pending > MAX_REQUESTS;
    exchange.onAnswered = onAnswered;
  }

  /**
   * What to answer a request, whose response may be that it becomes a WebSocket: undefined once `open` made it one. When that throws,
   * the response is the error.
   */
  settle(response: Response, request: Request, open: (upgrade: UpgradeResponse) => void): Response | undefined {
    if (!(response instanceof UpgradeResponse)) return response;
    const exchange = this.#exchangeOf(request);
    try {
      open(response);
    } catch (thrown) {
      return this.#send(this.fail(thrown, request), exchange);
    }
    this.#end(exchange, response.status, "complete");
    return undefined;
  }

  /** The response to whatever a route, a hook or the router threw. */
  fail(thrown: unknown, request: Request): Response {
    const exchange = this.#exchangeOf(request);
    const routes = this.#parts.routes();
    const failure = thrown instanceof NotFoundError ? answerUnrouted(exchange, routes) : toClientError(thrown);
    if (failure instanceof Response) return failure;
    exchange.error = failure.code;
    logInternalError(failure, exchange, this.#parts.logger);
    this.#refusals.note(failure, this.#parts.logger);
    const allow = failure.code === "method_not_allowed" ? methodsOf(exchange.target.path, routes) : [];
    const envelope = isAnthropicRequest(exchange.target.path, request.headers)
      ? { body: anthropicErrorBody(failure, exchange.id) }
      : {};
    return errorResponse(failure, { ...envelope, headers: headersOf(failure, allow) });
  }

  /** Whether a request may see what is not for everyone. */
  isTrusted(request: Request): boolean {
    return this.#exchanges.get(request)?.trusted === true;
  }

  /** The model that the path of a request names, where its body may name none. */
  deployment(request: Request): string | undefined {
    return this.#exchanges.get(request)?.target.deployment;
  }

  /** What the body of a request may take of the room for large ones, until the request was answered. */
  bodyShare(request: Request): BodyShare {
    const exchange = this.#exchangeOf(request);
    exchange.bodyShare ??= this.#room.part();
    return exchange.bodyShare;
  }

  #exchangeOf(request: Request): Exchange {
    return this.#exchanges.get(request) ?? this.#open(request, undefined);
  }

  #open(request: Request, address: string | undefined): Exchange {
    const { method, url } = request;
    // Bun leaves the URL relative when the Host header is missing or unusable.
    const path = URL.parse(url)?.pathname ?? url.split("?")[0] ?? "";
    const exchange: Exchange = {
      id: `req_${crypto.randomUUID().replaceAll("-", "")}`,
      startedAt: performance.now(),
      ...{ method, path, address },
      target: targetOf(method, path, this.#parts.routes()),
      trusted: false,
      turns: [],
      openTurns: 0,
    };
    this.#exchanges.set(request, exchange);
    return exchange;
  }

  #send(response: Response, exchange: Exchange): Response {
    this.#addHeaders(response.headers, exchange);
    return observeEnd(response, (end) => this.#end(exchange, response.status, end));
  }

  /** What a turn took whose reader has left is known a moment later. */
  #end(exchange: Exchange, status: number, end: BodyEnd): void {
    exchange.bodyShare?.end();
    exchange.onAnswered?.();
    if (exchange.openTurns === 0) {
      this.#log(exchange, status, end);
      return;
    }
    const ms = elapsed(exchange);
    const timer = setTimeout(() => exchange.onTurnsOver?.(), TURN_GRACE_MS);
    exchange.onTurnsOver = () => {
      clearTimeout(timer);
      delete exchange.onTurnsOver;
      this.#log(exchange, status, end, ms);
    };
  }

  async #answer(request: Request, exchange: Exchange, route: RouteRequest): Promise<Response> {
    try {
      const answered = this.#parts.gate(request, exchange);
      if (answered) return answered;
      if (exchange.isTooMany) {
        const message = `${MAX_REQUESTS} requests are under way, which is as many as there may be. Try again in a moment.`;
        throw new ApiError("queue_full", message, { retryAfterSeconds: 5 });
      }
      if (this.#parts.stopping.aborted) throw shuttingDown();
      return await route(this.#asRouted(request, exchange));
    } catch (thrown) {
      return this.fail(thrown, request);
    }
  }

  /** The request as the router gets it: with the path that is meant, and GET for HEAD. */
  #asRouted(request: Request, exchange: Exchange): Request {
    const { path, target } = exchange;
    const moved = target.path === path ? request : new Request(atPath(request.url, target.path), request);
    // Bun leaves the body out for HEAD. Elysia's own way would read an event stream to its end first.
    const routed = request.method === "HEAD" ? new Request(moved, { method: "GET" }) : moved;
    this.#exchanges.set(routed, exchange);
    this.#parts.clients?.note(routed, askerOf(request, exchange));
    return routed;
  }

  /** What the plan is at is for those who may use it. */
  #addHeaders(headers: Headers, exchange: Exchange): void {
    if (exchange.trusted && exchange.target.path.startsWith("/v1/")) {
      for (const [name, value] of limitHeaders(this.#parts.limits())) headers.set(name, value);
    }
    addOwnHeaders(headers, exchange);
  }

  #log(exchange: Exchange, status: number, end: BodyEnd, ms = elapsed(exchange)): void {
    const { id, method, path, error, turns } = exchange;
    this.#parts.logger.info("request", {
      method,
      path: path.slice(0, LONGEST_LOGGED_PATH),
      status,
      ms,
      request: id,
      error,
      ...turnFields(turns),
      end: end === "complete" ? undefined : end,
    });
  }
}

function elapsed({ startedAt }: Exchange): number {
  return Math.round(performance.now() - startedAt);
}

function atPath(url: string, path: string): string {
  const at = new URL(url);
  at.pathname = path;
  return at.href;
}

/** What every response carries, whoever made it. */
function addOwnHeaders(headers: Headers, { id, allowedOrigin }: Exchange): void {
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
    // So that the client's next request does not come back to the socket that is about to close, or waits for the rest of this one.
    ...(error.code === "shutting_down" || error.code === "request_incomplete" ? { connection: "close" } : {}),
  };
}
