import { isJsonObject } from "../../core/json.ts";

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
