import type { Model, ModelFacts } from "../../core/backend.ts";
import { ApiError } from "../../core/error.ts";
import { EFFORT_LEVELS, type ReasoningEffort } from "../../core/request.ts";
import type { ReportedModel } from "../protocol/messages.ts";
import { type AliasTarget, ModelAliases } from "./aliases.ts";
import { factsOf, presumedFacts } from "./facts.ts";
import {
  canonicalId,
  FAMILIES,
  FURTHER_FAMILIES,
  familyOf,
  isFullId,
  isRetired,
  LARGE,
  type ModelName,
  meansNewest,
  parseModelName,
  retirementOf,
  STABLE_IDS,
  titleOf,
  withoutSize,
} from "./model-name.ts";

/** Before a model name, programs put the name of the provider they believe to talk to. */
const PROVIDER_PREFIXES = ["openai/", "anthropic/", "claude-max/", "claude-max-api/", "claude-code-cli/"];

/** The model that a client's name means. */
export type Resolution = {
  /** What to call it to the CLI: a name that it lists, or a full id. */
  readonly name: string;
  readonly facts: ModelFacts;
  /** The effort that an alias asks for. */
  readonly effort?: ReasoningEffort;
};

/** Which models there are, what each can, and what a client's name for one means to the CLI. */
export class ModelCatalog {
  readonly #aliases: ModelAliases;
  #reported: readonly ReportedModel[] = [];
  /** By full id, as answers told it. */
  readonly #contextTokens = new Map<string, number>();
  /** What its refusals told of a model, by full id; it goes before all else. */
  readonly #learnt = new Map<string, Partial<ModelFacts>>();
  readonly #loaded = Promise.withResolvers<void>();
  #isLoaded = false;

  constructor(aliases: Readonly<Record<string, string>>) {
    this.#aliases = new ModelAliases(aliases);
  }

  /** Takes over what the CLI reports for the account. */
  update(reported: readonly ReportedModel[]): void {
    // A process that was started with a model of its own may list that, too, whether or not the account has it.
    this.#reported = reported.filter(({ value, resolvedModel }) => value !== resolvedModel || !isFullId(value));
    this.#isLoaded = true;
    this.#loaded.resolve();
  }

  /** Takes over how much context the CLI says that a model has. */
  learnContext(id: string, tokens: number): void {
    this.#contextTokens.set(id, tokens);
  }

  /** Takes over what a refusal of the API's told of a model that the CLI knows by this name. */
  learnRule(name: string, rule: Partial<ModelFacts>): void {
    const id = this.fullId(name);
    this.#learnt.set(id, { ...this.#learnt.get(id), ...rule });
  }

  /** Whether the CLI has reported its models yet. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** Resolves when it has. */
  get loaded(): Promise<void> {
    return this.#loaded.promise;
  }

  /**
   * The model that a client's name means. Throws `model_not_found`. A version that the CLI does not list is passed on by its id, for
   * the API to say whether the account has it; one that was retired, and what is no model of Anthropic's, is not.
   */
  resolve(name: string): Resolution {
    const { name: known, ...rest } = this.presume(name);
    if (known === undefined) throw this.#notFound(name);
    return { name: known, ...rest };
  }

  /** Like {@link resolve}, but never throws: `name` is absent where there is no such model, or where it is not known yet which there are. */
  presume(name: string): Omit<Resolution, "name"> & { readonly name?: string } {
    const { known, alias } = this.#target(name);
    if (known === undefined) return { facts: presumedFacts(name) };
    return { name: known, facts: this.factsOf(known), effort: alias?.effort };
  }

