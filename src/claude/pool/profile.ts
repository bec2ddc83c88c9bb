import type { JsonObject } from "../../core/json.ts";
import type { ChatRequest, Tool } from "../../core/request.ts";
import { adaptOutputSchema } from "../tools/output-schema.ts";

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
