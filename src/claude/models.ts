import type { Model } from "../core/backend.ts";
import { ApiError } from "../core/error.ts";
import type { ReportedModel } from "./protocol/messages.ts";

/** Ids of the package this program replaces; they stand for the newest model of their family. */
const STABLE_IDS = { "claude-opus-4": "opus", "claude-sonnet-4": "sonnet", "claude-haiku-4": "haiku" } as const;

/** Names the CLI takes for the newest model of a family, whether or not it lists them. */
const FAMILIES = ["opus", "sonnet", "haiku"] as const;

/** Before a model name, programs put the name of the provider they believe to talk to. */
const PROVIDER_PREFIXES = ["openai/", "anthropic/", "claude-max/", "claude-max-api/", "claude-code-cli/"];

/** Which models there are, and what a client's name for one means to the CLI. */
export class ModelCatalog {
  readonly #aliases: Readonly<Record<string, string>>;
  #reported: readonly ReportedModel[] = [];
  readonly #loaded = Promise.withResolvers<void>();
  #isLoaded = false;

  constructor(aliases: Readonly<Record<string, string>>) {
    this.#aliases = aliases;
  }

  /** Takes over what the CLI reports for the account. */
  update(reported: readonly ReportedModel[]): void {
    this.#reported = reported;
    this.#isLoaded = true;
    this.#loaded.resolve();
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
   * The name to give the CLI for a client's model. Throws `model_not_found`. Only names that the CLI knows come out: for any
   * other it would ask the API, with a paid request, whether the model exists.
   */
  resolve(name: string): string {
    const known = this.#lookUp(name) ?? this.#lookUp(withoutProvider(name));
    if (known !== undefined) return known;
    const available = this.list().map(({ id }) => id);
    throw new ApiError(
      "model_not_found",
      `The model ${JSON.stringify(name)} does not exist here. Available: ${available.join(", ")}. ` +
        "For a program that insists on its own name, start with --model-alias NAME=MODEL.",
      { param: "model" },
    );
  }

  /** The model that a name of the CLI's stands for, in full, as far as the CLI tells. */
  fullId(name: string): string {
    return this.#find(name)?.resolvedModel ?? name;
  }

  /** Every name a client can use, the stable ids first, each with the model that a request for it gets. */
  list(): Model[] {
    const ids = new Set([
      ...Object.keys(STABLE_IDS),
      ...this.#reported.map(({ value }) => value),
      ...FAMILIES,
      ...this.#reported.flatMap(({ resolvedModel }) => resolvedModel ?? []),
      ...Object.keys(this.#aliases),
    ]);
    return [...ids].flatMap((id) => {
      const name = this.#lookUp(id);
      if (name === undefined) return [];
      const entry = this.#find(name);
      return [{ id, displayName: entry?.displayName ?? id, resolvedModel: entry?.resolvedModel }];
    });
  }

  #lookUp(name: string, followAlias = true): string | undefined {
    const target = followAlias && Object.hasOwn(this.#aliases, name) ? this.#aliases[name] : undefined;
    if (target !== undefined) return this.#lookUp(target, false) ?? this.#lookUp(withoutProvider(target), false);
    const family = Object.hasOwn(STABLE_IDS, name) ? STABLE_IDS[name as keyof typeof STABLE_IDS] : name;
    return this.#find(family)?.value ?? FAMILIES.find((known) => known === family);
  }

  /** The CLI's own entry for a name: by its short name, its full id, or as the family's larger-context variant. */
  #find(name: string): ReportedModel | undefined {
    return (
      this.#reported.find(({ value }) => value === name) ??
      this.#reported.find(({ resolvedModel, value }) => resolvedModel === name && value !== "default") ??
      this.#reported.find(({ resolvedModel }) => resolvedModel === name) ??
      this.#reported.find(({ value }) => value === `${name}[1m]`)
    );
  }
}

function withoutProvider(name: string): string {
  const prefix = PROVIDER_PREFIXES.find((known) => name.startsWith(known));
  return prefix === undefined ? name : name.slice(prefix.length);
}
