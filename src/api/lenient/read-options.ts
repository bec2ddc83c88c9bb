import { isJsonObject } from "../../core/json.ts";

// The plain options of a request, told from the spellings that programs have for them. Undefined: it is not set. What is not
// understood stays as it is, for a schema to judge.

/** What a form sends for a field that nobody has filled in. */
export function readFilled(value: unknown): unknown {
  return value === "" ? undefined : value;
}

/** A number, also as a text. */
function readNumber(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const text = value.trim();
  if (text === "") return undefined;
  return /^-?\d+$/.test(text) ? Number(text) : value;
}

/** None, or a negative one, is how programs for local models say that there is no limit. */
export function readLimit(limit: unknown): unknown {
  const number = readNumber(limit);
  return typeof number === "number" && number <= 0 ? undefined : number;
}

/** How many answers; none asks for nothing. */
export function readCount(count: unknown): unknown {
  const number = readNumber(count);
  return number === 0 ? undefined : number;
}

export function readStreamOptions(options: unknown): unknown {
  if (options === "" || (Array.isArray(options) && options.length === 0)) return undefined;
  return options;
}

export function readStop(stop: unknown): unknown {
  if (stop === "" || stop === false) return undefined;
  if (!Array.isArray(stop) || !stop.some((text) => text === null)) return stop;
  return stop.filter((text) => text !== null);
}

/** A list of one may come without the list, and none as nothing at all. What is neither stays, for a schema to refuse. */
export function readList(list: unknown): unknown {
  if (!isJsonObject(list)) return list === "" ? undefined : list;
  return Object.keys(list).length === 0 ? undefined : [list];
}

/** A conversation of one question may be that text, or that one message. */
export function readMessages(messages: unknown): unknown {
  if (typeof messages === "string" && messages !== "") return [{ role: "user", content: messages }];
  return isJsonObject(messages) && Object.keys(messages).length > 0 ? [messages] : messages;
}