  /** A name that may be asked for, with what is known of it. Throws `model_not_found`. */
  describe(id: string): Model {
    const { name } = this.resolve(id);
    const listed = this.list();
    const same = (other: string) => listed.find((model) => model.id.toLowerCase() === other.toLowerCase());
    const found = same(id) ?? same(withoutProvider(id));
    if (found !== undefined || this.#target(id).alias !== undefined) return found ?? this.#describe(id);
    return same(this.fullId(name)) ?? this.#describe(this.fullId(name));
  }

  /** The model that a name of the CLI's stands for, in full, as far as the CLI tells. */
  fullId(name: string): string {
    return this.#find(name)?.resolvedModel ?? name;
  }

  /** The same as the API knows it. */
  apiId(name: string): string {
    return withoutSize(this.fullId(name));
  }

  /**
   * Every name a client can use, each with the model that a request for it gets: first those that mean the newest of a family whatever that is,
   * then those of one version, the CLI's short names, and the user's aliases.
   */
  list(): Model[] {
    const ids = new Set([
      ...Object.keys(STABLE_IDS),
      ...this.#reported.flatMap(stableIdOf),
      ...this.#reported.flatMap(({ resolvedModel }) => resolvedModel ?? []),
      ...this.#reported.map(({ value }) => value),
      ...FAMILIES,
      ...this.#aliases.names,
    ]);
    const taken = new Set<string>();
    return [...ids].flatMap((id) => {
      // An alias may stand for nothing.
      if (this.#target(id).known === undefined) return [];
      const model = this.#describe(id);
      const isTaken = taken.has(model.displayName);
      const displayName = isTaken ? `${model.displayName} (${id})` : model.displayName;
      taken.add(displayName);
      return [{ ...model, displayName }];
    });
  }

  /** What the model can that the CLI knows by this name. */
  factsOf(name: string): ModelFacts {
    const entry = this.#find(name);
    const id = entry?.resolvedModel ?? name;
    const facts = factsOf(parseModelName(id));
    // Where the CLI offers the same model with a larger context, the plain one has the smaller.
    const isSmaller = this.#reported.some(({ resolvedModel }) => resolvedModel === `${id}${LARGE}`);
    return {
      ...facts,
      contextTokens: this.#contextTokens.get(id) ?? (isSmaller ? 200_000 : facts.contextTokens),
      ...(entry && this.#reportedFacts(entry)),
      ...this.#learnt.get(id),
    };
  }

  /** What the CLI says of a model that it lists; what it leaves out counts as no, where it says yes of any. */
  #reportedFacts({ supportedEffortLevels, supportsAdaptiveThinking }: ReportedModel): Partial<ModelFacts> {
    const isTold = (field: keyof ReportedModel) => this.#reported.some((model) => model[field] !== undefined);
    const levels: readonly string[] = supportedEffortLevels ?? [];
    return {
      ...(isTold("supportedEffortLevels") && { efforts: EFFORT_LEVELS.filter((level) => levels.includes(level)) }),
      ...(isTold("supportsAdaptiveThinking") && { thinking: supportsAdaptiveThinking ? "adaptive" : "budgeted" }),
    };
  }

  #target(name: string): { readonly known: string | undefined; readonly alias: AliasTarget | undefined } {
    const alias = this.#aliases.find(name, withoutProvider(name));
    return { known: this.#lookUp(alias?.model ?? name), alias };
  }

  #describe(id: string): Model {
    const { name, facts } = this.resolve(id);
    const resolvedModel = this.#find(name)?.resolvedModel ?? (isFullId(name) ? name : undefined);
    // A short name has the CLI's, an id what it says, and an alias none but itself.
    const said = this.#aliases.find(id) === undefined ? parseModelName(id) : undefined;
    const displayName = this.#reported.find(({ value }) => value === id)?.displayName ?? (said ? titleOf(said) : id);
    return { id, displayName, resolvedModel, facts };
  }

  #lookUp(text: string): string | undefined {
    const listed = this.#lookUpBare(text) ?? this.#lookUpBare(withoutProvider(text));
    if (listed !== undefined) return listed;
    // Whatever stands before it, a model of Anthropic's is meant.
    const name = parseModelName(text.slice(text.lastIndexOf("/") + 1));
    return name && this.#lookUpName(name);
  }

  #lookUpBare(text: string): string | undefined {
    return this.#find(text)?.value ?? familyOf(text);
  }

  #lookUpName(name: ModelName): string | undefined {
    if (meansNewest(name)) return name.isLarge ? this.#find(name.family + LARGE)?.value : this.#lookUpBare(name.family);
    const id = canonicalId(name);
    const listed = this.#reported.filter(({ resolvedModel = "" }) => {
      const resolved = parseModelName(resolvedModel);
      return resolved !== undefined && canonicalId(resolved) === id;
    });
    const entry = listed.find(({ value }) => value !== "default") ?? listed[0];
    if (entry !== undefined) return entry.value;
    const families = [...FAMILIES, ...FURTHER_FAMILIES, ...this.#reported.map(({ value }) => value)];
    return families.includes(name.family) && name.version !== undefined && !isRetired(name) ? id : undefined;
  }

  /** The CLI's own entry for a name: by its short name, its full id, or as the family's larger-context variant. */
  #find(text: string): ReportedModel | undefined {
    const name = text.toLowerCase();
    return (
      this.#reported.find(({ value }) => value.toLowerCase() === name) ??
      this.#reported.find(({ resolvedModel, value }) => resolvedModel?.toLowerCase() === name && value !== "default") ??
      this.#reported.find(({ resolvedModel }) => resolvedModel?.toLowerCase() === name) ??
      this.#reported.find(({ value }) => value.toLowerCase() === `${name}${LARGE}`)
    );
  }

  #notFound(name: string): ApiError {
    const { alias } = this.#target(name);
    const asked = JSON.stringify(alias?.model ?? name);
    const retired = retirementOf(alias?.model ?? name);
    const what = retired === undefined ? `${asked} does not exist here` : `${asked} was retired by Anthropic`;
    const which =
      alias === undefined ? `The model ${what}` : `${JSON.stringify(name)} is an alias for ${asked}, and ${what}`;
    const mend =
      alias !== undefined
        ? `Change --model-alias ${alias.alias}=${alias.model}.`
        : retired === undefined
          ? "For a program that insists on its own name, start with --model-alias NAME=MODEL."
          : `Use ${retired}, or start with --model-alias ${name}=MODEL.`;
    const available = this.list().map(({ id }) => id);
    return new ApiError("model_not_found", `${which}. Available: ${available.join(", ")}. ${mend}`, { param: "model" });
  }
}

/** Of a family that the CLI lists, such as `fable`, and for which there is no stable id of old. */
function stableIdOf({ value, resolvedModel = "" }: ReportedModel): string[] {
  const isFamily = parseModelName(resolvedModel)?.family === value;
  return isFamily && !FAMILIES.some((family) => family === value) ? [`claude-${value}`] : [];
}

function withoutProvider(name: string): string {
  const prefix = PROVIDER_PREFIXES.find((known) => name.toLowerCase().startsWith(known));
  return prefix === undefined ? name : name.slice(prefix.length);
}
