import { type ApiBlock, type ApiMessage, blocksOf, isFields, type MessagesBody } from "../messages-body.ts";
import { isThinking } from "../thinking-signature.ts";
import { firstProblem, type Problem } from "./refuse-fields.ts";

/** What user or assistant say at one go: the API takes messages of one role that follow each other for one. */
type Turn = {
  readonly index: number;
  readonly role: string;
  readonly blocks: readonly ApiBlock[];
  readonly places: readonly string[];
};

/** How the tool calls of the conversation and their results fit together; each block for itself is taken to be right. */
export function toolTurnsProblem({ messages, thinking }: MessagesBody): Problem {
  const turns = turnsOf(messages);
  return (
    firstProblem(turns, duplicateIdProblem) ??
    firstProblem(
      turns,
      (turn, position) =>
        resultsProblem(turns[position - 1], turn) ??
        callsProblem(turn, turns[position + 1]) ??
        serverCallsProblem(turn, position === turns.length - 1),
    ) ??
    (thinking?.type === "enabled" ? missingThinkingProblem(turns) : undefined)
  );
}

/** The system messages, which the CLI puts in between, are no turns. */
function turnsOf(messages: readonly ApiMessage[]): Turn[] {
  const turns: Turn[] = [];
  for (const [index, { role, content }] of messages.entries()) {
    if (role !== "user" && role !== "assistant") continue;
    const blocks = blocksOf(content);
    const places = blocks.map((_, position) => `messages.${index}.content.${position}`);
    const last = turns.at(-1);
    if (last?.role !== role) turns.push({ index, role, blocks, places });
    else turns.splice(-1, 1, { ...last, blocks: [...last.blocks, ...blocks], places: [...last.places, ...places] });
  }
  return turns;
}

/** Recorded requests have one id in two turns, and are taken. */
function duplicateIdProblem({ blocks, places }: Turn): Problem {
  const seen = new Set<unknown>();
  return firstProblem(blocks, ({ type, id }, position) => {
    if (type !== "tool_use") return undefined;
    if (seen.has(id)) return `${places[position]}: \`tool_use\` ids must be unique`;
    seen.add(id);
    return undefined;
  });
}

/** Each result must answer a call of the turn before, and no call be answered twice. */
function resultsProblem(before: Turn | undefined, { blocks, places }: Turn): Problem {
  const called = before?.role === "assistant" ? idsOf(before.blocks, "tool_use") : [];
  const answered = new Set<unknown>();
  return firstProblem(blocks, ({ type, tool_use_id: id }, position) => {
    if (type !== "tool_result") return undefined;
    const place = places[position];
    if (!called.includes(id)) {
      return (
        `${place}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${String(id)}. ` +
        "Each `tool_result` block must have a corresponding `tool_use` block in the previous message."
      );
    }
    if (answered.has(id)) {
      return `${place}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${String(id)}`;
    }
    answered.add(id);
    return undefined;
  });
}

/** Each call must be answered in the next turn, before anything else in it: a result after a text does not count. */
function callsProblem({ index, blocks }: Turn, next: Turn | undefined): Problem {
  const firstOther = next?.blocks.findIndex((block) => block.type !== "tool_result") ?? -1;
  const leading = next?.blocks.slice(0, firstOther === -1 ? undefined : firstOther) ?? [];
  const answered = next?.role === "user" ? idsOf(leading, "tool_result", "tool_use_id") : [];
  const open = idsOf(blocks, "tool_use").filter((id) => !answered.includes(id));
  if (open.length === 0) return undefined;
  return (
    `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(", ")}. ` +
    "Each `tool_use` block must have a corresponding `tool_result` block in the next message."
  );
}

/** What the API's own tools were asked must have been answered in the same turn, unless it is still going on, or its code made calls. */
function serverCallsProblem({ index, blocks }: Turn, isLast: boolean): Problem {
  if (isLast) return undefined;
  const answered = blocks.filter(({ type }) => type.endsWith("_tool_result")).map(({ tool_use_id: id }) => id);
  const callers = blocks.map(({ caller }) => (isFields(caller) ? caller.tool_id : undefined));
  const open = blocks.find(
    ({ type, id }) => type === "server_tool_use" && !answered.includes(id) && !callers.includes(id),
  );
  if (open === undefined) return undefined;
  const name = String(open.name);
  return (
    `messages.${index}: \`${name}\` tool use with id \`${String(open.id)}\` was found without a corresponding ` +
    `\`${name}_tool_result\` block`
  );
}

/**
 * With manual thinking, an assistant turn that goes on after tool results must have begun with its thinking. The turn may
 * be several messages long, and only its first must begin so: between the calls the model need not think again.
 */
function missingThinkingProblem(turns: readonly Turn[]): Problem {
  const last = turns.at(-1);
  if (last === undefined || !hasResults(last)) return undefined;
  const lastQuestion = turns.findLastIndex((turn) => turn.role === "user" && !hasResults(turn));
  const ongoing = turns.slice(lastQuestion + 1).filter((turn) => turn.role === "assistant");
  const final = ongoing.at(-1);
  if (final === undefined || beginsWithThinking(final) || ongoing.slice(0, 1).some(beginsWithThinking))
    return undefined;
  return (
    `messages.${final.index}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found ` +
    `\`${final.blocks[0]?.type}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking ` +
    "block (preceeding the lastmost set of `tool_use` and `tool_result` blocks). To avoid this requirement, disable `thinking`."
  );
}

function hasResults({ blocks }: Turn): boolean {
  return blocks.some((block) => block.type === "tool_result");
}

function beginsWithThinking({ blocks }: Turn): boolean {
  return blocks.slice(0, 1).some(isThinking);
}

function idsOf(blocks: readonly ApiBlock[], type: string, field = "id"): unknown[] {
  return blocks.filter((block) => block.type === type).map((block) => block[field]);
}
