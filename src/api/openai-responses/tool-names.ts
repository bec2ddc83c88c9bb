/** A tool as the client knows it. Behind it stands a function of one flat name, as all tools do that Claude knows. */
export type ClientTool = { readonly kind: "function" | "custom"; readonly name: string; readonly namespace?: string };

/** The tools of a request by the names under which they are offered. */
export type ClientTools = ReadonlyMap<string, ClientTool>;

/** The one name of a tool within a namespace. Namespaces of MCP servers end with the separator already. */
export function flatName(name: string, namespace: string | null | undefined): string {
  if (!namespace) return name;
  return namespace.endsWith("__") ? `${namespace}${name}` : `${namespace}__${name}`;
}
