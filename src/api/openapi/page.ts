import { createHash } from "node:crypto";
import { escapeHTML } from "bun";
import { ERROR_STATUS } from "../errors/error-status.ts";
import { alternatives, describeExpected, isNode, type SchemaNode } from "../validation/schema-words.ts";
import type { OpenApiDocument } from "./document.ts";
import { EXAMPLES, snippets } from "./examples.ts";

/** The style of the page: that of the one at `/`, as far as a document needs it. */
const STYLE = `
:root { color-scheme: light dark; --back: #f6f5f2; --surface: #fff; --raised: #f4f3ef; --line: #e4e2dc; --text: #1f1f1c; --soft: #5f5d56; --accent: #2a6b5b; }
@media (prefers-color-scheme: dark) {
  :root { --back: #141513; --surface: #1c1d1b; --raised: #252724; --line: #32342f; --text: #ecebe6; --soft: #a8a69e; --accent: #86c9b3; }
}
*, *::before, *::after { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; }
body { max-width: 76rem; margin: 0 auto; padding: 0 clamp(1rem, 3vw, 2.5rem) 3rem; background: var(--back); color: var(--text); font: 0.9375rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
a { color: var(--accent); text-underline-offset: 0.15em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
code, pre { font-family: ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, monospace; font-size: 0.875em; }
h1 { margin: 1.25rem 0 0.25rem; font-size: 1.25rem; }
h2 { margin: 0; font-size: 1rem; overflow-wrap: anywhere; }
h3 { margin: 1.25rem 0 0.5rem; font-size: 0.875rem; }
p { margin: 0.5rem 0; max-width: 46rem; overflow-wrap: anywhere; }
.soft, dt span, .method { color: var(--soft); }
.method { display: inline-block; min-width: 4.5ch; font: 600 0.75rem ui-monospace, monospace; }
nav h3 { margin: 1rem 0 0.25rem; color: var(--soft); text-transform: uppercase; letter-spacing: 0.05em; font-size: 0.75rem; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav a { display: block; padding: 0.2rem 0; text-decoration: none; overflow-wrap: anywhere; }
nav summary { font-weight: 600; }
section { margin: 1.25rem 0; padding: 1.25rem clamp(0.875rem, 2vw, 1.5rem); background: var(--surface); border: 1px solid var(--line); border-radius: 12px; }
details { margin: 0.5rem 0; }
summary { cursor: pointer; padding: 0.25rem 0; }
pre { margin: 0.25rem 0 0.5rem; padding: 0.75rem; overflow-x: auto; background: var(--raised); border-radius: 8px; line-height: 1.5; }
dl { margin: 0; }
dt { padding-top: 0.625rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
dd { margin: 0 0 0.625rem; overflow-wrap: anywhere; }
.required { color: var(--accent); font-weight: 600; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; vertical-align: top; padding: 0.3rem 0.75rem 0.3rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
@media (min-width: 64rem) {
  .columns { display: grid; grid-template-columns: 16rem minmax(0, 1fr); gap: 2rem; }
  nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; padding: 0.5rem 0 2rem; font-size: 0.8125rem; }
}
`;

/** The page has one style, its own, and nothing else: no script, no image, no form, and nothing from elsewhere. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

type Operation = { readonly method: string; readonly path: string; readonly id: string; readonly about: SchemaNode };

/** The document for people, with requests as they are sent to a server at this origin. */
export function renderPage({ info, paths }: OpenApiDocument, origin: string): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([name, about]): Operation => {
      const method = name.toUpperCase();
      return { method, path, id: idOf(method, path), about };
    }),
  );
  const groups = Map.groupBy(operations, groupOf);
  const ordered = GROUPS.flatMap((name) => ({ name, operations: groups.get(name) ?? [] })).filter(
    ({ operations }) => operations.length > 0,
  );
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHTML(info.title)}: the API</title><style>${STYLE}</style></head>
<body>
<h1>${escapeHTML(info.title)} ${escapeHTML(info.version)}: the API</h1>
<p>${escapeHTML(info.description)} Base URL: <code>${escapeHTML(origin)}/v1</code>. For programs: <a href="/openapi.json">openapi.json</a>.</p>
<div class="columns">
<nav aria-label="Contents"><details open><summary>Contents</summary>
${ordered.map(({ name, operations }) => `<h3>${name}</h3><ul>${operations.map(renderEntry).join("")}</ul>`).join("\n")}
<h3>All</h3><ul><li><a href="#errors">Errors</a></li></ul></details></nav>
<main>
${ordered.flatMap(({ operations }) => operations.map((operation) => renderOperation(operation, origin))).join("\n")}
${renderErrors()}
</main>
</div>
</body>
</html>
`;
}

const GROUPS = ["OpenAI", "Anthropic", "Server", "Page", "Other"] as const;

function groupOf({ about: { tags } }: Operation): string {
  const [tag] = Array.isArray(tags) ? tags : [];
  return GROUPS.find((group) => group === tag) ?? "Other";
}

function idOf(method: string, path: string): string {
  return `${method}${path}`.toLowerCase().replace(/[^a-z0-9]+/g, "-");
}

function renderEntry({ method, path, id }: Operation): string {
  return `<li><a href="#${id}"><span class="method">${escapeHTML(method)}</span> ${escapeHTML(path)}</a></li>`;
}

function renderOperation({ method, path, id, about }: Operation, origin: string): string {
  const sentence = (text: unknown, end: string) =>
    typeof text === "string" && text !== "" ? `<p>${withCode(text)}${end}</p>\n` : "";
  return `<section id="${id}">
