import { createHash } from "node:crypto";
import { alternatives, describeExpected, isNode, type SchemaNode } from "../validation/schema-words.ts";
import type { OpenApiDocument } from "./document.ts";

const STYLE = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
code, pre { font: 0.9em ui-monospace, monospace; }
pre { overflow-x: auto; padding: 0.5rem; border: 1px solid #8886; }
section { border-top: 1px solid #8886; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; vertical-align: top; padding: 0.25rem 0.75rem 0.25rem 0; border-bottom: 1px solid #8883; }
`;

/** The page has one style, its own, and nothing else: no script, no image, no form, and nothing from elsewhere. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The document for people. */
export function renderPage({ info, paths }: OpenApiDocument): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => renderOperation(method, path, operation)),
  );
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(info.title)}</title><style>${STYLE}</style></head>
<body>
<h1>${escapeHtml(info.title)} ${escapeHtml(info.version)}</h1>
<p>${escapeHtml(info.description)} For programs: <a href="/openapi.json">openapi.json</a>.</p>
${operations.join("\n")}
</body>
</html>
`;
}

function renderOperation(method: string, path: string, operation: SchemaNode): string {
  const bodies = bodiesOf(operation).map(renderBody).join("\n");
  const summary = typeof operation.summary === "string" ? `<p>${escapeHtml(operation.summary)}.</p>` : "";
  return `<section>\n<h2><code>${escapeHtml(method.toUpperCase())} ${escapeHtml(path)}</code></h2>\n${summary}${bodies}</section>`;
}

/** The forms that the body of a request may have. */
function bodiesOf({ requestBody }: SchemaNode): SchemaNode[] {
  const content =
    isNode(requestBody) && isNode(requestBody.content) ? requestBody.content["application/json"] : undefined;
  return isNode(content) && isNode(content.schema) ? alternatives(content.schema) : [];
}

function renderBody(schema: SchemaNode): string {
  const title = typeof schema.title === "string" ? `<h3>${escapeHtml(schema.title)}</h3>\n` : "";
  const required = Array.isArray(schema.required) ? schema.required : [];
  const rows = Object.entries(isNode(schema.properties) ? schema.properties : {}).map(([name, own]) => {
    const field = `<code>${escapeHtml(name)}</code>${required.includes(name) ? " (required)" : ""}`;
    return `<tr><td>${field}</td><td>${escapeHtml(typeOf(own))}</td><td>${descriptionOf(own)}</td></tr>`;
  });
  const whole = `<details><summary>JSON Schema</summary><pre>${escapeHtml(JSON.stringify(schema, null, 2))}</pre></details>`;
  return `${title}<table>\n<tr><th>field</th><th>is</th><th></th></tr>\n${rows.join("\n")}\n</table>\n${whole}\n`;
}

function typeOf(schema: unknown): string {
  if (!isNode(schema)) return "";
  const { description: _, ...bare } = schema;
  return Object.keys(bare).length === 0 ? "anything" : describeExpected([bare]);
}

/** Notes are written in Markdown, of which they use code alone. */
function descriptionOf(schema: unknown): string {
  const text = isNode(schema) && typeof schema.description === "string" ? schema.description : "";
  return escapeHtml(text).replace(/`([^`]*)`/g, "<code>$1</code>");
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? "");
}
