import { isJsonObject, parseJsonObject, sameJson } from "../../core/json.ts";
import type { Tool, ToolCallBlock } from "../../core/request.ts";

/**
 * Whether a client tells a call of the model's again. Arguments may be written anew. Where the call has its own id, which stands for no other,
 * they may also have passed through the client's own reading of them, see {@link sameAsRead}; other arguments are an edit, which the model
 * has to be told.
 */
export function sameCall(call: ToolCallBlock, told: ToolCallBlock, tools: readonly Tool[]): boolean {
  if (call.name !== told.name) return false;
  if (call.args === told.args) return true;
  const [args, toldArgs] = [parseJsonObject(call.args), parseJsonObject(told.args)];
  if (args === undefined || toldArgs === undefined) return false;
  if (roundedNumbers(call.args) !== roundedNumbers(told.args)) return false;
  if (!isIdOf(told.id, call.id)) return sameJson(args, toldArgs);
  return sameAsRead(args, toldArgs, tools.find(({ name }) => name === call.name)?.parameters);
}

/** Shorter than any of the API's own. */
const SHORTEST_ID = 8;

/** Whether an id is the model's own for a call, as it is or as clients rewrite it: without its marks, or with more around it. */
export function isIdOf(told: string, own: string): boolean {
  const [bare, ownBare] = [told, own].map((id) => id.replace(/[^a-zA-Z0-9]/g, ""));
  return told === own || (ownBare !== undefined && ownBare.length >= SHORTEST_ID && bare?.includes(ownBare) === true);
}

/**
 * Whether one is the other as a program reads it by a schema, and writes it again:
 * - members filled in, or left out, that are the schema's default, or say nothing: null, false, and what is empty;
 * - a value in place of the text of it, or the other way round;
 * - white space at the ends of lines lost, or added.
 */
function sameAsRead(own: unknown, told: unknown, schema: unknown): boolean {
  if (isJsonObject(own) && isJsonObject(told)) {
    const keys = new Set([...Object.keys(own), ...Object.keys(told)]);
    return [...keys].every((key) => {
      const member = memberOf(schema, "properties", key);
      if (Object.hasOwn(own, key) && Object.hasOwn(told, key)) return sameAsRead(own[key], told[key], member);
      const value = Object.hasOwn(own, key) ? own[key] : told[key];
      return saysNothing(value) || (isJsonObject(member) && sameJson(value, member.default));
    });
  }
  if (Array.isArray(own) && Array.isArray(told)) {
    const items = memberOf(schema, "items");
    return own.length === told.length && own.every((item, index) => sameAsRead(item, told[index], items));
  }
  if (typeof own === "string" && typeof told === "string") return withoutLineEnds(own) === withoutLineEnds(told);
  return sameJson(own, told) || isTextOf(own, told) || isTextOf(told, own);
}

function memberOf(schema: unknown, ...path: string[]): unknown {
  return path.reduce((at, key) => (isJsonObject(at) && Object.hasOwn(at, key) ? at[key] : undefined), schema);
}

function saysNothing(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
  return value === null || value === false || value === "";
}

function isTextOf(text: unknown, value: unknown): boolean {
  if (typeof text !== "string" || typeof value === "string") return false;
  try {
    return sameJson(JSON.parse(text), value);
  } catch {
    return false;
  }
}

function withoutLineEnds(text: string): string {
  return text.replace(/[^\S\n]+$/gm, "").trimEnd();
}

/** The numbers of a JSON text that parsing may have made equal to others, such as ids of 19 digits. */
function roundedNumbers(json: string): string {
  const numbers = json.match(/-?\d[\d.]*(?:e[+-]?\d+)?/gi) ?? [];
  const isRounded = (number: string) => number.replace(/\D/g, "").length > 15 || !Number.isFinite(Number(number));
  return numbers.filter(isRounded).sort().join();
}
