import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ClientFile } from "../src/cli/connect/client.ts";
import { CLIENT_TITLES, type ClientName } from "../src/cli/connect/client-names.ts";
import { CLIENTS } from "../src/cli/connect/clients.ts";
import { connectionTo } from "../src/cli/connect/connection.ts";
import { OPTIONS } from "../src/config/options.ts";

// Writes docs/clients: a page for each program that `connect` knows, with what it prints, and their list.

const FOLDER = join(import.meta.dir, "../docs/clients");
const USUAL = connectionTo({ host: OPTIONS.host.default, port: OPTIONS.port.default, apiKeys: [] });

export const CLIENT_NAMES = Object.keys(CLIENT_TITLES).filter((name): name is ClientName => name in CLIENTS);

/** Why a snippet for a shell is not run by those who try all that the documents name. */
const NOT_RUN: Partial<Record<ClientName, string>> = {
  aider: "<!-- not run: aider is installed from PyPI -->\n",
  "claude-code": "<!-- not run: it waits for what is typed -->\n",
  copilot: "<!-- not run: it waits for what is typed -->\n",
  crush: "<!-- not run: it waits for what is typed -->\n",
  goose: "<!-- not run: it waits for what is typed -->\n",
};

/** The whole of docs/clients/NAME.md. */
export function renderClient(name: ClientName): string {
  const { guide, file, document, asOf, launch } = CLIENTS[name];
  const { before, snippet, after } = guide(USUAL, "linux");
  const parts = [
    `# ${CLIENT_TITLES[name]}`,
    ...(existsSync(join(FOLDER, `../zh-CN/${name}.md`)) ? [`[中文](../zh-CN/${name}.md)`] : []),
    before,
    `${NOT_RUN[name] ?? ""}\`\`\`${snippet.language}\n${snippet.text}\n\`\`\``,
    ...after,
    `\`claude-max-api connect ${name}\` prints this with your server's address, and one of its models; \`--model NAME\` chooses another.`,
    ...(launch ? launchParts(name) : []),
    ...(file ? fileParts(name, file) : []),
    `Source: ${document}${asOf ? ` (${asOf})` : ""}. The server takes any key as long as you have set none (\`--api-key\`).`,
    "<!-- written by `bun run clients` -->",
  ];
  return `${parts.join("\n\n")}\n`;
}

function launchParts(name: ClientName): string[] {
  return [
    "## Start it at once",
    `<!-- not run: it starts ${CLIENT_TITLES[name]} -->\n\`\`\`sh\nclaude-max-api launch ${name}\n\`\`\``,
    "This starts it with all that it needs, and writes nothing. Where no server runs, one is started, and ends with it. What follows `--` are " +
      "arguments of its own.",
  ];
}

function fileParts(name: ClientName, file: ClientFile): string[] {
  const on = (platform: string, env: Record<string, string>, home: string) =>
    file.path({ platform, env, home }, () => false);
  const [unix, windows] = [on("linux", {}, "~"), on("win32", {}, "%USERPROFILE%")];
  return [
    "## Have it written",
    `<!-- not run: it changes a file of yours -->\n\`\`\`sh\nclaude-max-api connect ${name} --write\n\`\`\``,
    `This sets the same in \`${unix}\` (on Windows \`${windows}\`), after showing what changes and asking. Comments, order and layout ` +
      "of the file stay, and so does what else you set for this provider. Secrets in it are not shown. What the file held before is kept beside it, in " +
      `\`${unix.split("/").at(-1)}.before-claude-max-api\`. Your key is never written, only the name of the variable that holds it.`,
    `\`--dry-run\` only shows the change, \`--yes\` does not ask, and \`--undo\` takes it back: to the byte, where the file was not changed ` +
      "since, and else by taking out these settings alone, as far as that copy tells what they replaced.",
    file.afterwards,
  ];
}

/** The whole of docs/clients/README.md. */
export function renderIndex(): string {
  const rows = CLIENT_NAMES.map((name) => {
    const { file, launch } = CLIENTS[name];
    const started = launch ? `\`launch ${name}\`` : "";
    return `| [${CLIENT_TITLES[name]}](${name}.md) | \`connect ${name}\` | ${file ? "`--write`" : ""} | ${started} |`;
  });
  return `${[
    "# Clients",
    "What to set in each program so that it asks claude-max-api. `claude-max-api connect` lists them, and `claude-max-api connect NAME` " +
      "prints what is on its page, with the address and the models of your server: the text to paste on standard output, and " +
      "what to do with it on standard error.",
    ["| program | | sets it by itself | starts it at once |", "|---|---|---|---|", ...rows].join("\n"),
    `Any other program that speaks OpenAI's API wants three things: the base URL \`${USUAL.baseUrl}\`, any key, and a model such as \`${USUAL.model}\`.`,
    "This folder is written by `bun run clients`.",
  ].join("\n\n")}\n`;
}

if (import.meta.main) {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, "README.md"), renderIndex());
  for (const name of CLIENT_NAMES) writeFileSync(join(FOLDER, `${name}.md`), renderClient(name));
}
