import { type AST, getStaticTOMLValue, parseTOML } from "toml-eslint-parser";
import { type Format, FormatError, isTree, type Path, type StringPlace, type Tree } from "./format.ts";
import { printTomlKey, printTomlValue } from "./print-toml.ts";
import { cutting, endOfLine, indentAt, lineEnd, lineStart, type Splice, splice } from "./splice.ts";

/** TOML 1.0. Values that are set are texts, numbers and switches. */
export const TOML_FORMAT: Format = {
  parse: (text) => meaning(read(text)),
  set: (text, path, value) => {
    const document = read(text);
    const present = document.settings.find((setting) => isSame(setting.path, path));
    const splices = present
      ? [{ start: present.node.value.range[0], end: present.node.value.range[1], text: printTomlValue(value) }]
      : [insertion(text, document, path, printTomlValue(value))];
    return splice(text, splices);
  },
  remove: (text, path) => splice(text, removal(text, read(text), path)),
  strings: (text) => read(text).settings.flatMap(({ path, node }) => stringsIn(node.value, path)),
};

/** Those within an inline table are settings of their own, but for a table in a list. */
function stringsIn(node: AST.TOMLContentNode, path: Path): StringPlace[] {
  switch (node.type) {
    case "TOMLValue":
      return node.kind === "string" ? [{ path, value: node.value, start: node.range[0], end: node.range[1] }] : [];
    case "TOMLArray":
      return node.elements.flatMap((element, index) =>
        element.type === "TOMLInlineTable"
          ? element.body
              .flatMap((each) => settingsOf(each, [...path, index]))
              .flatMap((each) => stringsIn(each.node.value, each.path))
          : stringsIn(element, [...path, index]),
      );
    case "TOMLInlineTable":
      return [];
  }
}

type Setting = {
  readonly path: Path;
  readonly node: AST.TOMLKeyValue;
  /** The path of the table that it stands in, or of the inline table. */
  readonly within: Path;
};
type Document = {
  readonly program: AST.TOMLProgram;
  readonly tables: readonly AST.TOMLTable[];
  /** Those at the beginning, before the first table. */
  readonly top: readonly AST.TOMLKeyValue[];
  /** Each of them, also those in inline tables. */
  readonly settings: readonly Setting[];
};

function read(text: string): Document {
  const program = parsed(text);
  const [{ body }] = program.body;
  const tables = body.filter((node) => node.type === "TOMLTable");
  const top = body.filter((node) => node.type === "TOMLKeyValue");
  return {
    program,
    tables,
    top,
    settings: [
      ...top.flatMap((node) => settingsOf(node, [])),
      ...tables.flatMap((table) => table.body.flatMap((node) => settingsOf(node, table.resolvedKey))),
    ],
  };
}

function parsed(text: string): AST.TOMLProgram {
  try {
    return parseTOML(text, { tomlVersion: "1.0" });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const line = "lineNumber" in error ? ` (line ${error.lineNumber})` : "";
    throw new FormatError(`${error.message}${line}`);
  }
}

function settingsOf(node: AST.TOMLKeyValue, within: Path): Setting[] {
  const path = [...within, ...node.key.keys.map((key) => (key.type === "TOMLBare" ? key.name : key.value))];
  const inner = node.value.type === "TOMLInlineTable" ? node.value.body.flatMap((each) => settingsOf(each, path)) : [];
  return [{ path, node, within }, ...inner];
}

function meaning({ program }: Document): Tree {
  const value: unknown = getStaticTOMLValue(program);
  if (!isTree(value)) throw new FormatError("what it holds is no table");
  return value;
}

function isSame(path: Path, other: Path): boolean {
  return path.length === other.length && startsWith(path, other);
}

function startsWith(path: Path, beginning: Path): boolean {
  return beginning.every((step, depth) => path[depth] === step);
}

