/** The path of the first of these programs that is installed. */
export function findProgram(...names: readonly string[]): string | undefined {
  return names.map((name) => Bun.which(name)).find((path) => path !== null) ?? undefined;
}
