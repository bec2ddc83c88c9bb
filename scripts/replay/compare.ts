import {
  type ApiBlock,
  type ApiMessage,
  blocksOf,
  conversationOf,
  isFields,
  readMessagesBody,
  textOf,
} from "../../src/simulator/messages-body.ts";
import type { RecordedRequest } from "../../src/simulator/simulator.ts";
import { receivedSystem } from "../../test/support/received.ts";
import type { Shape } from "./shape.ts";

/** Fields that decide what the model is asked. Beside these a client has words for the connection, for limits and for the bill. */
const FIELDS = ["tool_choice", "container", "context_management", "mcp_servers", "temperature", "top_k", "top_p"];
/** What is the same as to leave a field out. */
const DEFAULTS: { readonly [field: string]: unknown } = { tool_choice: { type: "auto" }, temperature: 1 };
/** What the CLI adds behind results that refer to tools. */
const LOADED = "Tool loaded.";
/**
 * What it tells of the machine: newer models in a system message, older ones in the user's turn; where that ends with a result, in the
 * result, behind a line break.
 */
const REMINDER = "<system-reminder>\n";

export type Difference = { readonly place: string; readonly wanted: unknown; readonly got: unknown };

/** What of a request did not reach the API as it is; cache marks aside, which are the CLI's. */
export function compare(sent: Shape["request"], received: RecordedRequest): Difference[] {
  const body: unknown = JSON.parse(received.rawBody);
  const got = isFields(body) ? body : {};
  const wanted = readMessagesBody(sent);
  const pairs: [string, unknown, unknown][] = [];

  const turns = joined(conversationOf(wanted));
  const arrived = joined(conversationOf(received.body));
  for (let at = 0; at < Math.max(turns.length, arrived.length); at++)
    pairs.push([`messages[${at}]`, turns[at], withoutOwnWords(arrived[at], turns[at])]);
  const told = received.body.messages.map(unmarkedContent);
  for (const message of wanted.messages) {
    if (message.role === "user" || message.role === "assistant") continue;
    const isThere = told.some((other) => Bun.deepEquals(other, unmarkedContent(message)));
    if (!isThere) pairs.push([`messages (${message.role})`, message, undefined]);
  }
  pairs.push(["system", textOf(wanted.system), receivedSystem(received) ?? ""]);
  pairs.push(["tools", unmarked(sent.tools ?? []), unmarked(got.tools ?? [])]);
  for (const field of FIELDS) {
    const isDefault = got[field] === undefined && Bun.deepEquals(sent[field], DEFAULTS[field]);
    if (sent[field] !== undefined && !isDefault) pairs.push([field, sent[field], got[field]]);
  }
  const format = isFields(sent.output_config) ? sent.output_config.format : undefined;
  const gotFormat = isFields(got.output_config) ? got.output_config.format : undefined;
  if (format !== undefined) pairs.push(["output_config.format", format, gotFormat]);

  return pairs
    .filter(([, left, right]) => !Bun.deepEquals(left, right))
    .map(([place, left, right]) => ({ place, wanted: left, got: right }));
}

type Turns = ReturnType<typeof conversationOf>;

/** Turns of one role in a row are one turn to the API. */
function joined(turns: Turns): Turns {
  const result: Turns = [];
  for (const { role, content } of turns) {
    const turn = { role, content: content.map(plainResult) };
    const last = result.at(-1);
    if (last?.role === turn.role) result[result.length - 1] = { ...last, content: [...last.content, ...turn.content] };
    else result.push(turn);
  }
  return result;
}

/** Without what the CLI says in the user's turn, or in its last result, and the client does not: see {@link LOADED} and {@link REMINDER}. */
function withoutOwnWords(
  turn: Turns[number] | undefined,
  wanted: Turns[number] | undefined,
): Turns[number] | undefined {
  if (turn === undefined) return undefined;
  const { role, content } = turn;
  const refers = JSON.stringify(content).includes('"tool_reference"');
  const isOwn = (block: ApiBlock) =>
    (block.text?.startsWith(REMINDER) || (refers && block.text === LOADED)) &&
    !wanted?.content.some((other) => Bun.deepEquals(other, block));
  const own = content.filter((block) => !isOwn(block));
  return { role, content: own.map((block) => (block.type === "tool_result" ? withoutReminders(block) : block)) };
}

function withoutReminders(block: ApiBlock): ApiBlock {
  const { content } = block;
  if (!Array.isArray(content)) return block;
  const blocks: ApiBlock[] = content.filter((entry) => !String(entry.text).startsWith(REMINDER));
  const last = blocks.at(-1);
  if (blocks.length === content.length || last?.text === undefined) return { ...block, content: blocks };
  return { ...block, content: [...blocks.slice(0, -1), { ...last, text: last.text.replace(/\n$/, "") }] };
}

/** The content of a result as blocks, and without what means the same as nothing. */
function plainResult(block: ApiBlock): ApiBlock {
  if (block.type !== "tool_result") return block;
  const { is_error, content, ...fields } = block;
  const blocks = typeof content === "string" ? [{ type: "text", text: content }] : content;
  return { ...fields, content: blocks, ...(is_error === true && { is_error }) };
}

const unmarkedContent = ({ role, content }: ApiMessage) => ({ role, content: unmarked(blocksOf(content)) });

function unmarked(tools: unknown): unknown {
  if (!Array.isArray(tools)) return tools;
  return tools.map((tool) => {
    if (!isFields(tool)) return tool;
    const { cache_control: _, ...fields } = tool;
    return fields;
  });
}

/** One line that shows where two values part. */
export function showDifference({ place, wanted, got }: Difference): string {
  const [left, right] = [JSON.stringify(wanted) ?? "nothing", JSON.stringify(got) ?? "nothing"];
  let at = 0;
  while (at < left.length && left[at] === right[at]) at++;
  const from = Math.max(0, at - 20);
  return `${place}: wanted …${left.slice(from, from + 90)}… got …${right.slice(from, from + 90)}…`;
}
