import { type Betas, type Gate, isOpen, TOOL_CHANGES } from "../betas.ts";
import { type ApiFields, blocksOf, isFields, listOf, readContent } from "../messages-body.ts";
import {
  firstProblem,
  flagProblem,
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
      const known = [...BLOCKS].filter(([, { gate }]) => isOpen(gate, betas)).map(([known]) => known);
      return unknownTagProblem(place, type, known);
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
  const problem =
    patternProblem(`${result}.tool_use_id`, id, TOOL_USE_ID) ?? flagProblem(`${result}.is_error`, isError);
  if (problem !== undefined) return problem;
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

// The blocks of a message and their fields, by the types of Anthropic's SDK for TypeScript, 1.14.0 (`BetaContentBlockParam`). That a
// conversation's old blocks need the beta values of what made them is said nowhere, so they are taken without.

type Role = "user" | "assistant" | "system";

type BlockShape = {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** In whose messages it may stand; default: in any but a system message. */
  readonly roles?: readonly Role[] | undefined;
  readonly gate?: Gate | undefined;
};

const ASSISTANT: readonly Role[] = ["assistant"];
const USER: readonly Role[] = ["user"];
const RESULT = block("tool_use_id content", "cache_control", ASSISTANT);
const CALLED_RESULT = block("tool_use_id content", "cache_control caller", ASSISTANT);
const TOOL_CHANGE = block("tool", "cache_control", ["system"], TOOL_CHANGES);

const BLOCKS: ReadonlyMap<string, BlockShape> = new Map<string, BlockShape>([
  ["text", block("text", "cache_control citations", ["user", "assistant", "system"])],
  ["image", block("source", "cache_control transformations", USER)],
  ["document", block("source", "cache_control citations context title", USER)],
  ["search_result", block("content source title", "cache_control citations", USER)],
  ["thinking", block("signature thinking", "", ASSISTANT)],
  ["redacted_thinking", block("data", "", ASSISTANT)],
  ["tool_use", block("id input name", "cache_control caller toolset_name", ASSISTANT)],
  ["tool_result", block("tool_use_id", "cache_control content is_error toolset_name", USER)],
  ["server_tool_use", block("id input name", "cache_control caller", ASSISTANT)],
  ["web_search_tool_result", CALLED_RESULT],
  ["web_fetch_tool_result", CALLED_RESULT],
  ["code_execution_tool_result", RESULT],
  ["bash_code_execution_tool_result", RESULT],
  ["text_editor_code_execution_tool_result", RESULT],
  ["tool_search_tool_result", RESULT],
  ["container_upload", block("file_id", "cache_control")],
  ["advisor_tool_result", RESULT],
  ["mcp_tool_use", block("id input name server_name", "cache_control", ASSISTANT)],
  ["mcp_tool_result", block("tool_use_id", "cache_control content is_error", ASSISTANT)],
  ["mcp_tool_listing", block("mcp_server_name tools", "", ASSISTANT)],
  ["compaction", block("", "cache_control content encrypted_content signature tool_changes", ASSISTANT)],
  ["fallback", block("from to", "trigger", ASSISTANT)],
  ["tool_addition", TOOL_CHANGE],
  ["tool_removal", TOOL_CHANGE],
]);

/** Field names stand in words. */
function block(required: string, optional: string, roles?: readonly Role[], gate?: Gate): BlockShape {
  const words = (text: string) => text.split(" ").filter((word) => word !== "");
  return { required: words(required), optional: words(optional), roles, gate };
}

/** What a `tool_result` may hold. */
const IN_RESULT: readonly string[] = ["text", "image", "document", "search_result", "tool_reference"];

const TOOL_REFERENCE = block("tool_name", "cache_control");
