import { type ReadRole, readRole } from "../../lenient/read-role.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Who speaks, by the role, or where there is none by what only one of them says. Undefined: it is not plain. */
export function roleOf(message: Fields): ReadRole | undefined {
  const { role, type } = message;
  if (role !== undefined && role !== null && role !== "") return readRole(role);
  const typed = readRole(type);
  if (typed !== undefined) return typed;
  if (typeof message.tool_call_id === "string") return "tool";
  return Array.isArray(message.tool_calls) ? "assistant" : undefined;
}
