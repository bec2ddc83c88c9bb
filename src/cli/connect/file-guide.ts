import { PROGRAM } from "../command.ts";
import type { ClientFile, Guide } from "./client.ts";
import type { ClientName } from "./client-names.ts";
import { newText } from "./config-file/new-text.ts";
import type { Connection } from "./connection.ts";

export type FileGuide = {
  readonly name: ClientName;
  readonly file: ClientFile;
  readonly connection: Connection;
  readonly language: string;
  readonly where: string;
  /** Where the client finds the key when one is needed; follows "Put this into …". */
  readonly keyAdvice: string;
  readonly after: readonly string[];
};

/** The guide to a client whose file can be written: the snippet is what a new file would hold. */
export function fileGuide({ name, file, connection, language, where, keyAdvice, after }: FileGuide): Guide {
  const text = newContent(file, connection);
  return {
    before: `Put this into ${where}${connection.keyRequired ? ` (${keyAdvice})` : ""}.`,
    snippet: { language, text: text.trimEnd() },
    after: [`Or have it put there: ${PROGRAM} connect ${name} --write. The rest of the file stays as it is.`, ...after],
  };
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
