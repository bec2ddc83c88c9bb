import {
  type ArrayNode,
  type ElementNode,
  evaluate,
  type MemberNode,
  type ObjectNode,
  parse,
  type Token,
  type ValueNode,
} from "@humanwhocodes/momoa";
import { reasonOf } from "../../../config/errors.ts";
import { FormatError, isTree, type Path, type StringPlace, type Tree } from "./format.ts";

export type Document = { readonly root: ObjectNode; readonly tokens: readonly Token[] };
export type Container = ObjectNode | ArrayNode;
export type Item = MemberNode | ElementNode;

export function parseDocument(text: string, mode: "json5" | "jsonc"): Document {
  let document: ReturnType<typeof parse>;
  try {
    document = parse(text, { mode, tokens: true, allowTrailingCommas: true });
  } catch (error) {
    throw new FormatError(reasonOf(error));
  }
  if (document.body.type !== "Object") throw new FormatError("what it holds is no object");
  return { root: document.body, tokens: document.tokens ?? [] };
}

export function meaning({ root }: Document): Tree {
  const value: unknown = evaluate(root);
  if (!isTree(value)) throw new FormatError("what it holds is no object");
  return value;
}

export const startOf = (node: { readonly loc: { readonly start: { readonly offset: number } } }) =>
  node.loc.start.offset;
export const endOf = (node: { readonly loc: { readonly end: { readonly offset: number } } }) => node.loc.end.offset;

export function itemsOf(node: Container): readonly Item[] {
  return node.type === "Object" ? node.members : node.elements;
}

function nameOf({ name }: MemberNode): string {
  return name.type === "String" ? name.value : name.name;
}

/** Every text value below a node. */
export function stringsIn(node: ValueNode, path: Path = []): StringPlace[] {
  switch (node.type) {
    case "Object":
      return node.members.flatMap((member) => stringsIn(member.value, [...path, nameOf(member)]));
    case "Array":
      return node.elements.flatMap((element, index) => stringsIn(element.value, [...path, index]));
    case "String":
      return [{ path, value: node.value, start: startOf(node), end: endOf(node) }];
    default:
      return [];
  }
}

export type Place = {
  /** The innermost object or list on the way that is there. */
  readonly container: Container;
  readonly items: readonly Item[];
  /** The index among its items of the last step, where all of the path is there. */
  readonly at: number | undefined;
  /** The steps that are missing, the first of them within the container. */
  readonly missing: Path;
};

export function find({ root }: Document, path: Path): Place {
  let container: Container = root;
  for (const [depth, step] of path.entries()) {
    const items = itemsOf(container);
    // Of several of one name the last one counts.
    const at: number =
      container.type === "Object"
        ? container.members.findLastIndex((member) => nameOf(member) === step)
        : Number(step) < items.length
          ? Number(step)
          : -1;
    const item: Item | undefined = items[at];
    if (item === undefined) return { container, items, at: undefined, missing: path.slice(depth) };
    if (depth === path.length - 1) return { container, items, at, missing: [] };
    if (item.value.type !== "Object" && item.value.type !== "Array") {
      throw new FormatError(`${path.slice(0, depth + 1).join(".")} is no object`);
    }
    container = item.value;
  }
  throw new FormatError("no path");
}
