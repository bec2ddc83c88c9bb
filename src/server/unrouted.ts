import { notOffered } from "../api/not-offered.ts";
import { ApiError } from "../core/error.ts";

export type Route = { readonly method: string; readonly path: string };

const LONGEST_QUOTE = 200;

/** What to say to a request that no route took: the methods its path has, what is not offered, or where the API is. */
export function answerUnrouted(method: string, url: string, routes: readonly Route[]): Response | ApiError {
  const { pathname, origin } = new URL(url);
  const meant = likelyPath(pathname);
  // First, since what is not offered may look like the id of something that is.
  const missing = notOffered(meant);
  if (missing) return missing;
  const methods = methodsOf(pathname, routes);
  if (methods.length > 0 && method === "OPTIONS") {
    return new Response(null, { status: 204, headers: { allow: methods.join(", ") } });
  }
  if (methods.length > 0 && !methods.includes(method)) {
    return new ApiError(
      "method_not_allowed",
      `${method} is not possible on this path; it takes ${methods.join(", ")}.`,
    );
  }
  const path = pathname.length > LONGEST_QUOTE ? `${pathname.slice(0, LONGEST_QUOTE)}…` : pathname;
  const hint =
    methodsOf(meant, routes).length > 0
      ? `Did you mean ${meant}? The base URL to set in a client is ${baseUrl(origin, meant)}.`
      : `There is ${routes.map((route) => `${route.method} ${route.path}`).join(", ")}.`;
  return new ApiError("route_not_found", `No such path: ${method} ${path}. ${hint}`);
}

/** Anthropic's clients add the version themselves. */
function baseUrl(origin: string, path: string): string {
  return path.startsWith("/v1/messages") ? origin : `${origin}/v1`;
}

/** The methods a path has, for an Allow header; empty when no route has the path. */
export function methodsOf(pathname: string, routes: readonly Route[]): string[] {
  const own = routes.filter(({ path }) => matches(path, pathname)).map(({ method }) => method);
  if (own.length === 0) return [];
  return [...new Set([...own, ...(own.includes("GET") ? ["HEAD"] : []), "OPTIONS"])];
}

/** Matches as the router does: `:name` is one segment, `*` all the rest, and a slash at the end makes no difference. */
function matches(route: string, pathname: string): boolean {
  const wanted = route.split("/");
  const given = pathname.replace(/(.)\/$/, "$1").split("/");
  const rest = wanted.indexOf("*");
  if (rest === -1 ? wanted.length !== given.length : given.length <= rest) return false;
  return wanted.every((segment, index) => segment === "*" || segment.startsWith(":") || segment === given[index]);
}

/** Undoes what goes wrong when base URLs are put together: /v1 doubled or missing, slashes doubled, a prefix before it. */
function likelyPath(pathname: string): string {
  const segments = pathname.split("/").filter((segment) => segment !== "");
  return `/v1/${segments.slice(segments.lastIndexOf("v1") + 1).join("/")}`;
}
