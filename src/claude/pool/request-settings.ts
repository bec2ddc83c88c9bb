import type { ModelFacts, Unmet } from "../../core/backend.ts";
import type { JsonObject } from "../../core/json.ts";
import type { ChatRequest, ReasoningEffort, Sampling, ToolChoice, Turn } from "../../core/request.ts";
import type { OutputMethod } from "./output-methods.ts";
import type { Profile } from "./profile.ts";
import { type NativeSampling, nearestEffort, type TurnSettings } from "./turn-settings.ts";

/** What becomes of a request's wishes with a model that does not take all of them: the API would refuse the whole request. */
export type Fit = Pick<TurnSettings, "toolChoice" | "wantedCall" | "thinkingOff" | "sampling"> & {
  readonly effort: ReasoningEffort | undefined;
  readonly unmet: readonly Unmet[];
};

/**
 * Of so few tokens thinking may take all, and leave none for the answer: so small are the limits of programs that try a connection,
 * or want a title or a word.
 */
const SMALL_LIMIT = 1_024;

type Wishes = Pick<
  ChatRequest,
  "toolChoice" | "tools" | "serverTools" | "effort" | "thinks" | "maxOutputTokens" | "sampling"
>;

export function fitToModel(wishes: Wishes, facts: ModelFacts): Fit {
  const { toolChoice, maxOutputTokens } = wishes;
  const isSmall = wishes.thinks !== true && maxOutputTokens !== undefined && maxOutputTokens <= SMALL_LIMIT;
  const asked = wishes.effort ?? (isSmall || wishes.thinks === false ? "none" : undefined);
  const isUntold = wishes.thinks === "when-told" && facts.thinkingOff === "omitted";
  const hasTools = wishes.tools.length + (wishes.serverTools?.length ?? 0) > 0;
  const isForced = hasTools && (toolChoice.type === "required" || toolChoice.type === "tool");
  const thinkingOff = offOf(asked === "none" || wishes.thinks === false || isUntold, isForced, facts);
  const effort = thinkingOff === undefined || thinkingOff === "omitted" ? asked : withoutThinking(asked);
  const sampling = samplingOf(wishes.sampling, facts.takesSampling && thinkingOff !== undefined);
  if (!isForced || facts.takesForcedCalls) return { effort, toolChoice, thinkingOff, ...sampling };
  const inWords: { toolChoice: ToolChoice; wantedCall: ToolChoice } = {
    toolChoice: { type: "auto" },
    wantedCall: toolChoice,
  };
  return { effort, ...inWords, thinkingOff, ...sampling, unmet: ["forced-call", ...sampling.unmet] };
}

/** A model with a budget may not think that is forced to call; of others, the forced call comes without it. */
function offOf(isOff: boolean, isForced: boolean, facts: ModelFacts): TurnSettings["thinkingOff"] {
  if (facts.thinkingOff === "never") return undefined;
  if (isOff) return facts.thinkingOff;
  return isForced && facts.takesForcedCalls ? "omitted" : undefined;
}

/** The word against thinking goes with an effort up to `high`. */
function withoutThinking(effort: ReasoningEffort | undefined): ReasoningEffort | undefined {
  return effort === "xhigh" || effort === "max" ? "high" : effort;
}

/**
 * Where the model is not to think, the CLI itself sends a temperature to those that take one, which does not go with `top_p`. The API
 * knows temperatures up to 1.
 */
function samplingOf({ temperature, topP, topK }: Sampling = {}, isTaken: boolean): Pick<Fit, "sampling" | "unmet"> {
  const isTemperatureTaken = isTaken && temperature !== undefined && temperature <= 1;
  const sampling: NativeSampling = {
    ...(isTemperatureTaken ? { temperature } : {}),
    ...(isTaken && topK !== undefined ? { top_k: topK } : {}),
  };
  const unmet: Unmet[] = [];
  if (temperature !== undefined && !isTemperatureTaken) unmet.push("temperature");
  if (topP !== undefined) unmet.push("top-p");
  if (topK !== undefined && !isTaken) unmet.push("top-k");
  return { sampling: Object.keys(sampling).length === 0 ? undefined : sampling, unmet };
}

/**
 * What a request asks for one turn of a process with this profile, as far as the model can do it: what is above its maximum is the
 * same as that. Without tools the API takes no word on which to call.
 */
export function settingsOf(
  request: ChatRequest,
  { definitions, outputSchema, betas }: Profile,
  facts: ModelFacts,
  output?: OutputMethod,
): TurnSettings {
  const { maxOutputTokens, stop, parallelToolCalls } = request;
  const { effort, toolChoice, wantedCall, thinkingOff, sampling } = fitToModel(request, facts);
  const hasTools = definitions.length > 0;
  const isCalledByOthers = definitions.some(isForCode);
  // Structured output must stay callable; the client's tools are left out of the profile then.
  const mayChoose = hasTools && !(outputSchema !== undefined && toolChoice.type === "none");
  return {
    effort: nearestEffort(effort, facts.efforts),
    maxOutputTokens: maxOutputTokens && Math.min(maxOutputTokens, facts.outputTokens),
    stop,
    ...(facts.takesStops ? {} : { watchesStops: true }),
    toolChoice: mayChoose ? toolChoice : { type: "auto" },
    ...(wantedCall === undefined ? {} : { wantedCall }),
    ...(thinkingOff === undefined ? {} : { thinkingOff }),
    ...(sampling === undefined ? {} : { sampling }),
    parallelToolCalls: hasTools ? parallelToolCalls : true,
    ...(hasTools ? { tools: definitions } : {}),
    ...(request.native === undefined ? {} : { native: request.native }),
    ...(isCalledByOthers || request.turns.some(searchesTools) ? { searchesTools: true } : {}),
    ...(betas.length === 0 ? {} : { betas }),
    ...(output?.type === "native" ? { outputSchema: output.schema } : {}),
  };
}

/** Whether code that the model has written may call the function. */
function isForCode({ allowed_callers: callers }: JsonObject): boolean {
  return Array.isArray(callers) && callers.some((caller) => caller !== "direct");
}

/** Whether a result names tools that were deferred, for the API to put their definitions there, or a call says who calls. */
function searchesTools({ content }: Turn): boolean {
  return content.some((block) => {
    if (block.type === "tool-call") return block.native !== undefined;
    if (block.type !== "tool-result") return false;
    return block.content.some((part) => part.type === "native" && part.block.type === "tool_reference");
  });
}
