import type { ModelFacts } from "../../core/backend.ts";
import { isJsonObject, type JsonObject, sameJson } from "../../core/json.ts";
import {
  EFFORT_LEVELS,
  type EffortLevel,
  type ReasoningEffort,
  type ToolChoice,
  type Turn,
} from "../../core/request.ts";
import { isBlank } from "../../core/turns.ts";
import type { ToolNames } from "../tools/tool-names.ts";

/** `unset`: the model takes no word on that, and the CLI is to send none. Undefined: the CLI's own level. */
export type TurnEffort = ReasoningEffort | "unset" | undefined;

/** What can differ from turn to turn in one process. */
export type TurnSettings = {
  readonly effort: TurnEffort;
  readonly maxOutputTokens: number | undefined;
  readonly stop: readonly string[];
  /** The model takes none of them: all are watched for here. */
  readonly watchesStops?: true;
  /** Named as the API knows the tool. */
  readonly toolChoice: ToolChoice;
  /** The call that is asked for in words, since the model takes no choice that forces one; named likewise. */
  readonly wantedCall?: ToolChoice;
  /** What keeps the model from thinking, whatever the effort; undefined: nothing. */
  readonly thinkingOff?: "disabled" | "between_tools" | "omitted" | undefined;
  readonly sampling?: NativeSampling;
  readonly parallelToolCalls: boolean;
  /** All tools as the API shall get them: the CLI would change their texts and order. Absent: there are none. */
  readonly tools?: readonly JsonObject[];
  /** Other fields of the API's, as they are. */
  readonly native?: JsonObject;
  /** Whether the CLI lets through results that refer to tools, and what is said of a call beside its name and input: with its search among tools on. */
  readonly searchesTools?: boolean;
  /** What the API offers for a trial: the same for all turns of a process, see {@link Profile}. */
  readonly betas?: readonly string[];
  /** The JSON Schema that the API holds the answer to, as the API takes it. */
  readonly outputSchema?: JsonObject;
};

/** By the API's names. */
export type NativeSampling = { readonly temperature?: number; readonly top_k?: number };

/** Those of a request that asks for nothing in particular. */
export const PLAIN_SETTINGS: TurnSettings = {
  effort: undefined,
  maxOutputTokens: undefined,
  stop: [],
  toolChoice: { type: "auto" },
  parallelToolCalls: true,
};

/** The API refuses stop sequences of white space only, and may refuse all for a model; those are left to our own filter. */
export function splitStops({ stop, watchesStops }: Pick<TurnSettings, "stop" | "watchesStops">) {
  const isNative = (text: string) => watchesStops === undefined && !isBlank(text);
  return { native: stop.filter(isNative), filtered: stop.filter((text) => !isNative(text)) };
}

/**
 * The `settings` of an `apply_flag_settings` request that leads from one turn's settings to the next; undefined when nothing
 * changes. Null and empty strings return to the CLI's default: what one turn set must not reach another.
 */
export function settingsChange(from: TurnSettings | undefined, to: TurnSettings): Record<string, unknown> | undefined {
  // What a new process starts with may come from the user's own configuration: then everything is said.
  const before = from && encode(from);
  const after = encode(to);
  const change: Record<string, unknown> = {};
  if (before?.effortLevel !== after.effortLevel) change.effortLevel = after.effortLevel;
  // Always all of them: the CLI takes a new `env` in place of the one before, and not in addition to it.
  if (before === undefined || !sameJson(before.env, after.env)) change.env = after.env;
  return Object.keys(change).length === 0 ? undefined : change;
}

/**
 * How a turn that waits for results can go on under other settings, with the results or with what else the user says behind them.
 * `within`: the CLI takes the settings up in the middle of the turn. `settled`: the turn ends with the results, and another begins.
 * Undefined: it cannot. The CLI takes up another effort only with something that the user says.
 */
export function goesOnWith({ content }: Turn, from: TurnSettings, to: TurnSettings): "within" | "settled" | undefined {
  if (content.some(({ type }) => type !== "tool-result")) return "settled";
  const [before, after] = [encode(from), encode(to)];
  const differs = (name: keyof typeof before.env) => before.env[name] !== after.env[name];
  if (before.effortLevel !== after.effortLevel || differs("CLAUDE_CODE_EFFORT_LEVEL")) return undefined;
  return differs("CLAUDE_CODE_MAX_OUTPUT_TOKENS") || differs("CLAUDE_CODE_DISABLE_THINKING") ? "settled" : "within";
}

/**
 * What keeps a model from thinking in a turn that goes on after results. A model with a budget thinks there only if its first answer since
 * the user's question began with signed thinking. Where neither the client nor the process has that, it does not think until it has answered.
 */
export function thinkingOffOf(
  { turns, thinking }: { readonly turns: readonly Turn[]; readonly thinking?: ModelFacts["thinking"] | undefined },
  remembered: readonly { readonly turn: Turn | undefined }[],
): TurnSettings["thinkingOff"] {
  if (thinking !== "budgeted" || !hasResults(turns.at(-1))) return undefined;
  const first = turns.findLastIndex((turn) => turn.role === "user" && !hasResults(turn)) + 1;
  const answer = remembered[first]?.turn ?? turns[first];
  return answer?.content[0]?.type === "thinking" ? undefined : "omitted";
}

