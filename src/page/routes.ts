import { Elysia } from "elysia";
import { sseResponse } from "../api/answer/sse.ts";
import { ApiError } from "../core/error.ts";
import { answerForm, wantsPage } from "./form-answer.ts";
import { loginRoutes } from "./login-routes.ts";
import type { PageSources } from "./snapshot.ts";

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
const TAGS = { tags: ["Page"] };

/** The page at `/`. All that renders it is loaded when somebody looks for the first time. */
export async function pageResponse(request: Request, { sources, isTrusted }: PageRoutesOptions): Promise<Response> {
  const { POLICY, renderContent, renderDocument } = await import("./document.ts");
  const content = isTrusted(request) ? await renderContent(sources, originOf(request), Date.now()) : undefined;
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
    .get("/page/style.css", () => asset("style.css"), { detail: { summary: "The page's style", ...TAGS } })
    .get("/page/page.js", () => asset("page.js"), { detail: { summary: "The page's script", ...TAGS } })
    .get("/page/icon.svg", () => asset("icon.svg"), { detail: { summary: "The page's icon", ...TAGS } })
    .get(
      "/page/content",
      async ({ request }) => {
        const { renderContent } = await import("./document.ts");
        const { text } = await renderContent(sources, originOf(request), Date.now());
        return new Response(text, { headers: { "content-type": HTML } });
      },
      { detail: { summary: "What the page says, for who asks with a key", ...TAGS } },
    )
    .get(
      "/page/events",
      async ({ request }) => {
        const { liveSections } = await import("./live.ts");
        const left = new AbortController();
        const signal = AbortSignal.any([request.signal, stopping, left.signal]);
        return sseResponse(liveSections({ sources, origin: originOf(request), ended, signal }), {
          onAbandon: () => left.abort(),
        });
      },
      { detail: { summary: "The parts of the page as server-sent events, whenever they change", ...TAGS } },
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
      { detail: { summary: "Ends a running request: its program is told that it was cancelled", ...TAGS } },
    );
}

/** The server's address as who looks reaches it. */
function originOf({ url }: Request): string {
  return new URL(url).origin;
}
