import type { ModelFacts } from "../../core/backend.ts";
import type { JsonObject } from "../../core/json.ts";
import type { ChatRequest, Tool } from "../../core/request.ts";
import { isBlank } from "../../core/turns.ts";
import { mendTools } from "../tools/mend-tools.ts";
import { isTornBySetModel } from "../turn/encode-input.ts";
import { nearestEffort } from "./effort.ts";
import { fitToModel } from "./fit-model.ts";
import type { OutputWay } from "./output-ways.ts";
import type { TurnSettings } from "./turn-settings.ts";

/** What a process is initialised with beside its model: what holds for a whole conversation. */
export type Profile = {
  readonly system: string;
  readonly tools: readonly Tool[];
  /** JSON Schema of structured output, when the CLI is to ask for it by its tool. */
  readonly outputSchema: JsonObject | undefined;
  /** The same for the same profile, and different for any other. */
  readonly key: string;
  /** Keys of the parts that can be changed each on its own. */
  readonly toolsKey: string;
  readonly schemaKey: string;
};

/** Throws `invalid_request` for a tool with a schema that cannot be used. */
export function profileOf({ system, tools, toolChoice }: ChatRequest, output?: OutputWay): Profile {
  const outputSchema = output?.type === "tool" ? output.schema : undefined;
  // The CLI asks by a tool, too: where no tool may be called, the client's are left out instead.
  const offered = outputSchema !== undefined && toolChoice.type === "none" ? [] : tools;
  return makeProfile({ system, tools: offered, outputSchema });
}

/** Throws `invalid_request` for a tool with a schema that cannot be used. */
export function makeProfile(parts: Pick<Profile, "system" | "tools" | "outputSchema">): Profile {
  const toolsKey = JSON.stringify(parts.tools);
  const schemaKey = JSON.stringify(parts.outputSchema ?? null);
  const tools = mendTools(parts.tools);
  return { ...parts, tools, toolsKey, schemaKey, key: JSON.stringify([parts.system, toolsKey, schemaKey]) };
}

/** What a process is initialised with before anybody asked for anything. */
export const BLANK_PROFILE: Profile = makeProfile({ system: "", tools: [], outputSchema: undefined });

/**
 * Whether an initialised process that remembers nothing can be given another profile. Its system prompt can be replaced, but not
 * taken away; it can be given tools where it has none. Tools and the schema of structured output stay: the CLI does not forget them.
 */
export function canRebind(from: Profile, to: Profile): boolean {
  return (
    from.schemaKey === to.schemaKey &&
    (from.toolsKey === to.toolsKey || from.tools.length === 0) &&
    (from.system === to.system || !(isBlank(to.system) || isTornBySetModel(to.system)))
  );
}

/**
 * What a request asks for one turn of a process with this profile, as far as the model can do it: what is above its maximum is the
 * same as that. Without tools the API takes no word on which to call.
 */
export function settingsOf(
  request: ChatRequest,
  { tools, outputSchema }: Profile,
  facts: ModelFacts,
  output?: OutputWay,
): TurnSettings {
  const { maxOutputTokens, stop, parallelToolCalls } = request;
  const { effort, toolChoice, wantedCall, thinkingOff, sampling } = fitToModel(request, facts);
  const hasTools = tools.length > 0;
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
    ...(output?.type === "native" ? { outputSchema: output.schema } : {}),
  };
}
