import { PROGRAM } from "../command.ts";
import type { Client, ClientFile } from "./client.ts";
import type { ClientName } from "./client-names.ts";
import type { FormatName } from "./config-file/format.ts";
import { newText } from "./config-file/new-text.ts";
import { type Connection, KEY_VARIABLE } from "./connection.ts";

type FileGuide = {
  readonly name: ClientName;
  readonly file: ClientFile;
  readonly where: string;
  /** Where the client finds the key when one is needed; default: in the variable. */
  readonly keyPlace?: string;
  readonly after: (connection: Connection) => readonly string[];
};

const LANGUAGES: Readonly<Record<FormatName, string>> = { json5: "json5", jsonc: "json", toml: "toml" };
const IN_VARIABLE = `the environment variable ${KEY_VARIABLE}`;

/** The guide to a client whose file can be written: the snippet is what a new file would hold. */
export function fileGuide({ name, file, where, keyPlace = IN_VARIABLE, after }: FileGuide): Client["guide"] {
  const write = `Or have it put there: ${PROGRAM} connect ${name} --write. The rest of the file stays as it is.`;
  return (connection) => ({
    before: `Put this into ${where}${connection.keyRequired ? ` (and one of your keys in ${keyPlace})` : ""}.`,
    snippet: { language: LANGUAGES[file.format], text: newContent(file, connection).trimEnd() },
    after: [write, ...after(connection)],
  });
}

/** What a new file would hold. */
export function newContent({ format, blank, entries }: ClientFile, connection: Connection): string {
  return newText(format, blank, entries(connection, blank));
}

/** Of 2026: what Anthropic's API answers to prompts that it takes for those of other programs. The server tells it as a 402. */
export function thirdPartyNote(title: string): string {
  return (
    `Anthropic has taken ${title}'s own system prompt for third-party use (2026), which is paid as extra usage and not by the plan. Such a ` +
    'request fails with extra_usage_only, "Third-party apps now draw from your extra usage", unless extra usage is turned on in Claude\'s settings.'
  );
}
