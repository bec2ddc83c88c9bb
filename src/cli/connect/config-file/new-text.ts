import { withEntry } from "./change.ts";
import { asValue, type Entry, type FormatName, isTree, type Path, type Tree, type Value } from "./format.ts";
import { printJson } from "./print-json.ts";
import { printTomlKey, printTomlValue } from "./print-toml.ts";

const PRINTERS: Readonly<Record<FormatName, (tree: Tree) => string>> = {
  json5: jsonText,
  jsonc: jsonText,
  toml: tomlText,
};

/** A new file's text: what setting the entries in it one by one comes to, without the parsers that this takes, which cost megabytes. */
export function newText(format: FormatName, blank: Tree, entries: readonly Entry[] = []): string {
  return PRINTERS[format](entries.reduce(withEntry, blank));
}

function jsonText(tree: Tree): string {
  return `${printJson(asValue(tree) ?? null)}\n`;
}

function tomlText(tree: Tree): string {
  return tablesOf(tree, [])
    .map(({ path, settings }) => {
      const lines = settings.map(([name, value]) => `${printTomlKey([name])} = ${printTomlValue(value)}\n`);
      return (path.length === 0 ? "" : `[${printTomlKey(path)}]\n`) + lines.join("");
    })
    .join("\n");
}

type Table = { readonly path: Path; readonly settings: readonly (readonly [string, Value])[] };

/** Those with settings of their own, the outer before the inner. */
function tablesOf(tree: Tree, path: Path): Table[] {
  const members = Object.entries(tree);
  const settings = members.flatMap(([name, member]) => {
    const value = isTree(member) ? undefined : asValue(member);
    return value === undefined ? [] : [[name, value] as const];
  });
  const inner = members.flatMap(([name, member]) => (isTree(member) ? tablesOf(member, [...path, name]) : []));
  return settings.length === 0 ? inner : [{ path, settings }, ...inner];
}
