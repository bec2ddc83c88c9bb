/**
 * The section of a version in a changelog, without its heading; `Unreleased` when it has none of its own yet, which `released` tells. Throws
 * when there is neither.
 */
export function changelogSection(changelog: string, version: string): { text: string; released: boolean } {
  const own = section(changelog, version);
  const text = own ?? section(changelog, "Unreleased");
  if (text === undefined)
    throw new Error(`CHANGELOG.md has neither a section ${version} nor one of what is unreleased`);
  return { text, released: own !== undefined };
}

/** Headings are such as `## 1.2.3`, `## [1.2.3] - 2030-01-31`. */
function section(changelog: string, name: string): string | undefined {
  const lines = changelog.split("\n");
  const start = lines.findIndex((line) => /^## \[?([^\]\s]+)/.exec(line)?.[1] === name);
  if (start < 0) return undefined;
  const rest = lines.slice(start + 1);
  // Links, at the foot, belong to no section.
  const end = rest.findIndex((line) => line.startsWith("## ") || /^\[[^\]]+\]: /.test(line));
  return rest
    .slice(0, end < 0 ? undefined : end)
    .join("\n")
    .trim();
}
