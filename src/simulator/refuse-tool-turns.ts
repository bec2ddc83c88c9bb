import { type ApiBlock, type ApiMessage, blocksOf, type MessagesBody } from "./messages-body.ts";
import { firstProblem, type Problem } from "./refuse-fields.ts";

/** A message of user or assistant; `index` is its place among all messages. */
type Turn = { readonly index: number; readonly role: string; readonly blocks: readonly ApiBlock[] };

/** How the tool calls of the conversation and their results fit together; each block for itself is taken to be right. */
export function toolTurnsProblem({ messages, thinking }: MessagesBody): Problem {
  const turns = turnsOf(messages);
  return (
    duplicateIdProblem(turns) ??
    firstProblem(
      turns,
      (turn, position) => resultsProblem(turns[position - 1], turn) ?? callsProblem(turn, turns[position + 1]),
    ) ??
    (thinking?.type === "enabled" ? missingThinkingProblem(turns) : undefined)
  );
}

/** The system messages, which the CLI puts in between, are no turns. */
function turnsOf(messages: readonly ApiMessage[]): Turn[] {
  return messages
    .map(({ role, content }, index) => ({ index, role, blocks: blocksOf(content) }))
    .filter(({ role }) => role === "user" || role === "assistant");
}

function duplicateIdProblem(turns: readonly Turn[]): Problem {
  const seen = new Set<unknown>();
  return firstProblem(turns, ({ index, blocks }) =>
    firstProblem(blocks, ({ type, id }, position) => {
      if (type !== "tool_use") return undefined;
      if (seen.has(id)) return `messages.${index}.content.${position}: \`tool_use\` ids must be unique`;
      seen.add(id);
      return undefined;
    }),
  );
}

/** Each result must answer a call of the message before, and no call be answered twice. */
function resultsProblem(before: Turn | undefined, { index, blocks }: Turn): Problem {
  const called = before?.role === "assistant" ? idsOf(before.blocks, "tool_use") : [];
  const answered = new Set<unknown>();
  return firstProblem(blocks, ({ type, tool_use_id: id }, position) => {
    if (type !== "tool_result") return undefined;
    const place = `messages.${index}.content.${position}`;
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

/** Each call must be answered in the next message, before anything else in it: a result after a text does not count. */
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

function beginsWithThinking({ blocks: [first] }: Turn): boolean {
  return first?.type === "thinking" || first?.type === "redacted_thinking";
}

function idsOf(blocks: readonly ApiBlock[], type: string, field = "id"): unknown[] {
  return blocks.filter((block) => block.type === type).map((block) => block[field]);
}
