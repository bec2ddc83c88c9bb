import type { ApiTool, ConversationTurn, MessagesBody } from "./messages-body.ts";

/** The tool by which the CLI asks for structured output. */
const STRUCTURED_OUTPUT = "StructuredOutput";

/** A tool result of the last message, with the name of the tool that was called. */
export type AnsweredCall = { readonly name: string; readonly content: unknown; readonly isError: boolean };

/**
 * The tool that the demo calls, if any: one that is forced, one that the user's message asks for by `call NAME`, or the one
 * for structured output, until it was called.
 */
export function toolToCall(body: MessagesBody, turns: readonly ConversationTurn[]): ApiTool | undefined {
  const { tools = [], tool_choice: choice } = body;
  const named = (name: unknown) => tools.find((tool) => tool.name === name);
  switch (choice?.type) {
    case "none":
      return undefined;
    case "tool":
      return named(choice.name);
  }
  const asked = askedNames(turns.at(-1))
    .map(named)
    .find((tool) => tool !== undefined);
  if (asked !== undefined || choice?.type === "any") return asked ?? visibleTools(body)[0];
  const isDone = answeredCalls(turns).some(({ name }) => name === STRUCTURED_OUTPUT);
  return isDone ? undefined : named(STRUCTURED_OUTPUT);
}

/**
 * The tools that the model sees from the beginning. Of a deferred one it only learns when it searches for it, and the CLI
 * offers one of its own, beside the tool for structured output, that is never to be called.
 */
export function visibleTools({ tools = [] }: MessagesBody): ApiTool[] {
  return tools.filter((tool) => tool.defer_loading !== true);
}

/** The tool results that the conversation ends with. */
export function answeredCalls(turns: readonly ConversationTurn[]): AnsweredCall[] {
  const calls = turns.at(-2)?.content.filter((block) => block.type === "tool_use") ?? [];
  const results = turns.at(-1)?.content.filter((block) => block.type === "tool_result") ?? [];
  return results.map(({ tool_use_id: id, content, is_error: isError }) => ({
    name: String(calls.find((call) => call.id === id)?.name),
    content,
    isError: isError === true,
  }));
}

function askedNames(turn: ConversationTurn | undefined): (string | undefined)[] {
  if (turn?.role !== "user") return [];
  return turn.content.map(({ type, text = "" }) =>
    type === "text" ? /^call (\S+)$/.exec(text.trim())?.[1] : undefined,
  );
}
