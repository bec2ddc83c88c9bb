import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PARAMETERS as CHAT } from "../src/api/openai-chat/parameters.ts";
import { PARAMETERS as COMPLETIONS } from "../src/api/openai-completions/parameters.ts";
import type { Parameters, Treatment } from "../src/api/parameter.ts";
import { chatParameterTest, completionParameterTest, type ParameterTest } from "../test/support/parameter-tests.ts";

// Writes what becomes of each field, from the code's own tables: docs/parameters.md, and the overview in the README.

const ROUTES = [
  { path: "/v1/chat/completions", parameters: CHAT, testOf: chatParameterTest },
  { path: "/v1/completions", parameters: COMPLETIONS, testOf: completionParameterTest },
];
const TREATMENTS: readonly Treatment[] = ["honoured", "approximated", "ignored", "refused"];

/** The test of every field, for the test that looks whether they are there. */
export function parameterTests(): { readonly where: string; readonly test: ParameterTest | undefined }[] {
  return ROUTES.flatMap(({ path, parameters, testOf }) =>
    Object.entries(parameters).map(([field, { treatment }]) => ({
      where: `${path} ${field}`,
      test: testOf(field, treatment),
    })),
  );
}

/** The whole of docs/parameters.md. */
export function renderParameters(): string {
  const sections = ROUTES.map(({ path, parameters, testOf }) => {
    const rows = Object.entries(parameters).map(([field, { treatment, note }]) => {
      const test = testOf(field, treatment);
      return `| \`${field}\` | ${treatment} | ${note} | ${test ? `\`${test.file}\`: ${test.name}` : ""} |`;
    });
    return [`## POST ${path}`, "", "| field | | | shown by the test |", "|---|---|---|---|", ...rows].join("\n");
  });
  return `${[HEAD, ...sections].join("\n\n")}\n`;
}

const HEAD = `# Parameters

What becomes of each field of a request. *Honoured*: does what OpenAI's documentation says. *Approximated*: nearly, as noted. *Ignored*:
accepted, since many programs send it, without effect; the response header \`x-claude-max-api-ignored\` names the ones your request had,
and \`--strict\` makes them a 400. *Refused*: a 400 but for what the note says, since leaving it out would change what the answer means.

This file is written by \`bun run parameters\`, and held to the code by \`test/docs.test.ts\`.`;

/** The README's overview: the fields of each route, by what becomes of them. */
export function renderOverview(): string {
  const fieldsOf = (parameters: Parameters, treatment: Treatment) =>
    Object.keys(parameters)
      .filter((field) => parameters[field]?.treatment === treatment)
      .map((field) => `\`${field}\``)
      .join(", ");
  const rows = TREATMENTS.map(
    (treatment) => `| ${treatment} | ${ROUTES.map(({ parameters }) => fieldsOf(parameters, treatment)).join(" | ")} |`,
  );
  return [`| | ${ROUTES.map(({ path }) => `\`${path}\``).join(" | ")} |`, "|---|---|---|", ...rows].join("\n");
}

/** Where the overview stands in the README. */
export const OVERVIEW = /(?<=<!-- parameters:.*-->\n)[\s\S]*?(?=\n<!-- \/parameters -->)/;

if (import.meta.main) {
  const root = join(import.meta.dir, "..");
  writeFileSync(join(root, "docs/parameters.md"), renderParameters());
  const readme = join(root, "README.md");
  writeFileSync(readme, readFileSync(readme, "utf8").replace(OVERVIEW, renderOverview));
}
