import type { Value } from "./format.ts";

export type JsonLayout = {
  /** What one level is indented by. */
  readonly unit: string;
  /** How a name is written. */
  readonly keyText: (name: string) => string;
};

/** As JSON.stringify does, but with short lists in one line, as people write them. */
export function printJson(value: Value, layout: JsonLayout, indent = ""): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = indent + layout.unit;
  if (Array.isArray(value)) {
    const items: readonly Value[] = value;
    const printedItems = items.map((item) => printJson(item, layout, inner));
    if (items.every((item) => typeof item !== "object")) return `[${printedItems.join(", ")}]`;
    return `[\n${printedItems.map((item) => inner + item).join(",\n")}\n${indent}]`;
  }
  const members = Object.entries(value).map(
    ([name, item]) => `${inner}${layout.keyText(name)}: ${printJson(item, layout, inner)}`,
  );
  return members.length === 0 ? "{}" : `{\n${members.join(",\n")}\n${indent}}`;
}
