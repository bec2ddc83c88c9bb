/** Rows under a heading, in columns as wide as their widest cell; colours do not count. No line ends with a blank. */
export function renderTable(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...lines.map((cells) => Bun.stringWidth(cells[column] ?? ""))));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - Bun.stringWidth(cell)))
      .join("  ")
      .trimEnd();
  return `${lines.map(line).join("\n")}\n`;
}
