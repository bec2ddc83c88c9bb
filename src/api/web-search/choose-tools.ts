import { invalid } from "../../core/error.ts";
import type { ToolChoice } from "../../core/request.ts";
import { requireNamed } from "../tools/tool-definitions.ts";
import { nameOf, type Offered, onlyNamed } from "./offer-searches.ts";

/** A tool that is chosen, and the field that names it. */
export type Named = { readonly name: string; readonly param: string };

/** What a client says of which tools to call. */
export type Choice =
  | { readonly mode: "auto" | "none" | "required" }
  | { readonly mode: "tool"; readonly named: Named }
  | { readonly mode: "allowed"; readonly required: boolean; readonly named: readonly Named[] };

/** What is offered after a choice, and the choice. Throws for one that names what is not there. */
export function choose(offered: Offered, choice: Choice): Offered & { readonly toolChoice: ToolChoice } {
  const { tools, serverTools = [] } = offered;
  const all = [...tools, ...serverTools.map((tool) => ({ name: nameOf(tool) }))];
  switch (choice.mode) {
    case "required":
      if (all.length > 0) return { ...offered, toolChoice: { type: "required" } };
      throw invalid("tool_choice", "'tool_choice' is \"required\", but there are no tools to call.");
    case "tool": {
      const { name, param } = choice.named;
      requireNamed(name, all, param);
      return { ...offered, toolChoice: { type: "tool", name } };
    }
    case "allowed": {
      for (const { name, param } of choice.named) requireNamed(name, all, param);
      const names = choice.named.map(({ name }) => name);
      return { ...onlyNamed(offered, names), toolChoice: { type: choice.required ? "required" : "auto" } };
    }
    default:
      return { ...offered, toolChoice: { type: choice.mode } };
  }
}
