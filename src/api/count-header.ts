import type { TSchema } from "typebox";
import type { TokenCount } from "../core/backend.ts";

/** Says whether the tokens of a request were counted in one piece: see {@link TokenCount}. */
const COUNTED_HEADER = "x-claude-max-api-counted";

export function countedHeader({ counted }: TokenCount): Record<string, string> {
  return { [COUNTED_HEADER]: counted };
}

/** The same as the description of the API has it, with what the answer's body is. */
export function countedResponse(schema: TSchema) {
  return {
    "200": {
      description: "The count.",
      headers: {
        [COUNTED_HEADER]: {
          description: "`whole`: counted in one piece. `parts`: the sum of what was counted apart.",
          required: true,
          schema: { type: "string" as const, enum: ["whole", "parts"] },
        },
      },
      content: { "application/json": { schema } },
    },
  };
}
