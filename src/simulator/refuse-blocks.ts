import { type ApiFields, blocksOf, isFields, listOf, readContent } from "./messages-body.ts";
import {
  firstProblem,
  listProblem,
  type Problem,
  patternProblem,
  stringProblem,
  toolNameProblem,
  unknownTagProblem,
} from "./refuse-fields.ts";
import { documentProblem, imageProblem } from "./refuse-media.ts";

/** An id of a tool call, where it is made and where it is answered. */
const TOOL_USE_ID = /^[a-zA-Z0-9_-]+$/;

/** What is checked of each kind of block. */
const BLOCK_CHECKS: ReadonlyMap<string, (place: string, block: ApiFields) => Problem> = new Map([
  ["text", textProblem],
  ["image", imageProblem],
  ["document", documentProblem],
  ["tool_use", toolUseProblem],
  ["tool_result", toolResultProblem],
]);

/** Blocks of a message that no check here looks into; the simulator does not play their part of the API. */
const UNCHECKED = [
  "thinking",
  "redacted_thinking",
  "search_result",
  "server_tool_use",
  "container_upload",
  "mcp_tool_use",
  "compaction",
];
const UNCHECKED_IN_RESULT = ["search_result", "tool_reference"];
const CHECKED_IN_RESULT = ["text", "image", "document"];

/** The only role in whose messages a block may stand; others may stand in any. */
const ROLE_OF_BLOCK: ReadonlyMap<string, string> = new Map([
  ["image", "user"],
  ["document", "user"],
  ["tool_result", "user"],
  ["tool_use", "assistant"],
  ["thinking", "assistant"],
  ["redacted_thinking", "assistant"],
]);

/** The blocks of one message, each for itself. */
export function blocksProblem(messagePlace: string, role: unknown, content: unknown): Problem {
  if (typeof content === "string") return undefined;
  return listProblem(`${messagePlace}.content`, content, (place, block) => {
    const { type } = block;
    if (typeof type !== "string") return unknownTagProblem(place, type, knownBlocks());
    const home = ROLE_OF_BLOCK.get(type);
    if (home !== undefined && home !== role)
      return `${messagePlace}: \`${type}\` blocks can only be in \`${home}\` messages`;
    const check = BLOCK_CHECKS.get(type);
    if (check !== undefined) return check(place, block);
    // The results of the API's own tools have a type each.
    if (UNCHECKED.includes(type) || type.endsWith("_tool_result")) return undefined;
    return unknownTagProblem(place, type, knownBlocks());
  });
}

/** Text without content, in the messages, in tool results, or in the system prompt. */
export function blankTextProblem(field: string, content: unknown): Problem {
  const blocks = typeof content === "string" ? blocksOf(content) : (listOf(content) ?? []);
  return firstProblem(blocks, (block) => {
    if (!isFields(block)) return undefined;
    // A result that is a string may be blank, one that is a list of blocks may be empty; a blank block may not be.
    if (block.type === "tool_result") return blankTextProblem(field, listOf(block.content));
    if (block.type !== "text" || typeof block.text !== "string") return undefined;
    if (block.text === "") return `${field}: text content blocks must be non-empty`;
    return block.text.trim() === "" ? `${field}: text content blocks must contain non-whitespace text` : undefined;
  });
}

function textProblem(place: string, { text }: ApiFields): Problem {
  return stringProblem(`${place}.text.text`, text);
}

function toolUseProblem(place: string, { id, name, input }: ApiFields): Problem {
  const use = `${place}.tool_use`;
  const problem = patternProblem(`${use}.id`, id, TOOL_USE_ID) ?? toolNameProblem(`${use}.name`, name);
  if (problem !== undefined) return problem;
  if (input === undefined) return `${use}.input: Field required`;
  return isFields(input) ? undefined : `${use}.input: Input should be a valid dictionary`;
}

function toolResultProblem(place: string, { tool_use_id: id, content, is_error: isError }: ApiFields): Problem {
  const result = `${place}.tool_result`;
  const problem = patternProblem(`${result}.tool_use_id`, id, TOOL_USE_ID);
  if (problem !== undefined) return problem;
  if (isError !== undefined && typeof isError !== "boolean")
    return `${result}.is_error: Input should be a valid boolean`;
  if (isError === true && blocksOf(readContent(content)).every(({ type, text }) => type === "text" && !text))
    return `${result}: content cannot be empty if \`is_error\` is true`;
  if (content === undefined || typeof content === "string") return undefined;
  return listProblem(`${result}.content`, content, (blockPlace, block) => {
    const { type } = block;
    if (typeof type === "string") {
      if (UNCHECKED_IN_RESULT.includes(type)) return undefined;
      if (CHECKED_IN_RESULT.includes(type)) return BLOCK_CHECKS.get(type)?.(blockPlace, block);
    }
    return unknownTagProblem(blockPlace, type, [...CHECKED_IN_RESULT, ...UNCHECKED_IN_RESULT]);
  });
}

function knownBlocks(): string[] {
  return [...BLOCK_CHECKS.keys(), ...UNCHECKED];
}
