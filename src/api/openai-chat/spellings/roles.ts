type Fields = Readonly<Record<string, unknown>>;

export type ChatRole = "system" | "developer" | "user" | "assistant" | "tool" | "function";

const ROLES: ReadonlyMap<string, ChatRole> = new Map([
  ["system", "system"],
  ["developer", "developer"],
  ["user", "user"],
  ["human", "user"],
  ["assistant", "assistant"],
  ["ai", "assistant"],
  ["bot", "assistant"],
  ["model", "assistant"],
  ["tool", "tool"],
  ["tool_result", "tool"],
  ["tool_response", "tool"],
  ["observation", "tool"],
  ["ipython", "tool"],
  ["function", "function"],
]);

/** Who speaks, by the role, or where there is none by what only one of them says. Undefined: it is not plain. */
export function roleOf(message: Fields): ChatRole | undefined {
  const { role, type } = message;
  if (typeof role === "string" && role.trim() !== "") return ROLES.get(role.trim().toLowerCase());
  if (role !== undefined && role !== null && role !== "") return undefined;
  const typed = typeof type === "string" ? ROLES.get(type.toLowerCase()) : undefined;
  if (typed !== undefined) return typed;
  if (typeof message.tool_call_id === "string") return "tool";
  return Array.isArray(message.tool_calls) ? "assistant" : undefined;
}
