import { type AnsweredCall, answeredCalls, searchToDo, toolToCall, visibleTools } from "./demo-call.ts";
import {
  type ApiBlock,
  type ApiTool,
  blocksOf,
  conversationOf,
  isFields,
  type MessagesBody,
  readContent,
  textOf,
} from "./messages-body.ts";
import { minimalInput } from "./minimal-input.ts";
import { blocks, type Reply, textBlock, toolUse } from "./reply.ts";
import { simulatedId } from "./simulated-message.ts";
import { cited, type FoundPage, searched } from "./web-search.ts";

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
  const others = [
    counted(numberOf(content, "tool_result"), "tool result"),
    counted(numberOf(content, "image"), "image"),
    counted(numberOf(content, "document"), "document"),
  ].filter((part) => !part.startsWith("0 "));
  return [words === "" ? "(no text)" : shorten(words), ...others].join(" + ");
}

function numberOf(content: readonly ApiBlock[], type: string): number {
  return content.filter((block) => block.type === type).length;
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
  return content.match(/\s*(?:\S+\s*){1,3}/g) ?? [content];
}
