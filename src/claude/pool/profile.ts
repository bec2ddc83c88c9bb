import type { JsonObject } from "../../core/json.ts";
import type { ChatRequest, Tool } from "../../core/request.ts";
import { adaptOutputSchema } from "../tools/output-schema.ts";
import type { TurnSettings } from "./turn-settings.ts";

/** What is fixed for the life of a process once it is initialised; so is, once it was asked, its model. */
export type Profile = {
  readonly system: string;
  readonly tools: readonly Tool[];
  /** JSON Schema of structured output, when the process is to ask for it. */
  readonly outputSchema: JsonObject | undefined;
  /** The same for the same profile, and different for any other. */
  readonly key: string;
};

/** Throws `invalid_request` for a schema of structured output that cannot be used. */
export function profileOf({ system, tools, toolChoice, outputFormat }: ChatRequest): Profile {
  const outputSchema = outputFormat && adaptOutputSchema(outputFormat.schema);
  // Structured output is a tool, too: where no tool may be called, the client's are left out instead.
  const offered = outputSchema !== undefined && toolChoice.type === "none" ? [] : tools;
  return { system, tools: offered, outputSchema, key: JSON.stringify([system, offered, outputSchema ?? null]) };
}

/** What a request asks for one turn of a process with this profile. Without tools the API takes no word on which to call. */
export function settingsOf(request: ChatRequest, { tools, outputSchema }: Profile): TurnSettings {
  const { effort, maxOutputTokens, stop, toolChoice, parallelToolCalls } = request;
  const hasTools = tools.length > 0;
  // Structured output must stay callable; the client's tools are left out of the profile then.
  const mayChoose = hasTools && !(outputSchema !== undefined && toolChoice.type === "none");
  return {
    effort,
    maxOutputTokens,
    stop,
    toolChoice: mayChoose ? toolChoice : { type: "auto" },
    parallelToolCalls: hasTools ? parallelToolCalls : true,
  };
}
