import type { Betas } from "./betas.ts";
import { isOpen } from "./betas.ts";
import { BLOCKS, blockTypes, IN_RESULT, TOOL_REFERENCE } from "./block-shapes.ts";
import { type ApiFields, blocksOf, isFields, listOf, readContent } from "./messages-body.ts";
import {
  firstProblem,
  listProblem,
  type Problem,
  patternProblem,
  shapeProblem,
  stringProblem,
  toolNameProblem,
  unknownTagProblem,
} from "./refuse-fields.ts";
import { documentProblem, imageProblem } from "./refuse-media.ts";

/** An id of a tool call, where it is made and where it is answered; those of the API's own tools have a form of their own. */
const TOOL_USE_ID = /^[a-zA-Z0-9_-]+$/;
const SERVER_TOOL_USE_ID = /^srvtoolu_[a-zA-Z0-9_]+$/;

/** What is checked of some kinds of blocks beside their fields. */
const CHECKS: ReadonlyMap<string, (place: string, block: ApiFields) => Problem> = new Map([
  ["text", textProblem],
  ["image", imageProblem],
  ["document", documentProblem],
  ["tool_use", toolUseProblem],
  ["server_tool_use", serverToolUseProblem],
  ["tool_result", toolResultProblem],
]);

/** The blocks of one message, each for itself. */
export function blocksProblem(messagePlace: string, role: unknown, content: unknown, betas: Betas): Problem {
  if (typeof content === "string") return undefined;
  return listProblem(`${messagePlace}.content`, content, (place, block) => {
    const { type } = block;
    const shape = typeof type === "string" ? BLOCKS.get(type) : undefined;
    if (typeof type !== "string" || shape === undefined || !isOpen(shape.gate, betas)) {
      return unknownTagProblem(place, type, blockTypes(betas));
    }
    // What a system message may hold is looked at with its place.
    const home = role === "system" ? undefined : shape.roles;
    if (home !== undefined && !home.some((one) => one === role)) {
      return `${messagePlace}: \`${type}\` blocks can only be in \`${home[0]}\` messages`;
    }
    return shapeProblem(`${place}.${type}`, block, shape) ?? CHECKS.get(type)?.(place, block);
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

function textProblem(place: string, { text, citations }: ApiFields): Problem {
  const problem = stringProblem(`${place}.text.text`, text);
  if (problem !== undefined || citations === undefined || citations === null) return problem;
  return listProblem(`${place}.text.citations`, citations, () => undefined);
}

function toolUseProblem(place: string, { id, name, input }: ApiFields): Problem {
  const use = `${place}.tool_use`;
  return (
    patternProblem(`${use}.id`, id, TOOL_USE_ID) ?? toolNameProblem(`${use}.name`, name) ?? inputProblem(use, input)
  );
}

function serverToolUseProblem(place: string, { id, input }: ApiFields): Problem {
  const use = `${place}.server_tool_use`;
  return patternProblem(`${use}.id`, id, SERVER_TOOL_USE_ID) ?? inputProblem(use, input);
}

function inputProblem(use: string, input: unknown): Problem {
  return isFields(input) ? undefined : `${use}.input: Input should be an object`;
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
    if (typeof type !== "string" || !IN_RESULT.includes(type)) return unknownTagProblem(blockPlace, type, IN_RESULT);
    const shape = BLOCKS.get(type) ?? TOOL_REFERENCE;
    return shapeProblem(`${blockPlace}.${type}`, block, shape) ?? CHECKS.get(type)?.(blockPlace, block);
  });
}
