import { type JsonObject, sameJson } from "../../core/json.ts";
import type { ChatRequest, ServerTool, Tool } from "../../core/request.ts";
import { isBlank } from "../../core/turns.ts";
import { isFullId } from "../models/model-name.ts";
import { mendTools, namesOfServerTools, toolDefinitions } from "../tools/tool-definitions.ts";
import { STRUCTURED_OUTPUT, ToolNames } from "../tools/tool-names.ts";
import { isSplitBySetModel } from "../turn/encode-input.ts";
import type { OutputMethod } from "./output-methods.ts";

/** What a process is initialised with beside its model: what holds for a whole conversation. */
export type Profile = {
  readonly system: string;
  /** The client's functions. */
  readonly tools: readonly Tool[];
  readonly serverTools: readonly ServerTool[];
  /** All tools, as the API gets them. A process takes any, as long as the functions' names are the same. */
  readonly definitions: readonly JsonObject[];
  /** JSON Schema of structured output, when the CLI is to ask for it by its tool. */
  readonly outputSchema: JsonObject | undefined;
  /** What of the API is wanted that it offers for a trial: of each model a process asks for what it was told first, from then on. */
  readonly betas: readonly string[];
  /** The same where a process need not be bound anew: all but what the tools are, beside the functions' names. */
  readonly key: string;
  /** Keys of the parts that can be changed each on its own; of the tools, the functions' names alone. */
  readonly toolsKey: string;
  readonly schemaKey: string;
  /**
   * All that the model reads before the conversation: Anthropic's cache, and its check of thinking, go by this. Deferred tools are none of it
   * ("Tool use with prompt caching" in Anthropic's documentation).
   */
  readonly promptKey: string;
  /** Whether the API knows all functions, and their arguments, by the names that the client gave them. */
  readonly isPlainlyNamed: boolean;
};

/** Throws `invalid_request` for a tool with a schema that cannot be used. */
export function profileOf(request: ChatRequest, output?: OutputMethod): Profile {
  const { system, tools, serverTools = [], toolChoice, betas = [] } = request;
  const outputSchema = output?.type === "tool" ? output.schema : undefined;
  // The CLI asks by a tool, too: where no tool may be called, the client's are left out instead.
  if (outputSchema !== undefined && toolChoice.type === "none") return makeProfile({ system, outputSchema, betas });
  return makeProfile({ system, tools, serverTools, outputSchema, betas });
}

/** Throws `invalid_request` for a tool with a schema that cannot be used. */
export function makeProfile(
  parts: Partial<Pick<Profile, "system" | "tools" | "serverTools" | "outputSchema" | "betas">>,
): Profile {
  const { system = "", serverTools = [], outputSchema, betas = [] } = parts;
  const tools = mendTools(parts.tools ?? []);
  const names = namesOf({ tools, serverTools });
  const offered = toolDefinitions({ tools, serverTools }, names);
  const definitions =
    offered.length === 0 || outputSchema === undefined ? offered : [...offered, answerTool(outputSchema)];
  const [toolsKey, schemaKey] = [names.key, JSON.stringify(outputSchema ?? null)];
  const prompted = definitions.filter((definition) => !isDeferred(definition));
  const promptKey = JSON.stringify([system, schemaKey, betas, prompted]);
  const key = JSON.stringify([system, toolsKey, schemaKey, ...betas]);
  const keys = { key, toolsKey, schemaKey, promptKey, isPlainlyNamed: names.isPlain };
  return { system, tools, serverTools, definitions, outputSchema, betas, ...keys };
}

/** Whether the model reads of the tool only once it has found it. */
function isDeferred({ defer_loading }: JsonObject): boolean {
  return defer_loading === true;
}

/** Whether what was thought under the one profile holds under the other. Deferred tools may be added; of those that there were, some may have been found. */
export function holdsThought(from: Profile, to: Profile): boolean {
  if (from.promptKey !== to.promptKey) return false;
  const deferred = to.definitions.filter(isDeferred);
  return from.definitions.filter(isDeferred).every((known) => deferred.some((tool) => sameJson(tool, known)));
}

/** By which names the API knows the functions of a new conversation. */
export function namesOf({ tools, serverTools }: Pick<Profile, "tools" | "serverTools">): ToolNames {
  return new ToolNames(tools, namesOfServerTools(serverTools));
}

/** The CLI's tool for structured output, which it does not add to a list of ours. It knows its calls by the name. */
function answerTool(schema: JsonObject): JsonObject {
  const description =
    "Gives your final answer in the structure that is asked for. Call this tool exactly once, when everything else is done.";
  return { name: STRUCTURED_OUTPUT, description, input_schema: schema };
}

/** What a process is initialised with before anybody asked for anything. */
export const BLANK_PROFILE: Profile = makeProfile({});

/**
 * Whether an initialised process can be given another profile. Its functions can be replaced, and its system prompt, but that cannot be
 * taken away. The schema of the CLI's tool, and the betas, stay: the CLI does not forget them. A process that was only prepared has neither.
 */
export function canRebind(from: Profile, to: Profile): boolean {
  return (
    from.schemaKey === to.schemaKey &&
    (from === BLANK_PROFILE || sameJson(from.betas, to.betas)) &&
    (from.system === to.system || !(isBlank(to.system) || isSplitBySetModel(to.system)))
  );
}

/** Whether it can while it remembers a conversation of this model's: calls in it stand under names of the functions that there were. */
export function canRebindWithin(from: Profile, to: Profile, model: string): boolean {
  return (
    canRebind(from, to) &&
    (from.toolsKey === to.toolsKey || (from.isPlainlyNamed && to.isPlainlyNamed) || namesOf(to).keeps(namesOf(from))) &&
    // A model that the CLI does not list would have to be set anew, which the CLI would tell the model.
    (from.system === to.system || !isFullId(model))
  );
}
