import { type AnyElysia, Elysia } from "elysia";
import type { Clients } from "../api/clients.ts";
import { orOtherEndpoint } from "../api/errors/other-endpoint.ts";
import { healthRoutes } from "../api/health/routes.ts";
import { modelsRoutes } from "../api/models/routes.ts";
import type { DescribedRoute } from "../api/openapi/document.ts";
import { openApiRoutes } from "../api/openapi/routes.ts";
import { OversizedBody } from "../api/validation/oversized-body.ts";
import type { Config } from "../config/config.ts";
import type { Backend } from "../core/backend.ts";
import { isJsonObject } from "../core/json.ts";
import type { Logger } from "../observability/logger.ts";
import { wantsPage } from "../page/form-answer.ts";
import { pageResponse, pageRoutes } from "../page/routes.ts";
import type { PageSources } from "../page/snapshot.ts";
import { readJsonBody } from "./body/read-body.ts";
import { createGate, type GateOptions } from "./checks/gate.ts";
import { SERVE_OPTIONS } from "./limits.ts";
import { RequestHandler } from "./request-handler.ts";
import { Sockets } from "./sockets.ts";

export type ServerParts = {
  readonly config: GateOptions & Pick<Config, "demo">;
  readonly backend: Backend;
  readonly logger: Logger;
  /** Where whose the requests are is noted, for the dialects. */
  readonly clients?: Clients;
  /** The dialects, each an Elysia plugin. */
  readonly routes: readonly AnyElysia[];
  readonly version: string;
  /** What the page at `/` shows beside the state; absent: there is none. */
  readonly page?: PageParts | undefined;
};

type PageParts = Omit<PageSources, "health" | "models" | "version" | "isDemo" | "startedAt" | "wantsKey"> & {
  /** How many turns have ended. */
  readonly ended: () => number;
};

/** The whole server as an Elysia app that listens to nothing yet. See `listen`. */
export function createServer({ config, backend, logger, clients, routes, version, page: parts }: ServerParts) {
  /** Aborted when the server goes down: new requests are refused then, and endless feeds end. */
  const stopping = new AbortController();
  const handler = new RequestHandler({
    gate: createGate(config),
    stopping: stopping.signal,
    logger,
    limits: () => backend.limits(),
    clients,
    routes: () => app.routes,
  });
  const startedAt = new Date();
  const isTrusted = (request: Request) => handler.isTrusted(request);
  const page = parts && {
    sources: {
      ...parts,
      health: () => backend.health(),
      models: () => backend.models(),
      ...{ version, startedAt, isDemo: config.demo, wantsKey: config.apiKeys.length > 0 },
    },
    ended: parts.ended,
    stopping: stopping.signal,
    isTrusted,
  };
  const health = {
    backend,
    version,
    demo: config.demo,
    startedAt,
    stopping: stopping.signal,
    isTrusted,
    page: page && ((request: Request) => (wantsPage(request) ? pageResponse(request, page) : undefined)),
  };
  const app = new Elysia({
    name: "claude-max-api",
    serve: SERVE_OPTIONS,
    // Elysia would otherwise look for the path after the eleventh character, and miss it behind a short host name.
    handler: { standardHostname: false },
    // It would strip what a schema does not name.
    normalize: false,
  })
    .decorate("stopping", stopping)
    .decorate("handler", handler)
    .decorate("sockets", new Sockets(logger, stopping.signal))
    // Around everything, rather than in hooks: no route, error or early answer gets past it.
    .wrap((route) => (request: Request) => handler.handle(request, (routed) => asResponse(route(routed))))
    .onParse({ as: "global" }, async ({ request, path }) => {
      if (!hasBody(request.method, path)) return null;
      return withModel(await readJsonBody(request, handler.bodyShare(request)), handler.deployment(request));
    })
    // By now the body was checked.
    .onBeforeHandle({ as: "global" }, async ({ request }) => handler.bodyShare(request).giveWay())
    .onError({ as: "global" }, ({ error, request, path, body }) =>
      handler.fail(orOtherEndpoint(error, path.replace(/\/$/, ""), body), request),
    )
    .use(modelsRoutes({ backend, startedAt }))
    .use(healthRoutes(health))
    .use(openApiRoutes({ routes: (): readonly DescribedRoute[] => app.routes, version }));
  for (const plugin of [...routes, ...(page ? [pageRoutes(page)] : [])]) app.use(plugin);
  return app;
}

export type Server = ReturnType<typeof createServer>;

/** Deleting, cancelling and beginning a login say all in the path; SDKs send no body then, and forms an empty one. */
function hasBody(method: string, path: string): boolean {
  return method !== "DELETE" && !/\/cancel\/?$|^\/page\/login\/?$/.test(path);
}

/** A body with the model that its path named, where it names none itself. */
function withModel(body: unknown, model: string | undefined): unknown {
  if (model === undefined || !isJsonObject(body) || body instanceof OversizedBody || (body.model ?? null) !== null)
    return body;
  return { ...body, model };
}

/** Elysia's types do not say what its own handler returns. */
async function asResponse(returned: unknown): Promise<Response> {
  const response = await returned;
  if (response instanceof Response) return response;
  throw new TypeError("the router returned no Response");
}
