import { isAnthropicRequest } from "../errors/anthropic-error.ts";
import { isNode, nodesOf, type SchemaNode } from "../validation/schema-words.ts";
import { IGNORED_UNLESS, READ_WHOLE } from "../validation/unread-fields.ts";

/** A route as Elysia keeps it; its hooks have the body's schema, and the `detail` that describes it. */
export type DescribedRoute = { readonly method: string; readonly path: string; readonly hooks: unknown };

const JSON_TYPE = "application/json";

/** The routes there are as an OpenAPI 3.1 document, whose schemas are JSON Schema as ours are. */
export function openApiDocument(routes: readonly DescribedRoute[], version: string) {
  const paths: Record<string, Record<string, SchemaNode>> = {};
  for (const route of routes) {
    const path = route.path.replace(/\*$/, "{id}").replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: describeOperation(route, path) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "claude-max-api",
      version,
      description:
        "A local OpenAI-compatible server for your own Claude subscription, driving the official Claude Code CLI.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    // An empty one: without keys of its own the server takes any, and none.
    security: [{ bearer: [] }, { key: [] }, {}],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer" },
        key: { type: "apiKey", in: "header", name: "x-api-key" },
      },
      responses: {
        Error: errorResponse("Error"),
        AnthropicError: errorResponse("AnthropicError"),
      },
      schemas: { Error: ERROR_SCHEMA, AnthropicError: ANTHROPIC_ERROR_SCHEMA },
    },
  };
}

export type OpenApiDocument = ReturnType<typeof openApiDocument>;

const ERROR_SCHEMA = {
  type: "object",
  required: ["error"],
  properties: {
    error: {
      type: "object",
      required: ["message", "type", "param", "code"],
      properties: {
        message: { type: "string" },
        type: { type: "string" },
        param: { type: ["string", "null"], description: "The path of the field: messages[2].content." },
        code: { type: ["string", "null"] },
        resets_at: { type: "number", description: "When a limit of the plan ends, in seconds since the epoch." },
      },
    },
  },
};

/** Anthropic's paths answer with its envelope; on the others, its SDKs get it, too. */
const ANTHROPIC_ERROR_SCHEMA = {
  type: "object",
  required: ["type", "error", "request_id"],
  properties: {
    type: { const: "error" },
    error: {
      type: "object",
      required: ["type", "message"],
      properties: {
        type: { type: "string" },
        message: { type: "string" },
        resets_at: ERROR_SCHEMA.properties.error.properties.resets_at,
        details: {
          type: "object",
          description: "Which fields are not supported, in a form that Anthropic's SDKs read.",
          properties: {
            error_code: { type: "string" },
            unsupported: { type: "array", items: { type: "string" } },
          },
        },
      },
    },
    request_id: { type: ["string", "null"] },
  },
};

function errorResponse(schema: string) {
  return {
    description: "What went wrong, with the field that is to blame. The status is true.",
    content: { [JSON_TYPE]: { schema: { $ref: `#/components/schemas/${schema}` } } },
  };
}

function describeOperation({ hooks }: DescribedRoute, path: string): SchemaNode {
  const { detail, body } = isNode(hooks) ? hooks : {};
  const schema = isNode(body) && isNode(body.documented) ? withoutMarks(body.documented) : undefined;
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const { parameters: inQuery, responses, ...described } = isNode(detail) ? detail : {};
  const parameters = [...inPath, ...nodesOf(inQuery)];
  const error = isAnthropicRequest(path, new Headers()) ? "AnthropicError" : "Error";
  return {
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(schema ? { requestBody: { required: true, content: { [JSON_TYPE]: { schema } } } } : {}),
    responses: {
      "200": { description: "The answer.", content: answerOf(schema) },
      default: { $ref: `#/components/responses/${error}` },
      ...(isNode(responses) ? responses : {}),
    },
    ...described,
  };
}

function answerOf(body: unknown): SchemaNode {
  const json = { [JSON_TYPE]: { schema: { type: "object" } } };
  return mayStream(body) ? { ...json, "text/event-stream": { schema: { type: "string" } } } : json;
}

function mayStream(body: unknown): boolean {
  if (!isNode(body)) return false;
  if (Array.isArray(body.anyOf)) return body.anyOf.some(mayStream);
  return isNode(body.properties) && "stream" in body.properties;
}

/** The schema as JSON, and what our own mark means in words. */
function withoutMarks(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutMarks);
  if (!isNode(schema)) return schema;
  const { [IGNORED_UNLESS]: _, [READ_WHOLE]: __, ...rest } = schema;
  const plain = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, withoutMarks(value)]));
  return IGNORED_UNLESS in schema ? { description: "Accepted, without effect.", ...plain } : plain;
}
