/** A word as the shell of the platform takes it for one: PowerShell on Windows. */
export function quoted(word: string, platform: NodeJS.Platform): string {
  const plain = platform === "win32" ? /^[\w+=:./\\-]+$/ : /^(?!~)[\w@%+=:,./~-]+$/;
  if (plain.test(word)) return word;
  return platform === "win32" ? `'${word.replaceAll("'", "''")}'` : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A command as one would type it. PowerShell takes a quoted word for a text, unless `&` says that it is a program. */
export function commandText(argv: readonly string[], platform: NodeJS.Platform): string {
  const line = argv.map((word) => quoted(word, platform)).join(" ");
  return platform === "win32" && line.startsWith("'") ? `& ${line}` : line;
}
