import { type ApiFields, blocksOf, isFields, listOf, readContent } from "../messages-body.ts";
import { everyFamily, has, modelOf, type Since } from "../models.ts";
import { firstProblem, type Problem } from "./refuse-fields.ts";

// Where a message of role "system" may stand, and what it may hold: Anthropic's "Mid-conversation system messages", and requests that others
// sent to the API and wrote down on 2026-08-31, with its words. From which models on it is taken is what the CLI 2.1.330 goes by, too.

const TAKES_SYSTEM: Since = { ...everyFamily(5), opus: 4.8, haiku: 5.5 };
const TAKES_TOOL_CHANGES: Since = { ...everyFamily(5), opus: 4.8, sonnet: 5.5, haiku: 5.5 };
const CHANGES = ["tool_addition", "tool_removal"];
const DIRECTIVE = "the directive-only form (content: [] with output_config) is accepted at any position";

export function systemMessagesProblem({ model, messages, tools }: ApiFields): Problem {
  const list = (listOf(messages) ?? []).filter(isFields);
  const offered = (listOf(tools) ?? []).filter(isFields);
  return firstProblem(list, (message, index) => {
    if (message.role !== "system") return undefined;
    const place = `messages.${index}`;
    return (
      modelProblem(place, model, message) ??
      contentProblem(place, message, index === 0, positionProblem(place, list[index + 1])) ??
      changesProblem(place, message, offered)
    );
  });
}

function modelProblem(place: string, name: unknown, { content }: ApiFields): Problem {
  const model = modelOf(name);
  if (model === undefined) return undefined;
  if (!has(model, TAKES_SYSTEM)) return `${place}: role 'system' is not supported on this model`;
  const changes = (listOf(content) ?? []).filter(isFields).some(({ type }) => CHANGES.includes(String(type)));
  return changes && !has(model, TAKES_TOOL_CHANGES)
    ? `${place}: tool changes are not supported on this model`
    : undefined;
}

function contentProblem(place: string, message: ApiFields, isFirst: boolean, position: Problem): Problem {
  const { content, output_config: config } = message;
  const blocks = blocksOf(readContent(content));
  if (blocks.length === 0) {
    const isDirective = isFields(config) && Object.keys(config).length > 0;
    return isDirective ? undefined : `${place}: system content must contain at least one block`;
  }
  if (blocks.some(({ type }) => type !== "text" && !CHANGES.includes(type))) {
    return `${place}: role 'system' supports text, tool_addition, and tool_removal blocks only`;
  }
  if (isFirst) return `${place}: use the top-level 'system' parameter for the initial system prompt; ${DIRECTIVE}`;
  if (position !== undefined) return position;
  const isBlank = blocks.some((block) => block.type === "text" && block.text?.trim() === "");
  return isBlank ? `${place}: system text blocks must contain non-whitespace text` : undefined;
}

/** Of several in a row only the last is looked at. */
function positionProblem(place: string, next: ApiFields | undefined): Problem {
  if (next === undefined || next.role !== "user") return undefined;
  return `${place}: role 'system' must precede an 'assistant' message or end the array; ${DIRECTIVE}`;
}

/** What is added or taken away must be among the tools; one that is added must have been kept back. */
function changesProblem(place: string, { content }: ApiFields, offered: readonly ApiFields[]): Problem {
  return firstProblem((listOf(content) ?? []).filter(isFields), ({ type, tool }, index) => {
    if (!CHANGES.includes(String(type)) || !isFields(tool) || tool.type !== "tool_reference") return undefined;
    const own = offered.find(({ name }) => name === tool.name);
    const at = `${place}.content.${index}.${String(type)}.tool`;
    if (own === undefined) return `${at}: Tool '${String(tool.name)}' not found in provided tools`;
    const isKeptBack = type === "tool_removal" || own.defer_loading === true;
    return isKeptBack ? undefined : `${at}: Tool '${String(tool.name)}' must have defer_loading set to true`;
  });
}
