import type { ModelFacts, Refused, Unmet } from "../../core/backend.ts";
import type { JsonObject } from "../../core/json.ts";
import type { ChatRequest, ReasoningEffort, ResultPart, Sampling, Turn } from "../../core/request.ts";
import type { OutputMethod } from "./output-methods.ts";
import type { Profile } from "./profile.ts";
import { type NativeSampling, nearestEffort, type TurnSettings } from "./turn-settings.ts";

/** What becomes of a request's wishes with a model that does not take all of them: the API would refuse the whole request. */
export type Fit = Pick<TurnSettings, "toolChoice" | "wantedCall" | "thinkingOff" | "sampling" | "parallelToolCalls"> & {
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
> &
  Partial<Pick<ChatRequest, "parallelToolCalls">>;

export function fitToModel(wishes: Wishes, facts: ModelFacts): Fit {
  const { toolChoice, maxOutputTokens } = wishes;
  const isSmall = wishes.thinks !== true && maxOutputTokens !== undefined && maxOutputTokens <= SMALL_LIMIT;
  const asked = wishes.effort ?? (isSmall || wishes.thinks === false ? "none" : undefined);
  const isUntold = wishes.thinks === "when-told" && facts.thinkingOff === "omitted";
  const hasTools = wishes.tools.length + (wishes.serverTools?.length ?? 0) > 0;
  const isForced = hasTools && (toolChoice.type === "required" || toolChoice.type === "tool");
  const refused = refusedOf(wishes, asked, facts);
  const thinkingOff = facts.refuses?.includes("think-first")
    ? "omitted"
    : offOf(asked === "none" || wishes.thinks === false || isUntold, isForced, facts);
  const effort = thinkingOff === undefined || thinkingOff === "omitted" ? asked : withoutThinking(asked);
  const sampling = samplingOf(wishes.sampling, facts.takesSampling && thinkingOff !== undefined);
  const parallelToolCalls = wishes.parallelToolCalls !== false || refused.includes("serial-calls");
  const unmet = [...sampling.unmet, ...refused];
  const fit = { effort, toolChoice, thinkingOff, sampling: sampling.sampling, parallelToolCalls, unmet };
  if (!isForced || facts.takesForcedCalls) return fit;
  return { ...fit, toolChoice: { type: "auto" }, wantedCall: toolChoice, unmet: ["forced-call", ...unmet] };
}

/** What the request asks for of that on which the model takes no word. */
function refusedOf(
  { thinks, parallelToolCalls = true, tools }: Wishes,
  effort: ReasoningEffort | undefined,
  { refuses = [] }: ModelFacts,
): Refused[] {
  const isEager = effort !== undefined && effort !== "none" && effort !== "minimal";
  const wanted: Readonly<Record<Refused, boolean>> = {
    effort: isEager,
    "think-first": thinks === true || isEager,
    "serial-calls": !parallelToolCalls && tools.length > 0,
    // Which of them are, beside what the model takes, is for their schemas to say: see `lacksStrict`.
    "strict-tools": false,
  };
  return refuses.filter((refused) => wanted[refused]);
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
  const { maxOutputTokens, stop } = request;
  const { effort, toolChoice, wantedCall, thinkingOff, sampling, parallelToolCalls } = fitToModel(request, facts);
  const hasTools = definitions.length > 0;
  // Whether code that the model has written may call a function.
  const isForCode = ({ allowed_callers: callers }: JsonObject) =>
    Array.isArray(callers) && callers.some((caller) => caller !== "direct");
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
    ...(definitions.some(isForCode) || searchesTools(request.turns) ? { searchesTools: true } : {}),
    ...(betas.length === 0 ? {} : { betas }),
    ...(output?.type === "native" ? { outputSchema: output.schema } : {}),
  };
}

/** Whether a result names tools that were deferred, for the API to put their definitions there, or a call says who calls. */
function searchesTools(turns: readonly Turn[]): boolean {
  const isReference = (part: ResultPart) => part.type === "native" && part.block.type === "tool_reference";
  for (const { content } of turns) {
    for (const block of content) {
      if (block.type === "tool-call" && block.native !== undefined) return true;
      if (block.type === "tool-result" && block.content.some(isReference)) return true;
    }
  }
  return false;
}
