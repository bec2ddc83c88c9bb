import { type Fields, isJsonObject } from "../../core/json.ts";

/** A call of a tool in the history, told from the spellings that programs have for it. */
export type ReadCall = {
  /** Empty where none is given. */
  readonly id: string;
  readonly name: string;
  /** As text: JSON, mostly. That of a `custom` call is the input itself. */
  readonly args: string;
  readonly custom: boolean;
};

const CALL_TYPES: ReadonlySet<unknown> = new Set([
  ...["tool_use", "tool-call", "tool_call", "function_call", "function", "custom_tool_call", "custom"],
  ...["", undefined],
]);

/** Undefined: it is no call in any spelling that is known, or has no name. */
export function readCall(call: unknown): ReadCall | undefined {
  if (!isJsonObject(call) || !CALL_TYPES.has(call.type ?? undefined)) return undefined;
  const called = inner(call);
  const name = called.name ?? called.toolName;
  if (typeof name !== "string" || name === "") return undefined;
  const custom =
    call.type === "custom" ||
    call.type === "custom_tool_call" ||
    (isJsonObject(call.custom) && !isJsonObject(call.function));
  return { id: readId(call.call_id, call.id, call.tool_call_id, call.toolCallId), name, args: argsOf(called), custom };
}

/** The first that is an id, which may be counted; empty where none is. */
export function readId(...values: readonly unknown[]): string {
  const id = values.find((value) => (typeof value === "string" && value !== "") || typeof value === "number");
  return id === undefined ? "" : String(id);
}

function inner(call: Fields): Fields {
  if (isJsonObject(call.function)) return call.function;
  return isJsonObject(call.custom) ? call.custom : call;
}

/** Arguments that are left out are none. */
function argsOf({ arguments: args, input, args: short }: Fields): string {
  const given = args ?? input ?? short ?? {};
  return typeof given === "string" ? given : JSON.stringify(given);
}
