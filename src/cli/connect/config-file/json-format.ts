import type { ObjectNode, Token, ValueNode } from "@humanwhocodes/momoa";
import type { Format, Path, Value } from "./format.ts";
import {
  type Container,
  type Document,
  endOf,
  find,
  type Item,
  itemsOf,
  meaning,
  parseDocument,
  startOf,
  stringsIn,
} from "./json-document.ts";
import { printJson } from "./print-json.ts";
import { cutting, endOfLine, indentAt, type Splice, splice } from "./splice.ts";

/** JSON with comments and commas at the end of lists, or JSON5. */
export function jsonFormat(mode: "json5" | "jsonc"): Format {
  const read = (text: string) => parseDocument(text, mode);
  return {
    parse: (text) => meaning(read(text)),
    set: (text, path, value) => set(text, read(text), path, value),
    remove: (text, path) => {
      const { items, at } = find(read(text), path);
      return at === undefined ? text : splice(text, cutItem(text, read(text), items, at));
    },
    strings: (text) => stringsIn(read(text).root),
  };
}

function set(text: string, document: Document, path: Path, value: Value): string {
  const { container, items, at, missing } = find(document, path);
  const item = at === undefined ? undefined : items[at];
  if (item) return splice(text, [replacement(text, document, item.value, value)]);
  const [name = "", ...inner] = missing;
  const nested = inner.reduceRight<Value>((content, step) => ({ [step]: content }), value);
  return splice(text, insertion(text, document, container, name, nested));
}

function replacement(text: string, document: Document, node: ValueNode, value: Value): Splice {
  return {
    start: startOf(node),
    end: endOf(node),
    text: printed(text, document, value, indentAt(text, startOf(node))),
  };
}

/** The blanks that one level is indented by: those of the first line that begins with some. */
function indentUnit(text: string): string {
  return /^([ \t]+)\S/m.exec(text)?.[1] ?? "  ";
}

/** A value in several lines, of which all but the first are indented like those around it. */
function printed(text: string, { root }: Document, value: Value, indent: string): string {
  return printJson(value, indentUnit(text), (name) => keyText(root, name)).replaceAll("\n", endOfLine(text) + indent);
}

function insertion(
  text: string,
  document: Document,
  container: Container,
  name: string | number,
  value: Value,
): Splice[] {
  const { root, tokens } = document;
  const items = itemsOf(container);
  const outer = indentAt(text, startOf(container));
  const newLine = endOfLine(text);
  const last = items.at(-1);
  const key = container.type === "Array" ? "" : `${keyText(root, String(name))}: `;
  if (last === undefined) {
    const indent = outer + indentUnit(text);
    return insertFirst(text, tokens, container, indent, outer, key + printed(text, document, value, indent));
  }
  const first = items[0] ?? last;
  const comma = tokens.find(
    (token) => token.type === "Comma" && startOf(token) >= endOf(last) && endOf(token) < endOf(container),
  );
  if (first.loc.start.line === container.loc.start.line) {
    const at = comma ? endOf(comma) : endOf(last);
    return [{ start: at, end: at, text: `${comma ? "" : ","} ${key}${printed(text, document, value, outer)}` }];
  }
  const ownLine = text.slice(0, startOf(last)).endsWith(`\n${indentAt(text, startOf(last))}`);
  const indent = ownLine ? indentAt(text, startOf(last)) : outer + indentUnit(text);
  const item = newLine + indent + key + printed(text, document, value, indent);
  const at = afterComments(tokens, comma ?? last, endOf(container));
  if (comma) return [{ start: at, end: at, text: `${item},` }];
  const end = endOf(last);
  return at === end
    ? [{ start: end, end, text: `,${item}` }]
    : [
        { start: end, end, text: "," },
        { start: at, end: at, text: item },
      ];
}

function insertFirst(
  text: string,
  tokens: readonly Token[],
  container: Container,
  indent: string,
  outer: string,
  item: string,
): Splice[] {
  const newLine = endOfLine(text);
  const [open, close] = [startOf(container) + 1, endOf(container) - 1];
  const comment = tokens.findLast((token) => isComment(token) && startOf(token) >= open && endOf(token) <= close);
  const start = comment ? endOf(comment) : open;
  const rest = text.slice(start, close);
  return [{ start, end: close, text: newLine + indent + item + (rest.includes("\n") ? rest : newLine + outer) }];
}

function isComment({ type }: Token): boolean {
  return type === "LineComment" || type === "BlockComment";
}

/** Where the comments end that stand behind something on its line. */
function afterComments(
  tokens: readonly Token[],
  behind: { readonly loc: { readonly end: { readonly offset: number; readonly line: number } } },
  end: number,
): number {
  let { offset, line } = behind.loc.end;
  for (const token of tokens) {
    if (startOf(token) < offset || endOf(token) >= end) continue;
    if (!isComment(token) || token.loc.start.line !== line) break;
    ({ offset, line } = token.loc.end);
  }
  return offset;
}

/** Names are quoted, but where the file leaves the quotes off. */
function keyText(root: ObjectNode, name: string): string {
  const bare = root.members.some((member) => member.name.type === "Identifier");
  return bare && /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

function cutItem(text: string, { tokens }: Document, items: readonly Item[], at: number): Splice[] {
  const item = items[at];
  if (item === undefined) return [];
  const [start, end] = [startOf(item), endOf(item)];
  const own = tokens.filter((token) => !isComment(token));
  const next = own.find((token) => startOf(token) >= end);
  if (next?.type === "Comma") {
    if (text.slice(end, startOf(next)).trim() === "") return [cutting(text, start, endOf(next))];
    // A comment between the two stays.
    return [
      { start, end, text: "" },
      { start: startOf(next), end: endOf(next), text: "" },
    ];
  }
  const before = own.findLast((token) => endOf(token) <= start);
  if (before?.type !== "Comma") return [cutting(text, start, end)];
  const between = text.slice(endOf(before), start);
  if (between.trim() === "" && !between.includes("\n")) return [{ start: startOf(before), end, text: "" }];
  return [{ start: startOf(before), end: endOf(before), text: "" }, cutting(text, start, end)];
}
