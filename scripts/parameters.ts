import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Parameters, Treatment } from "../src/api/fields/parameter.ts";
import { ENDPOINTS, type Endpoint, parameterTest } from "../test/support/parameters/endpoints.ts";
import { ignoredPlaces } from "../test/support/parameters/ignored-places.ts";

// Writes what becomes of each field, from the code's own tables: docs/parameters.md, and the overview in docs/api.md.

const TREATMENTS: readonly Treatment[] = ["honoured", "approximated", "ignored", "refused"];

/** The whole of docs/parameters.md. */
export function renderParameters(): string {
  return `${[HEAD, ...ENDPOINTS.map(renderEndpoint)].join("\n\n")}\n`;
}

const HEAD = `# Parameters

What becomes of each field of a request, at each of the paths that take one.

- *Honoured*: does what OpenAI's documentation says, or for \`/v1/messages\` Anthropic's.
- *Approximated*: nearly, as noted.
- *Ignored*: accepted, since many programs send it, without effect. The response header \`x-claude-max-api-ignored\` names the ones your
  request had, and \`--strict\` makes such a request a 400 that names them. Null, and the value that is noted as the usual one, ask for
  nothing, and are not named.
- *Refused*: a 400 but for what the note says, since leaving it out would change what the answer means.

A field that is in no table is ignored, and named. So is what stands within a field and is not known there, by its path:
\`messages.content.detail\`. At \`POST /v1/messages\` one that no other program is known to send is taken for a newer one of Anthropic's, and
reaches the API, unless the server is strict. What is known there, but has no effect, is listed under each table.

The fields are those of the official SDKs, the beta parts included, and of older versions. What these SDKs send as a header
(\`anthropic-user-profile-id\`, \`anthropic-workspace-id\`, \`openai-beta\`) has no effect, and is not named; but for \`anthropic-beta\`, of which
[what a client may want](api.md#as-it-is) is asked for.

This file is written by \`bun run parameters\`, and held to the code by \`test/docs.test.ts\`.`;

function renderEndpoint(endpoint: Endpoint): string {
  const { title, parameters, schema } = endpoint;
  const earlier = tableBefore(endpoint);
  const own = Object.keys(parameters).filter((field) => parameters[field] !== earlier?.parameters[field]);
  const places = (schema === earlier?.schema ? [] : ignoredPlaces(schema)).map(
    ({ place, kinds, usual }) =>
      `| \`${place}\` | ${kinds.map((kind) => `\`${kind}\``).join(", ")} | ${usual === undefined ? "" : `\`${JSON.stringify(usual)}\``} |`,
  );
  return [
    `## ${title}`,
    ...(earlier ? [`${own.length === 0 ? "Every" : "Every other"} field is as at \`${earlier.title}\`.`] : []),
    ...renderTable(
      ["| field | | | shown by the test |", "|---|---|---|---|"],
      own.map((field) => renderRow(endpoint, field)),
    ),
    ...renderTable(["| ignored within other fields | of | unless it is |", "|---|---|---|"], places),
  ].join("\n\n");
}

/** The table that this one shares. */
function tableBefore({ like }: Endpoint): Endpoint | undefined {
  return ENDPOINTS.find(({ title }) => title === like);
}

/** No table where there are no rows. */
function renderTable(head: readonly string[], rows: readonly string[]): string[] {
  return rows.length === 0 ? [] : [[...head, ...rows].join("\n")];
}

function renderRow(endpoint: Endpoint, field: string): string {
  const { treatment, note, neutral } = endpoint.parameters[field] ?? { treatment: "", note: "" };
  const usual = neutral === undefined ? "" : ` Usual: \`${JSON.stringify(neutral)}\`.`;
  const test = parameterTest(endpoint, field);
  return `| \`${field}\` | ${treatment} | ${note}${usual} | ${test ? `\`${test.file}\`: ${test.name}` : ""} |`;
}

/** The overview of docs/api.md: the fields of each path, by what becomes of them. */
export function renderOverview(): string {
  const fieldsOf = (parameters: Parameters, treatment: Treatment) =>
    Object.keys(parameters)
      .filter((field) => parameters[field]?.treatment === treatment)
      .map((field) => `\`${field}\``)
      .join(", ");
  const rows = ENDPOINTS.filter(({ like, method }) => like === undefined && method === undefined).map(
    ({ path, parameters }) =>
      `| \`${path}\` | ${TREATMENTS.map((treatment) => fieldsOf(parameters, treatment)).join(" | ")} |`,
  );
  return [`| | ${TREATMENTS.join(" | ")} |`, "|---|---|---|---|---|", ...rows].join("\n");
}

/** Where the overview stands in docs/api.md. */
export const OVERVIEW = /(?<=<!-- parameters:.*-->\n)[\s\S]*?(?=\n<!-- \/parameters -->)/;

if (import.meta.main) {
  const root = join(import.meta.dir, "..");
  writeFileSync(join(root, "docs/parameters.md"), renderParameters());
  const api = join(root, "docs/api.md");
  writeFileSync(api, readFileSync(api, "utf8").replace(OVERVIEW, renderOverview));
}
