import { type ApiTool, type ConversationTurn, type MessagesBody, textOf } from "./messages-body.ts";
import { isServerTool } from "./tool-shapes.ts";

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
  const named = (name: unknown) => tools.find((tool) => tool.name === name && !isServerTool(tool.type));
  switch (choice?.type) {
    case "none":
      return undefined;
    case "tool":
      return named(choice.name);
  }
  const last = turns.at(-1);
  const asked = askedNames(last)
    .map(named)
    .find((tool) => tool !== undefined);
  if (asked !== undefined || choice?.type === "any" || mustCall(last)) return asked ?? callableTools(body)[0];
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

/** The web search that the API itself would do, where one is offered and something is asked that it could be for. */
export function searchToDo(
  { tools = [], tool_choice: choice }: MessagesBody,
  turns: readonly ConversationTurn[],
): string | undefined {
  const last = turns.at(-1);
  if (choice?.type === "none" || last?.role !== "user") return undefined;
  if (!tools.some(({ type }) => String(type).startsWith("web_search_"))) return undefined;
  const question = textOf(last.content.filter(({ type }) => type === "text"));
  return question === "" ? undefined : question;
}

/** Those that are called by a `tool_use`: the API runs its own itself. */
function callableTools(body: MessagesBody): ApiTool[] {
  return visibleTools(body).filter(({ type }) => !isServerTool(type));
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

/** Models that cannot be forced are asked in words, behind what the user says or within a result. */
const WANTED_CALL = /Your next answer must call (?:the tool `([^`]+)`|at least one of the tools)/;

function mustCall(turn: ConversationTurn | undefined): boolean {
  return turn?.role === "user" && WANTED_CALL.test(JSON.stringify(turn.content));
}

function askedNames(turn: ConversationTurn | undefined): (string | undefined)[] {
  if (turn?.role !== "user") return [];
  const inWords = turn.content.map(({ type, text = "" }) =>
    type === "text" ? /^call (\S+)$/.exec(text.trim())?.[1] : undefined,
  );
  return [WANTED_CALL.exec(JSON.stringify(turn.content))?.[1], ...inWords];
}