function hasResults(turn: Turn | undefined): boolean {
  return turn?.content.some(({ type }) => type === "tool-result") === true;
}

function encode(settings: TurnSettings) {
  const { effort, maxOutputTokens, toolChoice, parallelToolCalls, tools, thinkingOff, sampling } = settings;
  const { outputSchema: schema, searchesTools = false, betas = [] } = settings;
  const { native } = splitStops(settings);
  const choice = encodeToolChoice(toolChoice, parallelToolCalls);
  const others = nativeFields(settings);
  const outputConfig = isJsonObject(others.output_config) ? others.output_config : {};
  const extra = {
    ...others,
    ...(thinkingOff === undefined || thinkingOff === "omitted" ? {} : { thinking: { type: thinkingOff } }),
    ...sampling,
    ...(native.length === 0 ? {} : { stop_sequences: native }),
    ...(choice === undefined ? {} : { tool_choice: choice }),
    ...(tools === undefined ? {} : { tools }),
    // The CLI adds the effort to it.
    ...(schema === undefined ? {} : { output_config: { ...outputConfig, format: { type: "json_schema", schema } } }),
  };
  return {
    effortLevel: effort === undefined || effort === "unset" ? null : levelOf(effort),
    env: {
      CLAUDE_CODE_MAX_OUTPUT_TOKENS: maxOutputTokens === undefined ? "" : String(maxOutputTokens),
      // It leaves out `thinking`, and what the CLI says of earlier thinking with it: of itself it never says `disabled`.
      CLAUDE_CODE_DISABLE_THINKING: thinkingOff === undefined ? "" : "1",
      CLAUDE_CODE_EXTRA_BODY: Object.keys(extra).length === 0 ? "" : JSON.stringify(extra),
      // To models that it does not know the CLI sends a level of its own.
      ...(effort === "unset" ? { CLAUDE_CODE_EFFORT_LEVEL: effort } : {}),
      ...(searchesTools ? { ENABLE_TOOL_SEARCH: "true" } : {}),
      // Beside its own.
      ...(betas.length === 0 ? {} : { ANTHROPIC_BETAS: betas.join(",") }),
    },
  };
}

/**
 * What is never said for the CLI: the conversation is its own, as is whom it asks for whom. `betas` it would take as all there are, and
 * lose those by which it is known.
 */
const OF_THE_CLI: ReadonlySet<string> = new Set(["model", "messages", "system", "metadata", "stream", "betas"]);

/** Those fields in whose place the CLI puts what it is told. Of a model that does not think the API takes no word on its thinking. */
function nativeFields({ native = {}, thinkingOff }: TurnSettings): JsonObject {
  const fields = Object.fromEntries(Object.entries(native).filter(([name]) => !OF_THE_CLI.has(name)));
  const { context_management: context, ...others } = fields;
  if (thinkingOff === undefined || !isJsonObject(context) || !Array.isArray(context.edits)) return fields;
  const edits = context.edits.filter((edit) => !(isJsonObject(edit) && /^clear_thinking/.test(String(edit.type))));
  return edits.length === 0 ? others : { ...others, context_management: { ...context, edits } };
}

/** The API's `tool_choice`; undefined where its default is meant. */
function encodeToolChoice(choice: ToolChoice, parallel: boolean): object | undefined {
  if (choice.type === "auto" && parallel) return undefined;
  const named = choice.type === "required" ? { type: "any" } : choice;
  return parallel || choice.type === "none" ? named : { ...named, disable_parallel_tool_use: true };
}

/**
 * What a model of these levels makes of the effort asked for: the nearest, and of two the lesser. Not to think at all is a matter of its
 * own, and asks for the least besides.
 */
export function nearestEffort(effort: ReasoningEffort | undefined, levels: readonly EffortLevel[]): TurnEffort {
  if (levels.length === 0) return "unset";
  const asked = levelOf(effort);
  if (levels.includes(asked)) return effort;
  const distance = (level: EffortLevel) => Math.abs(EFFORT_LEVELS.indexOf(level) - EFFORT_LEVELS.indexOf(asked));
  return levels.reduce((best, level) => (distance(level) < distance(best) ? level : best));
}

/** The level that is meant; the CLI's own, of models that it does not know, is `high`, and it has none below `low`. */
function levelOf(effort: ReasoningEffort | undefined): EffortLevel {
  if (effort === "none" || effort === "minimal") return "low";
  return effort ?? "high";
}

/** The same with the names by which the API knows the functions. */
export function withApiNames(settings: TurnSettings, names: ToolNames): TurnSettings {
  const named = (choice: ToolChoice): ToolChoice =>
    choice.type === "tool" ? { type: "tool", name: names.toApi(choice.name) } : choice;
  const { toolChoice, wantedCall } = settings;
  return { ...settings, toolChoice: named(toolChoice), ...(wantedCall && { wantedCall: named(wantedCall) }) };
}
