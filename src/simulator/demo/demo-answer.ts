import { simulatedId } from "../answer/simulated-message.ts";
import { cited, type FoundPage, searched } from "../answer/web-search.ts";
import {
  type ApiBlock,
  type ApiTool,
  blocksOf,
  type ConversationTurn,
  conversationOf,
  isFields,
  type MessagesBody,
  readContent,
  textOf,
} from "../messages-body.ts";
import { blocks, type Reply, textBlock, toolUse } from "../reply.ts";
import { isServerTool } from "../tool-shapes.ts";
import { minimalInput } from "./minimal-input.ts";

/** Every demo answer in text begins with it: nobody shall mistake one for a model's. */
export const DEMO_NOTICE =
  "[Simulated answer: claude-max-api runs in demo mode, no model was asked and no quota was spent.]";

/** Nobody shall take it for a page that was found. */
const DEMO_PAGE: FoundPage = {
  url: "https://example.com/simulated-search-result",
  title: "Simulated search result",
  said: "This page was made up: nothing was searched.",
};

const ECHO_CHARACTERS = 200;
const LISTED_TOOLS = 3;
const LISTED_RESULTS = 5;
const DELTA_PAUSE_MS = 15;

/**
 * Answers with what the request looked like when it arrived, so that a newcomer sees the whole way working; or calls a tool,
 * where one is forced or asked for, with a small input that says that it is simulated, as the JSON does that is an answer by a schema.
 */
export function demoAnswer({ body }: { readonly body: MessagesBody }): Reply {
  const turns = conversationOf(body);
  const tool = toolToCall(body, turns);
  if (tool !== undefined) {
    const call = toolUse(simulatedId("toolu"), tool.name, minimalInput(tool.input_schema));
    return blocks([call], { delayMs: DELTA_PAUSE_MS });
  }
  const { format } = body.output_config ?? {};
  if (isFields(format)) {
    const json = JSON.stringify(minimalInput(format.schema));
    return blocks([textBlock(json, json.split(/(?<=[,:{])/))], { delayMs: DELTA_PAUSE_MS });
  }
  const content = [
    DEMO_NOTICE,
    "",
    "The way to the model works. This is what would have been asked:",
    `- model: ${body.model}`,
    `- conversation: ${counted(turns.length, "turn")}`,
    `- system prompt: ${textOf(body.system).length} characters, with the lines that Claude Code adds itself`,
    ...toolLines(visibleTools(body)),
    `- your last message: ${describe(turns.findLast((turn) => turn.role === "user")?.content ?? [])}`,
    ...resultLines(answeredCalls(turns)),
    "",
    "Start the server without --demo, logged in to Claude Code, and a real model answers here.",
  ].join("\n");
  const words = textBlock(content, fewWordsEach(content));
  const question = searchToDo(body, turns);
  if (question === undefined) return blocks([words], { delayMs: DELTA_PAUSE_MS });
  const found = textBlock("\n\nAnd this is how a web search is told: ");
  const search = [...searched(shorten(question), [DEMO_PAGE]), words, found, cited(DEMO_PAGE.said, [DEMO_PAGE])];
  return blocks(search, { delayMs: DELTA_PAUSE_MS });
}

function toolLines(tools: readonly ApiTool[]): string[] {
  const [first] = tools;
  if (first === undefined) return [];
  const names = tools.slice(0, LISTED_TOOLS).map((tool) => tool.name);
  if (tools.length > LISTED_TOOLS) names.push("…");
  return [`- tools: ${tools.length} (${names.join(", ")}); to see a call, send the message "call ${first.name}"`];
}

function resultLines(calls: readonly AnsweredCall[]): string[] {
  const lines = calls
    .slice(0, LISTED_RESULTS)
    .map(
      ({ name, content, isError }) =>
        `- ${name} ${isError ? "failed with" : "returned"}: ${describe(blocksOf(readContent(content)))}`,
    );
  const others = calls.length - lines.length;
  return others > 0 ? [...lines, `- and ${counted(others, "other result")}`] : lines;
}

/** The text, shortened, and how much of what else there is. */
function describe(content: readonly ApiBlock[]): string {
  const words = textOf(content);
  const others = ["tool_result", "image", "document"]
    .map((type) => counted(content.filter((block) => block.type === type).length, type.replace("_", " ")))
    .filter((part) => !part.startsWith("0 "));
  return [words === "" ? "(no text)" : shorten(words), ...others].join(" + ");
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function shorten(content: string): string {
  const characters = Array.from(content);
  if (characters.length <= ECHO_CHARACTERS) return content;
  return `${characters.slice(0, ECHO_CHARACTERS).join("")}…`;
}

function fewWordsEach(content: string): string[] {
  return /\S/.test(content) ? (content.match(/\s*(?:\S+\s*){1,3}/g) ?? [content]) : [content];
}

/** The tool by which the CLI asks for structured output. */
const STRUCTURED_OUTPUT = "StructuredOutput";

/** A tool result of the last message, with the name of the tool that was called. */
type AnsweredCall = { readonly name: string; readonly content: unknown; readonly isError: boolean };

/**
 * The tool that the demo calls, if any: one that is forced, one that the user's message asks for by `call NAME`, or the one
 * for structured output, until it was called.
 */
function toolToCall(body: MessagesBody, turns: readonly ConversationTurn[]): ApiTool | undefined {
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
  const mustCall = last?.role === "user" && WANTED_CALL.test(JSON.stringify(last.content));
  if (asked !== undefined || choice?.type === "any" || mustCall) {
    // What is called by a `tool_use`: the API runs its own tools itself.
    return asked ?? visibleTools(body).find(({ type }) => !isServerTool(type));
  }
  const isDone = answeredCalls(turns).some(({ name }) => name === STRUCTURED_OUTPUT);
  return isDone ? undefined : named(STRUCTURED_OUTPUT);
}

/**
 * The tools that the model sees from the beginning. Of a deferred one it only learns when it searches for it, and the CLI
 * offers one of its own, beside the tool for structured output, that is never to be called.
 */
function visibleTools({ tools = [] }: MessagesBody): ApiTool[] {
  return tools.filter((tool) => tool.defer_loading !== true);
}

/** The web search that the API itself would do, where one is offered and something is asked that it could be for. */
function searchToDo(
  { tools = [], tool_choice: choice }: MessagesBody,
  turns: readonly ConversationTurn[],
): string | undefined {
  const last = turns.at(-1);
  if (choice?.type === "none" || last?.role !== "user") return undefined;
  if (!tools.some(({ type }) => String(type).startsWith("web_search_"))) return undefined;
  const question = textOf(last.content.filter(({ type }) => type === "text"));
  return question === "" ? undefined : question;
}

/** The tool results that the conversation ends with. */
function answeredCalls(turns: readonly ConversationTurn[]): AnsweredCall[] {
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

function askedNames(turn: ConversationTurn | undefined): (string | undefined)[] {
  if (turn?.role !== "user") return [];
  const inWords = turn.content.map(({ type, text = "" }) =>
    type === "text" ? /^call (\S+)$/.exec(text.trim())?.[1] : undefined,
  );
  return [WANTED_CALL.exec(JSON.stringify(turn.content))?.[1], ...inWords];
}
