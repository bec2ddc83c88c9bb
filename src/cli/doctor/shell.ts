/** A word as the shell of the platform takes it for one: PowerShell on Windows. */
export function quoted(word: string, platform: NodeJS.Platform): string {
  if (/^[\w@%+=:,./~-]+$/.test(word)) return word;
  return platform === "win32" ? `'${word.replaceAll("'", "''")}'` : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Takes a variable out of the shell's environment. */
export function unsetCommand(name: string, platform: NodeJS.Platform): string {
  return platform === "win32" ? `Remove-Item Env:${name}` : `unset ${name}`;
}
