import type { Snippet } from "./client.ts";

/** A snippet for a shell that sets variables, and then starts the program; for PowerShell on Windows. */
export function variablesSnippet(
  variables: Readonly<Record<string, string>>,
  command: string,
  platform: string,
): Snippet {
  const isWindows = platform === "win32";
  const lines = Object.entries(variables).map(([name, value]) =>
    isWindows ? `$env:${name} = "${value}"` : `export ${name}=${value}`,
  );
  return { language: isWindows ? "powershell" : "sh", text: [...lines, command].join("\n") };
}
