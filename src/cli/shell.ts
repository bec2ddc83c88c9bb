/** Takes a variable out of the shell's environment. */
export function unsetCommand(name: string, platform: NodeJS.Platform): string {
  return platform === "win32" ? `Remove-Item Env:${name}` : `unset ${name}`;
}
