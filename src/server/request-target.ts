import { notOffered } from "../api/errors/not-offered.ts";
import { ApiError } from "../core/error.ts";
import { withoutEnd } from "../core/text.ts";

export type Route = { readonly method: string; readonly path: string };

/** Where a request goes: the path to be routed, and what else the path that was asked for said. */
export type Target = {
  readonly path: string;
  /** The model that Azure's form of a path names. */
  readonly deployment?: string;
};

/** What stands before `/v1`, or in place of it, in the base URLs that people set. */
const BASES = ["v1", "api", "openai", "anthropic"];
/** Of a path that was set for a base URL; a client adds another one behind it. */
const ENDPOINTS = ["chat", "completions", "messages", "responses"];

/** In segments: more are none that somebody set, and each would be tried. */
const LONGEST_BASE = 8;

/** Paths that clients and monitors ask for to see whether somebody is there. */
const ALIASES: Readonly<Record<string, string>> = {
  "/api/hello": "/",
  "/healthz": "/health",
  "/livez": "/health",
  "/readyz": "/health",
  "/ping": "/health",
};

/**
 * LM Studio's own API, and that of Open WebUI. Clients take a server for LM Studio by a 200 for /api/v1/models alone, and read the models
 * in its form then. So what is asked for there, other than sent, is not ours.
 */
const OTHER_SERVERS = /^\/api(?:\/v1)?(?:\/models(?:\/.*)?)?$/;

const AZURE = /^\/(?:v1\/)?openai\/deployments\/([^/]+)\/(.+)$/;

/**
 * The path that is meant by one that is written otherwise: /v1 doubled or missing, slashes doubled or at the end, a prefix that no
 * proxy took away, a whole address set for the base URL. What is known as it stands is left so, and what may mean nothing here, too.
 */
export function targetOf(method: string, given: string, routes: readonly Route[]): Target {
  const pathname = decodable(given);
  if (takes(method, pathname, routes)) return { path: pathname };
  const [, deployment, operation] = AZURE.exec(tidy(pathname)) ?? [];
  const asked = operation === undefined ? tidy(pathname) : `/v1/${operation}`;
  const isOthers = (method === "GET" || method === "HEAD") && OTHER_SERVERS.test(asked);
  const candidates = [asked, ...(isOthers ? [] : possiblePaths(asked))];
  const path =
    candidates.find((candidate) => takes(method, candidate, routes)) ??
    candidates.find(
      (candidate) => notOffered(candidate, method) !== undefined || methodsOf(candidate, routes).length > 0,
    ) ??
    pathname;
  return {
    path,
    ...(deployment !== undefined && path !== pathname && { deployment: decoded(deployment) ?? deployment }),
  };
}

/** The methods a path has, for an Allow header; empty when no route has the path. */
export function methodsOf(pathname: string, routes: readonly Route[]): string[] {
  const given = pathname.replace(/(.)\/$/, "$1").split("/");
  const own = routes.filter(({ path }) => matches(path, given)).map(({ method }) => method);
  if (own.length === 0) return [];
  return [...new Set([...own, ...(own.includes("GET") ? ["HEAD"] : []), "OPTIONS"])];
}

function takes(method: string, pathname: string, routes: readonly Route[]): boolean {
  return methodsOf(pathname, routes).includes(method);
}

/** Matches as the router does: `:name` is one segment, `*` all the rest, and a slash at the end makes no difference. */
function matches(route: string, given: readonly string[]): boolean {
  const wanted = route.split("/");
  const rest = wanted.indexOf("*");
  if (rest === -1 ? wanted.length !== given.length : given.length <= rest) return false;
  return wanted.every((segment, index) => segment === "*" || segment.startsWith(":") || segment === given[index]);
}

/** The path with each segment that cannot be decoded taken to the letter: the router would throw, and no id is written so. */
function decodable(pathname: string): string {
  if (decoded(pathname) !== undefined) return pathname;
  const segments = pathname.split("/");
  return segments
    .map((segment) => (decoded(segment) === undefined ? segment.replaceAll("%", "%25") : segment))
    .join("/");
}

/** Without doubled slashes, one at the end, and spaces that were pasted with an address. */
function tidy(pathname: string): string {
  return `/${segmentsOf(pathname).join("/")}`;
}

function segmentsOf(pathname: string): string[] {
  return pathname
    .split("/")
    .map((segment) => withoutEnd(segment.replace(/^(?:%20)+/, ""), "%20"))
    .filter((segment) => segment !== "");
}

/** What may be meant, the longest path first. */
function possiblePaths(pathname: string): string[] {
  const segments = segmentsOf(pathname);
  const lengths = [...segments.keys(), segments.length]
    .slice(0, LONGEST_BASE + 1)
    .filter((length) => isBase(segments.slice(0, length)));
  const rests = lengths.map((length) => segments.slice(length));
  const versioned = rests.filter((rest) => rest.length > 0).map((rest) => `/v1/${rest.join("/")}`);
  // What stands beside /v1, such as /health.
  const beside = lengths
    .filter((length) => segments.slice(0, length).every((segment) => BASES.includes(segment)))
    .map((length) => `/${segments.slice(length).join("/")}`);
  return [...versioned, ...beside].map((path) => ALIASES[path] ?? path);
}

function isBase(segments: readonly string[]): boolean {
  return (
    segments.at(-1) === "v1" || segments.every((segment) => BASES.includes(segment) || ENDPOINTS.includes(segment))
  );
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

const LONGEST_QUOTE = 200;

/** What to say to a request that no route took: what is not offered, the methods its path has, or what there is. */
export function answerUnrouted(
  { method, path, target }: { readonly method: string; readonly path: string; readonly target: Target },
  routes: readonly Route[],
): Response | ApiError {
  // First, since what is not offered may look like the id of something that is.
  const missing = notOffered(target.path, method);
  if (missing) return missing;
  const methods = methodsOf(target.path, routes);
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
