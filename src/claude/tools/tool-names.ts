import { isJsonObject, type JsonObject } from "../../core/json.ts";
import type { Tool } from "../../core/request.ts";
import { type ArgumentKeys, ArgumentNames, NumberedNames } from "./argument-names.ts";

/** A tool as far as its names go: without a schema, its arguments keep theirs. */
type NamedTool = Pick<Tool, "name"> & Partial<Pick<Tool, "parameters">>;

/** The CLI's own search among deferred tools. */
export const TOOL_SEARCH = "ToolSearch";

/**
 * A function that is never offered, and that the CLI takes for deferred. Only where it knows of one, and has its own search, does it let
 * results refer to tools, and calls say who calls; see `TurnSettings.searchesTools`.
 */
export const DEFERRED = "_deferred";

// What the CLI makes of a client's tool because one of its own has the name, and no setting prevents.

/** What it calls a tool when it lists those that it offers; all others go by their names. */
const LISTED_AS: ReadonlyMap<string, string> = new Map([["Agent", "Task"]]);

/** The first, offered beside the second, it explains to the model in the system prompt. */
const EXPLAINED = { name: "Artifact", beside: "Edit" } as const;

/** In calls of the history that have one of these arguments it leaves out some. */
const CLEANED: ReadonlyMap<string, readonly string[]> = new Map([
  ["Edit", ["edits"]],
  ["ExitPlanMode", ["plan", "planFilePath"]],
  ["SendMessage", ["type", "recipient", "recipient_kind", "content", "request_id", "approve"]],
  ["propose_skills", ["proposals"]],
]);

/** Whether a tool needs another name, lest the CLI add something to the prompt for it, or change its calls. */
function isChangedByCli({ name, parameters }: NamedTool, offered: readonly string[]): boolean {
  if (name === EXPLAINED.name && offered.includes(EXPLAINED.beside)) return true;
  const properties = parameters?.properties;
  const args = isJsonObject(properties) ? properties : {};
  return CLEANED.get(name)?.some((argument) => Object.hasOwn(args, argument)) ?? false;
}

/** What the Messages API takes as the name of a tool. */
const API_NAME = /^[a-zA-Z0-9_-]{1,128}$/;

/** The CLI's tool for structured output. */
export const STRUCTURED_OUTPUT = "StructuredOutput";

/** What the CLI knows beside a client's functions, so that results may refer to these. The model is never offered it. */
const NOT_OFFERED: readonly string[] = [TOOL_SEARCH, DEFERRED];

/** Names that the CLI does not offer as a client's: it has tools of its own by them. */
const RESERVED: ReadonlySet<string> = new Set([STRUCTURED_OUTPUT, ...NOT_OFFERED]);

const LONGEST_NAME = 128;

/** Room for a number behind a name. */
const LONGEST_STEM = 120;

/**
 * The names that a client gave its tools and their arguments, and those under which the API knows them. Most are the same; one that the API,
 * or the CLI, does not take becomes one that it does, different from all others. The same names, asked in the same order, always give
 * the same mapping.
 */
export class ToolNames {
  readonly #offered = new NamePairs();
  /** Of tools that are no longer offered, and only stand in the history. */
  #former = new NamePairs();
  #numbered = new NumberedNames(LONGEST_NAME);
  readonly #reserved: ReadonlySet<string>;
  readonly #taken: ReadonlySet<string>;
  /** Of those tools that have some which the API does not take, by the client's names. */
  readonly #arguments = new Map<string, ArgumentNames>();

