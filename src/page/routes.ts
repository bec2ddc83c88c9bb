import { Elysia } from "elysia";
import { sseResponse } from "../api/answer/sse.ts";
import { ApiError, invalid } from "../core/error.ts";
import { answerForm, wantsPage } from "./form-answer.ts";
import { about, loginRoutes } from "./login-routes.ts";
import type { PageSources, Reader } from "./snapshot.ts";

export type PageRoutesOptions = {
  readonly sources: PageSources;
  /** How many turns have ended. */
  readonly ended: () => number;
  /** Whether a request may see what is not for everyone. */
  readonly isTrusted: (request: Request) => boolean;
  /** Ends the feeds, which would otherwise hold up the server's end. */
  readonly stopping: AbortSignal;
};

const HTML = "text/html; charset=utf-8";
const MOST_MINUTES = 14 * 60;
const ZONE = {
  name: "tz",
  in: "query" as const,
  description: "By whose days what was used is added up: minutes east of UTC.",
  schema: { type: "integer" as const, minimum: -MOST_MINUTES, maximum: MOST_MINUTES, default: 0 },
};

/** The page at `/`. All that renders it is loaded when somebody looks for the first time. */
export async function pageResponse(request: Request, { sources, isTrusted }: PageRoutesOptions): Promise<Response> {
  const { POLICY, renderContent, renderDocument } = await import("./document.ts");
  const content = isTrusted(request) ? await renderContent(sources, readerOf(request), Date.now()) : undefined;
  return new Response(renderDocument({ ...sources, content }), {
    headers: {
      "content-type": HTML,
      "content-security-policy": POLICY,
      vary: "Accept",
      // Without a referrer a form would send no origin that the checks could know.
      "referrer-policy": "same-origin",
    },
  });
}

/** What the page asks for: its style and script, its content, that content as it changes, the end of a request, and a login. */
export function pageRoutes(options: PageRoutesOptions) {
  const { sources, ended, stopping } = options;
  const asset = async (name: string) => {
    const { ASSETS } = await import("./assets.ts");
    const { type, text } = ASSETS[name] ?? { type: "text/plain", text: "" };
    return new Response(text, { headers: { "content-type": type } });
  };
  const login = sources.login && loginRoutes(sources.login);
  return new Elysia({ name: "page" })
    .use(login)
    .get("/page/style.css", () => asset("style.css"), { detail: about("The page's style") })
    .get("/page/page.js", () => asset("page.js"), { detail: about("The page's script") })
    .get("/page/icon.svg", () => asset("icon.svg"), { detail: about("The page's icon") })
    .get(
      "/page/content",
      async ({ request }) => {
        const { renderContent } = await import("./document.ts");
        const { text } = await renderContent(sources, readerOf(request), Date.now());
        return new Response(text, { headers: { "content-type": HTML } });
      },
      { detail: { ...about("What the page says, for who asks with a key"), parameters: [ZONE] } },
    )
    .get(
      "/page/events",
      async ({ request }) => {
        const reader = readerOf(request);
        const { liveSections } = await import("./live.ts");
        const left = new AbortController();
        const signal = AbortSignal.any([request.signal, stopping, left.signal]);
        return sseResponse(liveSections({ sources, reader, ended, signal }), {
          onAbandon: () => left.abort(),
        });
      },
      { detail: { ...about("The parts of the page as server-sent events, whenever they change"), parameters: [ZONE] } },
    )
    .post(
      "/page/turns/:id/cancel",
      ({ params: { id }, request }) => {
        const isFound = sources.cancel(id);
        // From a form, without script: what has ended meanwhile is no news to who sees the page again.
        if (!isFound && !wantsPage(request))
          throw new ApiError("response_not_found", "No request of this id runs: it has ended, or never was.");
        return answerForm(request, { id, cancelled: true });
      },
      { detail: about("Ends a running request: its program is told that it was cancelled") },
    );
}

/** Who looks, as the request tells. Throws an ApiError for a zone that is none. */
function readerOf(request: Request): Reader {
  const { origin, searchParams } = new URL(request.url);
  const zone = searchParams.get("tz") ?? "0";
  const minutesEast = /^-?\d{1,3}$/.test(zone) ? Number(zone) : Number.NaN;
  if (Math.abs(minutesEast) <= MOST_MINUTES) return { origin, minutesEast };
  throw invalid("tz", `Invalid value for 'tz': expected minutes from -${MOST_MINUTES} to ${MOST_MINUTES}.`);
}