function insertion(text: string, document: Document, path: Path, value: string): Splice {
  const newLine = endOfLine(text);
  const assignment = (within: Path) => `${printTomlKey(path.slice(within.length))} = ${value}`;
  if (path.length === 1) return insertAtTop(text, document, assignment([]));

  const parent = path.slice(0, -1);
  const table = document.tables.find((each) => each.kind === "standard" && isSame(each.resolvedKey, parent));
  if (table) return behind(text, table.body.at(-1) ?? table.key, assignment(parent));

  // What is begun in an inline table or by dotted names may only be gone on with there.
  for (let depth = parent.length; depth > 0; depth--) {
    const beginning = path.slice(0, depth);
    const inline = document.settings.find((setting) => isSame(setting.path, beginning))?.node.value;
    if (inline?.type === "TOMLInlineTable") return insertInline(inline, assignment(beginning));
    if (inline) throw new FormatError(`${beginning.join(".")} is no table`);
    const dotted = document.settings.findLast(
      ({ path: other, within }) => startsWith(other, beginning) && within.length < depth,
    );
    if (dotted?.node.parent.type === "TOMLInlineTable")
      return insertInline(dotted.node.parent, assignment(dotted.within));
    if (dotted) return behind(text, dotted.node, assignment(dotted.within));
  }
  const gap = text === "" ? "" : /(^|\n)\r?\n$/.test(text) ? "" : text.endsWith("\n") ? newLine : newLine + newLine;
  return append(text, `${gap}[${printTomlKey(parent)}]${newLine}${assignment(parent)}${newLine}`);
}

function append(text: string, addition: string): Splice {
  return { start: text.length, end: text.length, text: addition };
}

/** On a line of its own behind another setting, or behind a table's head, and the comment there. */
function behind(text: string, node: AST.TOMLKeyValue | AST.TOMLKey, line: string): Splice {
  const at = lineEnd(text, node.range[1]);
  return { start: at, end: at, text: endOfLine(text) + indentAt(text, node.range[0]) + line };
}

/** Settings of no table have to stand before the first one. */
function insertAtTop(text: string, { program, tables, top }: Document, line: string): Splice {
  const newLine = endOfLine(text);
  const last = top.at(-1);
  if (last) return behind(text, last, line);
  const [table] = tables;
  if (table === undefined) return append(text, `${text === "" || text.endsWith("\n") ? "" : newLine}${line}${newLine}`);
  // The comments right above a table belong to it.
  let start = lineStart(text, table.range[0]);
  for (const comment of program.comments.toReversed()) {
    if (lineStart(text, start - 1) === lineStart(text, comment.range[0]) && comment.range[0] < start) {
      start = lineStart(text, comment.range[0]);
    }
  }
  return { start, end: start, text: `${line}${newLine}${newLine}` };
}

function insertInline(table: AST.TOMLInlineTable, assignment: string): Splice {
  const last = table.body.at(-1);
  const at = last ? last.range[1] : table.range[0] + 1;
  return { start: at, end: at, text: last ? `, ${assignment}` : ` ${assignment} ` };
}

function removal(text: string, { tables, settings }: Document, path: Path): Splice[] {
  const cutTables = tables.filter((table) => startsWith(table.resolvedKey, path));
  const inTables = (node: AST.TOMLKeyValue) =>
    cutTables.some(({ range }) => range[0] <= node.range[0] && node.range[1] <= range[1]);
  const cutSettings = settings.filter(({ path: own, within, node }) => {
    return startsWith(own, path) && !(startsWith(within, path) && within.length > 0) && !inTables(node);
  });
  return [...cutTables.map((table) => cutTable(text, table)), ...cutSettings.map(({ node }) => cutSetting(text, node))];
}

/** A table, with one blank line before it, since it was set apart. */
function cutTable(text: string, { range }: AST.TOMLTable): Splice {
  const cut = cutting(text, range[0], lineEnd(text, range[1]));
  const blank = /(?:^|\n)(\r?\n)$/.exec(text.slice(0, cut.start))?.[1];
  return { ...cut, start: cut.start - (blank?.length ?? 0) };
}

function cutSetting(text: string, node: AST.TOMLKeyValue): Splice {
  if (node.parent.type !== "TOMLInlineTable") return cutting(text, node.range[0], lineEnd(text, node.range[1]));
  const { body } = node.parent;
  const at = body.indexOf(node);
  const [previous, next] = [body[at - 1], body[at + 1]];
  if (previous) return { start: previous.range[1], end: node.range[1], text: "" };
  return { start: node.range[0], end: next ? next.range[0] : node.range[1], text: "" };
}
