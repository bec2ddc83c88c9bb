import { PROGRAM } from "../../command.ts";
import type { Client } from "../client.ts";
import type { Connection } from "../connection.ts";

/** It follows OpenAI's API reference: https://platform.openai.com/docs/api-reference/chat/create. */
export const curl: Client = {
  document: "https://platform.openai.com/docs/api-reference/chat/create",
  guide: (connection, platform) => ({
    ...(platform === "win32"
      ? { before: "In PowerShell:", snippet: { language: "powershell", text: forPowerShell(connection) } }
      : { before: "In a shell:", snippet: { language: "sh", text: forShell(connection) } }),
    after: [
      'With "stream": true in the body, and curl -N, the answer comes as it is written.',
      ...(platform === "win32" ? [] : [`On Windows, ${PROGRAM} connect curl prints it for PowerShell.`]),
    ],
  }),
};

function forShell(connection: Connection): string {
  const { baseUrl } = connection;
  return [
    `curl ${baseUrl}/chat/completions \\`,
    ...headersOf(connection).map((header) => `  -H "${header}" \\`),
    `  -d '${bodyOf(connection)}'`,
  ].join("\n");
}

/**
 * `curl` alone is another command in PowerShell 5.1. The body is piped, since double quotes in an argument reach a program in 5.1 only
 * when they are escaped, and in 7 only when they are not; `@-` needs its quotes, since a bare `@` begins something else.
 */
function forPowerShell(connection: Connection): string {
  const { baseUrl } = connection;
  return [
    "@'",
    bodyOf(connection),
    `'@ | curl.exe ${baseUrl}/chat/completions \``,
    ...headersOf(connection).map((header) => `  -H "${header}" \``),
    '  -d "@-"',
  ].join("\n");
}

function headersOf({ key, keyRequired }: Connection): readonly string[] {
  return [...(keyRequired ? [`Authorization: Bearer ${key}`] : []), "Content-Type: application/json"];
}

function bodyOf({ model }: Connection): string {
  return `{"model": ${JSON.stringify(model)}, "messages": [{"role": "user", "content": "Hello!"}]}`;
}
