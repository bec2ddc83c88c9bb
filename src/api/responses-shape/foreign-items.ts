import { type Fields, isJsonObject } from "../../core/json.ts";
import { readId } from "../lenient/read-call.ts";
import { type Notes, withFields } from "../lenient/rewrite.ts";
import { writeCall, writeResult } from "./messages.ts";

/**
 * An item of a tool that OpenAI, or a program, has built in, by what such items have in common: a call, whose result stands in it or
 * in an item of its own. Claude is told them as calls and results of a function of the tool's name. What is neither, or a call
 * of which nothing came back, is left out and named.
 */
export function writeForeignItem(item: Fields, type: string, notes: Notes): readonly unknown[] {
  if (type === "additional_tools") return [];
  if (RESULT.test(type)) return [writeForeignResult(item, notes)];
  const inline = type === "image_generation_call" ? imageOf(item.result) : firstGiven(item, OUTPUT_FIELDS);
  const isCall = CALL.test(type);
  if (isCall && inline !== undefined) {
    const id = readId(item.call_id, item.id);
    return [writeForeignCall(item, type, id), writeResult(id, inline, hasFailed(item), notes)];
  }
  if (isCall && Object.hasOwn(item, "call_id")) return [writeForeignCall(item, type, readId(item.call_id))];
  notes.add(`input.${type}`);
  return [];
}

const RESULT = /_output$/;
const CALL = /_call$|^program$/;
const OUTPUT_FIELDS = ["output", "outputs", "results", "result", "error"];
const ARGUMENT_FIELDS = ["arguments", "input", "action", "operation"];
/** What an item says of itself, beside what was called and what came back. */
const OWN_FIELDS: ReadonlySet<string> = new Set([
  ...OUTPUT_FIELDS,
  ...["id", "type", "status", "call_id", "name", "server_label", "caller", "created_by", "fingerprint", "phase"],
  ...["approval_request_id", "pending_safety_checks", "environment", "execution", "container_id"],
]);

function writeForeignCall(item: Fields, type: string, id: string): Fields {
  const name = typeof item.name === "string" && item.name !== "" ? item.name : type.replace(/_call$/, "");
  const given = firstGiven(item, ARGUMENT_FIELDS) ?? argumentsAmong(item);
  const args = typeof given === "string" ? given : JSON.stringify(given);
  return withFields(writeCall({ id, name, args, custom: false }), typeof item.id === "string" ? { id: item.id } : {});
}

function argumentsAmong(item: Fields): Fields {
  const own = Object.entries(item).filter(([field, value]) => !OWN_FIELDS.has(field) && value !== null);
  return Object.fromEntries(own);
}

function writeForeignResult(item: Fields, notes: Notes): Fields {
  const given = firstGiven(item, OUTPUT_FIELDS) ?? toolsFound(item.tools) ?? item.status;
  const id = Object.hasOwn(item, "call_id") ? item.call_id : item.id;
  return writeResult(readId(id), given, hasFailed(item), notes);
}

function hasFailed({ status, error }: Fields): boolean {
  return status === "failed" || (error !== undefined && error !== null);
}

/** The tools that a search for tools has found, in words: they are offered like all others. */
function toolsFound(tools: unknown): string | undefined {
  if (!Array.isArray(tools)) return undefined;
  const names = tools.flatMap((tool) => (isJsonObject(tool) && typeof tool.name === "string" ? [tool.name] : []));
  return `Tools found: ${names.join(", ") || "none"}`;
}

function imageOf(base64: unknown): unknown {
  return typeof base64 === "string" && base64 !== "" ? [{ type: "image", data: base64 }] : undefined;
}

function firstGiven(item: Fields, fields: readonly string[]): unknown {
  const field = fields.find((name) => item[name] !== undefined && item[name] !== null);
  return field === undefined ? undefined : item[field];
}