<h2><span class="method">${escapeHTML(method)}</span> <code>${escapeHTML(path)}</code></h2>
${sentence(about.summary, ".")}${sentence(about.description, "")}${renderRequest(method, path, origin)}${renderParameters(about)}${bodiesOf(about).map(renderBody).join("\n")}${renderAnswer(method, path)}<p class="soft">What may go wrong: <a href="#errors">errors</a>.</p>
</section>`;
}

function renderRequest(method: string, path: string, origin: string): string {
  const blocks = Object.entries(snippets(method, path, origin)).map(
    ([language, code]) =>
      `<details${language === "curl" ? " open" : ""}><summary>${language}</summary><pre>${escapeHTML(code)}</pre></details>`,
  );
  return `<h3>Request</h3>\n${blocks.join("\n")}\n`;
}

function renderAnswer(method: string, path: string): string {
  const { answer, stream } = EXAMPLES[`${method} ${path}`] ?? {};
  if (answer === undefined) return "";
  const streamed =
    stream === undefined
      ? ""
      : `<details><summary>with <code>"stream": true</code></summary><pre>${escapeHTML(stream)}</pre></details>\n`;
  return `<h3>Answer</h3>\n<details><summary>an example</summary><pre>${escapeHTML(JSON.stringify(answer, null, 2))}</pre></details>\n${streamed}`;
}

/** The forms that the body of a request may have. */
function bodiesOf({ requestBody }: SchemaNode): SchemaNode[] {
  const content =
    isNode(requestBody) && isNode(requestBody.content) ? requestBody.content["application/json"] : undefined;
  return isNode(content) && isNode(content.schema) ? alternatives(content.schema) : [];
}

type Field = { readonly name: string; readonly schema: unknown; readonly isRequired: boolean };

function renderParameters({ parameters }: SchemaNode): string {
  const fields = (Array.isArray(parameters) ? parameters : []).filter(isNode).map((own): Field => {
    const schema = isNode(own.schema) ? { ...own.schema, description: own.description } : {};
    return { name: String(own.name), schema, isRequired: own.required === true };
  });
  return fields.length === 0 ? "" : `<h3>In the address</h3>\n${renderFields(fields)}`;
}

const WITHOUT_EFFECT = "Accepted, without effect";

function renderBody(schema: SchemaNode): string {
  const title = typeof schema.title === "string" ? escapeHTML(schema.title) : "Body";
  const required = Array.isArray(schema.required) ? schema.required : [];
  const fields = Object.entries(isNode(schema.properties) ? schema.properties : {})
    .map(([name, own]): Field => ({ name, schema: own, isRequired: required.includes(name) }))
    .sort((a, b) => Number(b.isRequired) - Number(a.isRequired));
  const idle = fields.filter((field) => textOf(field).startsWith(WITHOUT_EFFECT));
  const used = fields.filter((field) => !idle.includes(field));
  const fold = (some: readonly Field[], what: string) =>
    some.length === 0 ? "" : `<details><summary>${some.length} ${what}</summary>${renderFields(some)}</details>\n`;
  const whole = `<details><summary>JSON Schema</summary><pre>${escapeHTML(JSON.stringify(schema, null, 2))}</pre></details>`;
  return `<h3>${title}</h3>\n${fold(used, "fields")}${fold(idle, "fields that are accepted, and have no effect")}${whole}\n`;
}

function renderFields(fields: readonly Field[]): string {
  const entries = fields.map((field) => {
    const mark = field.isRequired ? ' <span class="required">required</span>' : "";
    const text = withCode(textOf(field));
    const description = text === "" ? "" : `<dd>${text}</dd>`;
    return `<dt><code>${escapeHTML(field.name)}</code>${mark} <span>${escapeHTML(typeOf(field.schema))}</span></dt>${description}`;
  });
  return `<dl>\n${entries.join("\n")}\n</dl>\n`;
}

function typeOf(schema: unknown): string {
  if (!isNode(schema)) return "";
  const { description: _, ...bare } = schema;
  return Object.keys(bare).length === 0 ? "anything" : describeExpected([bare]);
}

function textOf({ schema }: Field): string {
  return isNode(schema) && typeof schema.description === "string" ? schema.description : "";
}

function renderErrors(): string {
  const openai = { error: { message: "…", type: "invalid_request_error", param: "messages[0].content", code: null } };
  const anthropic = {
    type: "error",
    error: { type: "invalid_request_error", message: "messages.0.content: …" },
    request_id: "…",
  };
  const rows = [
    ...new Set(
      Object.values(ERROR_STATUS).map(
        ({ status, openaiCode, openaiType }) =>
          `<tr><td>${status}</td><td><code>${openaiCode ?? "null"}</code></td><td>${openaiType}</td></tr>`,
      ),
    ),
  ].sort();
  return `<section id="errors">
<h2>Errors</h2>
<p>The status is true, and the message names the field and what would be accepted. On OpenAI's paths:</p>
<pre>${escapeHTML(JSON.stringify(openai, null, 2))}</pre>
<p>On Anthropic's, and for its SDKs:</p>
<pre>${escapeHTML(JSON.stringify(anthropic, null, 2))}</pre>
<details><summary>${rows.length} codes</summary><table>
<tr><th>status</th><th>code</th><th>type</th></tr>
${rows.join("\n")}
</table></details>
</section>`;
}

/** Notes are written in Markdown, of which they use code alone. */
function withCode(text: string): string {
  return escapeHTML(text).replace(/`([^`]*)`/g, "<code>$1</code>");
}
