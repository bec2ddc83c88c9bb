import type { Tool } from "../../core/request.ts";
import { complexityOf, MOST_OPTIONAL, MOST_UNIONS, nativeSchema } from "../schemas/native-schema.ts";
import { isKnownToApi } from "./tool-definitions.ts";

/** "Structured outputs", "Schema complexity limits", in Anthropic's documentation: so many in a request, and of what is counted of all. */
const MOST_STRICT = 20;

/**
 * The functions, of which those that are to be strict are so for the API where it keeps all that their schemas say, and takes so much
 * at once: the first of them, then. `isTaken`: whether it takes any. Of none it is left that a client wants it so.
 */
export function withStrictSchemas(tools: readonly Tool[], isTaken: boolean): readonly Tool[] {
  let [count, optional, unions] = [0, 0, 0];
  return tools.map((tool) => {
    const { strict, ...plain } = tool;
    if (strict === undefined) return tool;
    const native = isTaken && !isKnownToApi(tool) ? nativeSchema(tool.parameters) : undefined;
    if (native === undefined || !("schema" in native)) return plain;
    const more = complexityOf(native.schema);
    const isTooMuch = optional + more.optional > MOST_OPTIONAL || unions + more.unions > MOST_UNIONS;
    if (isTooMuch || count === MOST_STRICT) return plain;
    [count, optional, unions] = [count + 1, optional + more.optional, unions + more.unions];
    return { ...plain, parameters: native.schema, native: { ...tool.native, strict: true } };
  });
}

/** Whether one that is to be strict is not, among those that are offered for these. */
export function lacksStrict(wanted: readonly Tool[], offered: readonly Tool[]): boolean {
  const strict = new Set(offered.filter(({ native }) => native?.strict === true).map(({ name }) => name));
  return wanted.some((tool) => tool.strict && !strict.has(tool.name));
}
