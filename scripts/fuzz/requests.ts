import { isNode } from "../../src/api/validation/schema-words.ts";
import { isJsonObject } from "../../src/core/json.ts";
import { TEXTBOOK_BODIES } from "../../test/support/textbook-bodies.ts";
import type { Random } from "../arena/random.ts";
import { drawValue } from "./values.ts";

export type Case = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** How long the client stays; undefined: to the end. */
  readonly leavesAfterMs?: number;
};

export type Route = { readonly method: string; readonly path: string; readonly body: unknown };

/** The routes as the server describes them. */
export function routesOf(document: unknown): readonly Route[] {
  const paths = isJsonObject(document) && isNode(document.paths) ? document.paths : {};
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(isNode(operations) ? operations : {}).map(([method, operation]) => {
      const content = at(operation, "requestBody", "content", "application/json", "schema");
      return { method: method.toUpperCase(), path, body: content };
    }),
  );
}

function at(value: unknown, ...steps: readonly string[]): unknown {
  return steps.reduce((found, step) => (isJsonObject(found) ? found[step] : undefined), value);
}

const IDS = [
  "resp_1",
  "msg_1",
  "claude-sonnet-4",
  "%00",
  "..%2f..%2fetc",
  "a b",
  "%ff",
  "a%2",
  "%E0%A4%A",
  "x".repeat(300),
] as const;
const ODD_HEADERS: readonly [readonly [string, string], ...(readonly [string, string])[]] = [
  ["content-type", "text/plain"],
  ["content-type", "application/json; charset=utf-16"],
  ["content-encoding", "gzip"],
  ["content-encoding", "br, gzip, zstd, deflate"],
  ["anthropic-version", "2023-06-01"],
  ["anthropic-beta", "x,,y"],
  ["origin", "http://localhost:3000"],
  ["host", "localhost"],
  ["authorization", "Bearer \u00e9"],
  ["upgrade", "websocket"],
  ["user-agent", "x".repeat(2000)],
  ["expect", "100-continue"],
];

/** A request of a route that is there, or nearly is. */
export function draw(routes: readonly Route[], random: Random): Case {
  const posts = routes.filter(({ body }) => body !== undefined);
  const route = random.pick((random.chance(0.85) ? posts : routes) as [Route]);
  const method = random.chance(0.03) ? random.pick(["GET", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"]) : route.method;
  const path = route.path.replace(/\{\w+\}/g, () => random.pick(IDS)) + (random.chance(0.03) ? "/" : "");
  const headers = { ...(route.body === undefined ? {} : { "content-type": "application/json" }) };
  if (random.chance(0.08)) Object.assign(headers, Object.fromEntries([random.pick(ODD_HEADERS)]));
  // One never ends by itself.
  const leaves =
    path.startsWith("/health/events") || random.chance(0.04) ? { leavesAfterMs: random.between(0, 5) } : {};
  if (method === "GET" || method === "HEAD")
    return {
      method,
      path: `${path}${random.chance(0.2) ? "?after=%ff&limit=-1&stream=true" : ""}`,
      headers,
      ...leaves,
    };
  const body = mangled(JSON.stringify(drawBody(route, random)), random);
  return { method, path, headers, body, ...leaves };
}

/** What the schema takes, or a textbook body with a few places changed. */
export function drawBody({ path, body }: Route, random: Random): unknown {
  const [, textbook] = Object.entries(TEXTBOOK_BODIES).find(([start]) => path.startsWith(start)) ?? [];
  if (textbook === undefined || random.chance(0.5)) return drawValue(body, random, random.pick([0, 0, 0.01, 0.05]));
  let changed: unknown = textbook;
  for (let times = random.between(0, 2); times > 0; times--) changed = changedSomewhere(changed, random);
  if (!isJsonObject(changed)) return changed;
  const { max_tokens, ...rest } = changed;
  const fields = path.endsWith("/count_tokens") ? rest : changed;
  return random.chance(0.4) ? { ...fields, stream: true } : fields;
}

function changedSomewhere(value: unknown, random: Random): unknown {
  if (random.chance(0.15)) return drawValue({}, random, 1);
  if (Array.isArray(value) && value.length > 0) {
    const place = random.between(0, value.length - 1);
    if (random.chance(0.1)) return value.toSpliced(place, 1);
    return value.with(place, changedSomewhere(value[place], random));
  }
  if (!isJsonObject(value) || Object.keys(value).length === 0) return drawValue({}, random, 1);
  const name = random.pick(Object.keys(value) as [string]);
  return { ...value, [name]: changedSomewhere(value[name], random) };
}

/** The text, which is no JSON any more now and then. */
function mangled(text: string, random: Random): string {
  if (!random.chance(0.03)) return text;
  const place = random.between(0, text.length);
  return random.pick([
    text.slice(0, place),
    `${text.slice(0, place)}\u0000${text.slice(place)}`,
    `${text}}`,
    "",
    "null",
  ]);
}
