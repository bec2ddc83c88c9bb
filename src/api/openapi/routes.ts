import { Elysia } from "elysia";
import { type DescribedRoute, openApiDocument } from "./document.ts";
import { PAGE_POLICY, renderPage } from "./page.ts";

type OpenApiRoutesOptions = {
  /** The routes there are, asked for with each request. */
  readonly routes: () => readonly DescribedRoute[];
  readonly version: string;
};

/** What the API takes: for programs (`/openapi.json`), and for people (`/docs`). */
export function openApiRoutes({ routes, version }: OpenApiRoutesOptions) {
  const document = () => openApiDocument(routes(), version);
  return new Elysia({ name: "openapi" })
    .get("/openapi.json", () => Response.json(document()), {
      detail: { summary: "This description, as an OpenAPI document", tags: ["Server"] },
    })
    .get(
      "/docs",
      ({ request }) =>
        new Response(renderPage(document(), new URL(request.url).origin), {
          headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": PAGE_POLICY },
        }),
      { detail: { summary: "This description, as a page", tags: ["Server"] } },
    );
}
