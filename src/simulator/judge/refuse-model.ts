import { type ApiFields, isFields, listOf } from "../messages-body.ts";
import { everyFamily, has, type Model, modelOf, type Since } from "../models.ts";
import type { Problem } from "./refuse-fields.ts";

// What one model takes and another does not, as Anthropic's documentation had it on 2026-11-30: "What's new" and the migration guides of
// Opus 5, 5.5, Sonnet 5.5, Fable 5.1, 5.2 and Haiku 5.5 (https://platform.claude.com/docs/en/models/overview). A model that is newer than
// these is held to the rules of the newest of its family; a name that is no model's to none. That adaptive thinking goes with a forced
// call on models that take one is known from recorded exchanges.

const NO_FORCED_CALL: Since = { opus: 5.5, sonnet: 5.5, fable: 5.1, mythos: 5.1 };
const THINKS_ALWAYS: Since = { opus: 5.5, fable: 5, mythos: 5 };
const BETWEEN_TOOLS: Since = { sonnet: 5.5 };
/** Thinking can be turned off, at the lower levels of effort. */
const OFF_UP_TO_HIGH: Since = { opus: 5, haiku: 5.5 };
const ADAPTIVE: Since = everyFamily(4.6);
const NO_BUDGET: Since = everyFamily(4.7);
const NO_SAMPLING: Since = everyFamily(4.7);
const NO_PREFILL: Since = everyFamily(4.6);
const NO_COORDINATES: Since = { opus: 5.5, sonnet: 5.5, fable: 5.2, mythos: 5.2 };
const EFFORT_SINCE: Readonly<Record<string, Since>> = {
  low: { ...everyFamily(4.6), opus: 4.5 },
  medium: { ...everyFamily(4.6), opus: 4.5 },
  high: { ...everyFamily(4.6), opus: 4.5 },
  max: everyFamily(4.6),
  xhigh: everyFamily(4.7),
};

/** What the model that is named does not take of what others do. */
export function modelProblem(body: ApiFields): Problem {
  const model = modelOf(body.model);
  if (model === undefined) return undefined;
  return (
    thinkingProblem(model, body) ??
    effortProblem(model, effortOf(body)) ??
    samplingProblem(model, body) ??
    forcedCallProblem(model, body) ??
    toolTypesProblem(model, body)
  );
}

function thinkingProblem(model: Model, { thinking, output_config }: ApiFields): Problem {
  if (!isFields(thinking)) return undefined;
  const isHigher = ["xhigh", "max"].includes(String(effortOf({ output_config })));
  switch (thinking.type) {
    case "adaptive":
      return has(model, ADAPTIVE) ? undefined : "adaptive thinking is not supported on this model";
    case "enabled":
      return has(model, NO_BUDGET) ? unsupportedThinking("enabled") : undefined;
    case "disabled":
      if (has(model, THINKS_ALWAYS)) return unsupportedThinking("disabled");
      if (has(model, BETWEEN_TOOLS)) {
        return '"thinking.type.disabled" is not supported for this model. Use "thinking.type.between_tools" instead.';
      }
      return has(model, OFF_UP_TO_HIGH) && isHigher ? offAt("disabled") : undefined;
    case "between_tools":
      if (!has(model, BETWEEN_TOOLS)) return unsupportedThinking("between_tools");
      return isHigher ? offAt("between_tools") : undefined;
    default:
      return undefined;
  }
}

function unsupportedThinking(type: string): string {
  return `"thinking.type.${type}" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.`;
}

function offAt(type: string): string {
  return `"thinking.type.${type}" is not supported at this effort. Use effort "high" or lower.`;
}

function effortOf({ output_config: config }: ApiFields): unknown {
  return isFields(config) ? config.effort : undefined;
}

function effortProblem(model: Model, effort: unknown): Problem {
  if (effort === undefined || effort === null) return undefined;
  const since = EFFORT_SINCE[String(effort)];
  if (since === undefined) {
    return "output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'";
  }
  if (has(model, since)) return undefined;
  return has(model, EFFORT_SINCE.low ?? {})
    ? `This model does not support effort level '${effort}'. Supported levels: ${levelsOf(model)}.`
    : "This model does not support the effort parameter.";
}

/** In the order in which the API lists them. */
function levelsOf(model: Model): string {
  const levels = Object.entries(EFFORT_SINCE).filter(([, since]) => has(model, since));
  return levels
    .map(([level]) => level)
    .sort()
    .join(", ");
}

function samplingProblem(model: Model, { temperature, top_p, top_k, thinking }: ApiFields): Problem {
  const changed = Object.entries({ temperature, top_p, top_k }).filter(([, value]) => value !== undefined);
  if (has(model, NO_SAMPLING)) {
    const refused = changed.find(([, value]) => value !== 1);
    return refused && `\`${refused[0]}\` is deprecated for this model.`;
  }
  if (temperature !== undefined && top_p !== undefined) {
    return "`temperature` and `top_p` cannot both be specified for this model. Please use only one.";
  }
  if (!isFields(thinking) || !["enabled", "adaptive"].includes(String(thinking.type))) return undefined;
  if (temperature !== undefined && temperature !== 1) {
    return "`temperature` may only be set to 1 when thinking is enabled or in adaptive mode.";
  }
  if (top_k !== undefined) return "`top_k` must be unset when thinking is enabled or in adaptive mode.";
  return typeof top_p === "number" && top_p < 0.95
    ? "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled or in adaptive mode."
    : undefined;
}

function forcedCallProblem(model: Model, { tool_choice: choice }: ApiFields): Problem {
  const isForced = isFields(choice) && ["any", "tool"].includes(String(choice.type));
  if (!isForced || !has(model, NO_FORCED_CALL)) return undefined;
  return 'tool_choice: type "tool" and "any" are not supported for this model.';
}

/** The computer tool of before there were toolsets. */
function toolTypesProblem(model: Model, { model: name, tools }: ApiFields): Problem {
  const types = (listOf(tools) ?? []).filter(isFields).map(({ type }) => String(type));
  const refused = has(model, NO_COORDINATES) ? types.find((type) => /^computer_\d/.test(type)) : undefined;
  return refused && `'${String(name)}' does not support tool types: ${refused}.`;
}

/**
 * An answer that the request has begun; the CLI's own system messages may stand behind it. That a conversation cannot be counted that ends
 * so is said nowhere.
 */
export function prefillProblem({ model: name, messages }: ApiFields): Problem {
  const model = modelOf(name);
  const last = (listOf(messages) ?? []).filter(isFields).findLast(({ role }) => role !== "system");
  if (last?.role !== "assistant" || !model || !has(model, NO_PREFILL) || isPaused(last)) return undefined;
  return "This model does not support assistant message prefill. The conversation must end with a user message.";
}

/** A turn that the API broke off among its own tools is sent back as it is, to be gone on with: "Server tools". */
function isPaused({ content }: ApiFields): boolean {
  const last = listOf(content)?.filter(isFields).at(-1);
  const type = String(last?.type);
  return (
    type === "server_tool_use" || type === "mcp_tool_use" || (type !== "tool_result" && type.endsWith("_tool_result"))
  );
}
