import type { Value } from "./format.ts";

/**
 * As JSON.stringify does, but with short lists in one line, as people write them. `unit` is what one level is indented by, `keyText` how a name is
 * written.
 */
export function printJson(
  value: Value,
  unit = "  ",
  keyText: (name: string) => string = JSON.stringify,
  indent = "",
): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = indent + unit;
  if (Array.isArray(value)) {
    const items: readonly Value[] = value;
    const printedItems = items.map((item) => printJson(item, unit, keyText, inner));
    if (items.every((item) => typeof item !== "object")) return `[${printedItems.join(", ")}]`;
    return `[\n${printedItems.map((item) => inner + item).join(",\n")}\n${indent}]`;
  }
  const members = Object.entries(value).map(
    ([name, item]) => `${inner}${keyText(name)}: ${printJson(item, unit, keyText, inner)}`,
  );
  return members.length === 0 ? "{}" : `{\n${members.join(",\n")}\n${indent}}`;
}
