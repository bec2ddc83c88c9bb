import type { ChatRequest, ServerTool } from "../../core/request.ts";
import { WEB_SEARCH } from "./offer-searches.ts";

/** The name by which the model knows a tool that the API runs. */
export function nameOf({ definition: { name } }: ServerTool): string {
  return typeof name === "string" ? name : "";
}

export type Offered = Pick<ChatRequest, "tools" | "serverTools">;

/** Of what is offered those that have one of these names. What comes before a tool of the API's is counted anew. */
export function onlyNamed({ tools, serverTools = [] }: Offered, names: readonly string[]): Offered {
  const isNamed = ({ name }: { readonly name: string }) => names.includes(name);
  const kept = serverTools.filter((tool) => names.includes(nameOf(tool)));
  return offeredOf(
    tools.filter(isNamed),
    kept.map((tool) => ({ ...tool, at: tools.slice(0, tool.at).filter(isNamed).length })),
  );
}

/** What is offered, without a list of none. */
export function offeredOf(tools: Offered["tools"], serverTools: readonly ServerTool[]): Offered {
  return serverTools.length === 0 ? { tools } : { tools, serverTools };
}

/** Whether a choice means a search that was asked for and is not offered: `leftOut` are the fields' names. */
export function isLeftOut(chosen: string, names: readonly string[], leftOut: readonly string[]): boolean {
  return !names.includes(chosen) && chosen === WEB_SEARCH && leftOut.some((field) => SEARCH_FIELD.test(field));
}

const SEARCH_FIELD = /^(?:tools\.)?web_search[^.]*$/;