  /** `taken`: the names of the API's own tools in the request. */
  constructor(tools: readonly NamedTool[], taken: readonly string[] = []) {
    this.#taken = new Set(taken);
    const names = tools.map(({ name }) => name);
    const changed = tools.filter((tool) => isChangedByCli(tool, names)).map(({ name }) => name);
    this.#reserved = new Set([...RESERVED, ...changed, ...taken]);
    for (const { name, parameters } of tools) {
      const found = parameters && ArgumentNames.of(parameters);
      if (found !== undefined) this.#arguments.set(name, found);
    }
    for (const name of names) if (this.#isUsable(name)) this.#offered.add(name, name);
    for (const name of names) if (!this.#offered.toApi.has(name)) this.#offered.add(name, this.#unused(name));
  }

  /** The API's names of the tools that are offered. */
  get offered(): readonly string[] {
    return [...this.#offered.toClient.keys()];
  }

  /** Whether all that is offered goes by the client's own names. */
  get isPlain(): boolean {
    return this.#arguments.size === 0 && [...this.#offered.toApi].every(([name, apiName]) => name === apiName);
  }

  /** Whether all that the other one offers goes by the same names here. */
  keeps(other: ToolNames): boolean {
    return [...other.#offered.toApi].every(
      ([name, apiName]) =>
        this.#offered.toApi.get(name) === apiName && this.#arguments.get(name)?.key === other.#arguments.get(name)?.key,
    );
  }

  /** The same where tools, and their arguments, of the same names go by the same others. */
  get key(): string {
    const args = [...this.#arguments].map(([name, names]) => [name, names.key]);
    return JSON.stringify([[...this.#offered.toApi].toSorted(), args.toSorted()]);
  }

  /** The API's name of a tool; also of one that is no longer offered. */
  toApi(name: string): string {
    const known = this.#offered.toApi.get(name) ?? this.#former.toApi.get(name);
    if (known === undefined && this.#taken.has(name)) return name;
    return known ?? this.#former.add(name, this.#unused(name));
  }

  /** Forgets those that are no longer offered, but for these: all that is left of the history, in its order. */
  keepFormer(names: readonly string[]): void {
    [this.#former, this.#numbered] = [new NamePairs(), new NumberedNames(LONGEST_NAME)];
    for (const name of names) this.toApi(name);
  }

  /** The client's name of a tool; undefined when none is offered by this name. */
  toClient(apiName: string): string | undefined {
    return this.#offered.toClient.get(apiName);
  }

  /** What the client is told that the model called, offered or not. */
  toTell(apiName: string): string {
    return this.toClient(apiName) ?? this.#former.toClient.get(apiName) ?? apiName;
  }

  /** The schema of a tool that is offered, by the API's names of its arguments. */
  parametersToApi({ name, parameters }: Tool): JsonObject {
    return this.#arguments.get(name)?.schema ?? parameters;
  }

  /** The arguments of a call by the API's names. */
  inputToApi(name: string, input: JsonObject): JsonObject {
    return this.#arguments.get(name)?.toApi(input) ?? input;
  }

  /** Reads the arguments that the model writes, by the client's names; undefined when they are the same. */
  argumentReader(apiName: string): ArgumentKeys | undefined {
    return this.#arguments.get(this.toTell(apiName))?.reader();
  }

  /**
   * Compares with the tools that the CLI lists. `foreign`: those that nobody offered. `missing`: the client's names of those that are not
   * listed. If there are as many of the one as of the other, they are the same tools, which a newer CLI lists by names of its own.
   */
  compare(listed: readonly string[]): { readonly foreign: readonly string[]; readonly missing: readonly string[] } {
    const foreign = listed.filter((name) => !NOT_OFFERED.includes(name));
    const take = (name: string | undefined) => {
      const index = name === undefined ? -1 : foreign.indexOf(name);
      if (index >= 0) foreign.splice(index, 1);
      return index >= 0;
    };
    const unnamed = [...this.#offered.toApi].filter(([, apiName]) => !take(apiName));
    const missing = unnamed.filter(([, apiName]) => !take(LISTED_AS.get(apiName))).map(([name]) => name);
    return foreign.length === missing.length ? { foreign: [], missing: [] } : { foreign, missing };
  }

  /** The name itself, or one made of it, that stands for no other tool. */
  #unused(name: string): string {
    const isFree = (candidate: string) =>
      this.#isUsable(candidate) && !this.#offered.toClient.has(candidate) && !this.#former.toClient.has(candidate);
    if (isFree(name)) return name;
    const stem = name.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, LONGEST_STEM) || "tool";
    return this.#numbered.unused(stem, isFree);
  }

  #isUsable(name: string): boolean {
    return API_NAME.test(name) && !this.#reserved.has(name);
  }
}

class NamePairs {
  readonly toApi = new Map<string, string>();
  readonly toClient = new Map<string, string>();

  add(name: string, apiName: string): string {
    this.toApi.set(name, apiName);
    this.toClient.set(apiName, name);
    return apiName;
  }
}
