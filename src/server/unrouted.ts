import { notOffered } from "../api/errors/not-offered.ts";
import { ApiError } from "../core/error.ts";
import type { Exchange } from "./exchange.ts";
import { methodsOf, type Route } from "./meant-path.ts";

const LONGEST_QUOTE = 200;

/** What to say to a request that no route took: what is not offered, the methods its path has, or what there is. */
export function answerUnrouted(
  { method, path, meant }: Pick<Exchange, "method" | "path" | "meant">,
  routes: readonly Route[],
): Response | ApiError {
  // First, since what is not offered may look like the id of something that is.
  const missing = notOffered(meant.path, method);
  if (missing) return missing;
  const methods = methodsOf(meant.path, routes);
  if (methods.length > 0 && method === "OPTIONS") {
    return new Response(null, { status: 204, headers: { allow: methods.join(", ") } });
  }
  if (methods.length > 0 && !methods.includes(method)) {
    return new ApiError(
      "method_not_allowed",
      `${method} is not possible on this path; it takes ${methods.join(", ")}.`,
    );
  }
  const quoted = path.length > LONGEST_QUOTE ? `${path.slice(0, LONGEST_QUOTE)}…` : path;
  const known = routes.map((route) => `${route.method} ${route.path}`).join(", ");
  return new ApiError("route_not_found", `No such path: ${method} ${quoted}. There is ${known}.`);
}
