import { Check } from "typebox/schema";
import { attempt } from "../../core/attempt.ts";
import { ApiError } from "../../core/error.ts";
import type { ChatEvent } from "../../core/event.ts";
import { canonicalJson, isJsonObject, type JsonObject } from "../../core/json.ts";
import type { ChatRequest, ContentBlock, OutputFormat, Turn } from "../../core/request.ts";
import type { Logger } from "../../observability/logger.ts";
import type { ModelCatalog, Resolution } from "../models/catalog.ts";
import { RecentMap } from "../recent-map.ts";
import { mapObjects } from "../schemas/keywords.ts";
import { nativeSchema } from "../schemas/native-schema.ts";
import { adaptOutputSchema } from "../schemas/output-schema.ts";
import { refusalIn } from "../turn/turn-errors.ts";

/**
 * How structured output is had. `native`: the API holds one answer of any process to the schema (`output_config.format`), which is written
 * as text. `tool`: the CLI gives the model a tool whose arguments are the answer, checks them and asks again; it does so for as long as
 * the process lives.
 */
export type OutputMethod = { readonly type: "native" | "tool"; readonly schema: JsonObject };

type OutputMethodsOptions = {
  readonly catalog: ModelCatalog;
  /** Of the CLI that is installed: what was refused to one may be right by another. */
  readonly version: () => string | undefined;
  readonly logger: Logger;
};

/**
 * How the API's refusals begin that are about the schema of the answer, be it for a keyword or for what it would take to keep to it;
 * clients of the API report them, the documentation has one.
 */
const ABOUT_SCHEMA = [
  /^output_(?:config\.)?format\.schema\b/,
  /^The compiled grammar is too large\b/,
  /^Schema is too complex\b/,
  /^Schemas? contains? too many\b/,
  /^Grammar compilation\b/,
  /^citations?\b/i,
];
/** And those that are about the field: this model, or this account, has none. */
const ABOUT_FIELD = [
  /^output_(?:config|format)\b(?!\.effort)/,
  /^structured[_ -]outputs?\b/i,
  /^(?:This model|The model|['"`]?claude\S*) does(?: not|n't) support (?:structured outputs?|output_|the output format|JSON)/i,
];

/** So many schemas are remembered as refused; the oldest give way. */
const MOST_REFUSED = 500;

/** Decides which way structured output is had, and learns from refusals, until the next start, what the API does not take. */
export class OutputMethods {
  readonly #options: OutputMethodsOptions;
  /** Keys of models, and of schemas with them. */
  readonly #refused = new RecentMap<string, true>(MOST_REFUSED);

  constructor(options: OutputMethodsOptions) {
    this.#options = options;
  }

  /** Throws `invalid_request` for a schema that goes neither way. Undefined: no structured output is asked for. */
  of(
    { outputFormat, turns }: ChatRequest,
    { name, facts }: Pick<Resolution, "name" | "facts">,
  ): OutputMethod | undefined {
    if (outputFormat === undefined) return undefined;
    const schema = adaptOutputSchema(outputFormat.schema);
    const native = asksForCitations(turns) ? { obstacle: "sources to cite" } : nativeSchema(outputFormat.schema);
    if (!("schema" in native)) {
      this.#options.logger.debug("structured output by the tool of the CLI", native);
      return { type: "tool", schema };
    }
    const isTaken =
      facts.takesOutputFormat && this.#keysOf(name, native.schema).every((key) => !this.#refused.get(key));
    return isTaken ? { type: "native", schema: native.schema } : { type: "tool", schema };
  }

  /** Whether the refusal of this request was about its schema, which goes by the CLI's tool from now on: then it is worth another try. */
  learn(request: ChatRequest, error: ApiError): boolean {
    const said = refusalIn(error);
    if (said === undefined || request.outputFormat === undefined) return false;
    const isAbout = (beginnings: readonly RegExp[]) => beginnings.some((beginning) => beginning.test(said));
    const [ofSchema, ofField] = [isAbout(ABOUT_SCHEMA), isAbout(ABOUT_FIELD)];
    if (!ofSchema && !ofField) return false;
    const resolved = this.#options.catalog.resolve(request.model);
    const way = this.of(request, resolved);
    if (way?.type !== "native") return false;
    const [ofModel, withSchema] = this.#keysOf(resolved.name, way.schema);
    this.#refused.set(ofSchema ? withSchema : ofModel, true);
    const told = { model: request.model, reason: error.message };
    this.#options.logger.warn("asking again for structured output by the tool of the CLI", told);
    return true;
  }

  #keysOf(name: string, schema: JsonObject): readonly [ofModel: string, withSchema: string] {
    const model = JSON.stringify([this.#options.version(), this.#options.catalog.fullId(name)]);
    return [model, `${model} ${Bun.hash(canonicalJson(schema))}`];
  }
}

/** "Incompatible with: Citations", says the documentation of structured outputs: they would be a 400. */
function asksForCitations(turns: readonly Turn[]): boolean {
  const isCiting = (block: ContentBlock): boolean => {
    if (block.type === "tool-result") return block.content.some(isCiting);
    const { citations } = block.type === "native" ? block.block : {};
    return isJsonObject(citations) && citations.enabled === true;
  };
  return turns.some(({ content }) => content.some(isCiting));
}

/**
 * The events of an answer, with an error in place of its end where it has a whole number beyond those that are read exactly, and the
 * schema allows none: the API does not see to that, and no model writes one in earnest.
 */
export async function* withExactIntegers(
  events: AsyncIterable<ChatEvent>,
  format: OutputFormat | undefined,
): AsyncGenerator<ChatEvent> {
  let text = "";
  for await (const event of events) {
    if (format !== undefined && event.type === "text-delta") text += event.text;
    const isWhole = event.type === "finish" && event.reason.raw === "end_turn";
    if (format !== undefined && isWhole && LARGE_NUMBER.test(text) && isViolated(format.schema, text)) {
      const message = "The model's answer does not satisfy the JSON schema that was asked for.";
      yield { type: "error", error: new ApiError("upstream_error", message) };
      return;
    }
    yield event;
  }
}

/** The smallest that is not exact has 16 digits. */
const LARGE_NUMBER = /\d{16}|\d[eE]\+?\d/;

/** A client's pattern can take for ever on what a model writes, and says nothing of numbers. */
function withoutPatterns(schema: JsonObject): JsonObject {
  const { pattern: _, ...others } = schema;
  return mapObjects(others, withoutPatterns);
}

function isViolated(schema: JsonObject, text: string): boolean {
  const native = nativeSchema(schema);
  if (!("within" in native) || native.within === "any") return false;
  return attempt(() => !Check(withoutPatterns(schema), JSON.parse(text))) === true;
}
