import type { Steps } from "../../core/pace.ts";
import { coercing } from "../lenient/lenient-schema.ts";
import { OversizedBody } from "../validation/oversized-body.ts";
import { type StandardSchema, schemaOf } from "../validation/standard-schema.ts";
import { normalizeBody, type OriginalIndexes, withOriginalIndexes } from "./normalize.ts";
import type { ContentItem } from "./wire/items.ts";

/** A body that is taken, and what to say of it to the client. */
export type Accepted<Body> = {
  readonly body: Body;
  /** What was left out of it, or changed, for the response header. */
  readonly notes: readonly string[];
  readonly places: OriginalIndexes;
};

/** Takes a body of the schema's type, in any spelling; only as it is, where the user wants it strict. */
export function acceptedAs<Body>(schema: StandardSchema<Body>, strict: boolean): StandardSchema<Accepted<Body>> {
  return schemaOf((given) => accept(schema, given, strict), schema.documented);
}

export function* accept<Body>(schema: StandardSchema<Body>, given: unknown, strict: boolean): Steps<Accepted<Body>> {
  if (strict || given instanceof OversizedBody)
    return { body: yield* schema.check(given), notes: [], places: undefined };
  const { body, notes, places } = yield* normalizeBody(given);
  const taken = yield* withOriginalIndexes(places, coercing(schema).check(body));
  return { body: taken, notes, places };
}

/** The items of an input, each with the path of the client's field that it stands in. */
export function placeItems<Item>(
  input: string | readonly Item[],
  places: OriginalIndexes,
): { readonly item: Item | Extract<ContentItem, { role: "user" }>; readonly path: string }[] {
  if (typeof input === "string") return [{ item: { type: "message", role: "user", content: input }, path: "input" }];
  return input.map((item, index) => ({ item, path: `input[${places?.[index] ?? index}]` }));
}
