import { Elysia } from "elysia";
import { describeHealth, eventStream, type HealthSource, healthReports, NAME, type Wait } from "./report.ts";

type HealthRoutesOptions = HealthSource & {
  /** Whether a request may see more than the bare status. */
  readonly isTrusted: (request: Request) => boolean;
  /** Ends the feeds, which would otherwise hold up the server's end. */
  readonly stopping: AbortSignal;
  readonly wait?: Wait;
  /** What browsers get at `/`; undefined for what is none. */
  readonly page?: ((request: Request) => Promise<Response> | undefined) | undefined;
};

/** What state the server is in: for people and monitors (`/health`), for whoever watches (`/health/events`), at a glance (`/`). */
export function healthRoutes({ isTrusted, stopping, wait, page, ...source }: HealthRoutesOptions) {
  const report = () => describeHealth(source);
  return new Elysia({ name: "health" })
    .get(
      "/",
      ({ request }) => {
        const links = { name: NAME, version: source.version, api: "/v1", health: "/health", docs: "/docs" };
        return page?.(request) ?? Response.json(links, { headers: { vary: "Accept" } });
      },
      {
        detail: {
          summary: "Where everything is; for browsers, a page that shows what the server does",
          tags: ["Server"],
        },
      },
    )
    .get(
      "/health",
      ({ request }) => {
        const health = report();
        const status = health.status === "unavailable" ? 503 : 200;
        return Response.json(isTrusted(request) ? health : { status: health.status, name: NAME }, { status });
      },
      {
        detail: {
          summary: "The state of the server: 503 where it cannot answer, with how to mend it",
          tags: ["Server"],
        },
      },
    )
    .get(
      "/health/events",
      ({ request }) => {
        const left = new AbortController();
        const reports = healthReports(report, AbortSignal.any([request.signal, stopping, left.signal]), wait);
        return new Response(
          eventStream(reports, "health", () => left.abort()),
          { headers: { "content-type": "text/event-stream" } },
        );
      },
      { detail: { summary: "The same as server-sent events, whenever it changes", tags: ["Server"] } },
    );
}
