/** What the Messages API takes as the name of a tool. */
const API_NAME = /^[a-zA-Z0-9_-]{1,128}$/;

/** The CLI's tool for structured output. */
export const STRUCTURED_OUTPUT = "StructuredOutput";

/** Names that the CLI does not offer as a client's: it has tools of its own by them. */
const RESERVED: ReadonlySet<string> = new Set([STRUCTURED_OUTPUT, "ToolSearch"]);

/** Room for a number behind a name. */
const LONGEST_STEM = 120;

/**
 * The names that a client gave its tools, and those under which the API knows them. Most are the same; one that the API, or
 * the CLI, does not take becomes one that it does, different from all others. The same names, asked in the same order, always give
 * the same mapping.
 */
export class ToolNames {
  readonly #offered = new NamePairs();
  /** Of tools that are no longer offered, and only stand in the history. */
  readonly #former = new NamePairs();

  constructor(names: readonly string[]) {
    for (const name of names) if (isUsable(name)) this.#offered.add(name, name);
    for (const name of names) if (!this.#offered.toApi.has(name)) this.#offered.add(name, this.#unused(name));
  }

  /** The API's name of a tool; also of one that is no longer offered. */
  toApi(name: string): string {
    const known = this.#offered.toApi.get(name) ?? this.#former.toApi.get(name);
    return known ?? this.#former.add(name, this.#unused(name));
  }

  /** Forgets those that are no longer offered, but for these: all that is left of the history, in its order. */
  keepFormer(names: readonly string[]): void {
    this.#former.clear();
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

  /** The client's names of those tools that are not among these names of the API. */
  missingFrom(apiNames: readonly string[]): string[] {
    return [...this.#offered.toApi].filter(([, apiName]) => !apiNames.includes(apiName)).map(([name]) => name);
  }

  /** The name itself, or one made of it, that stands for no other tool. */
  #unused(name: string): string {
    const isFree = (candidate: string) =>
      isUsable(candidate) && !this.#offered.toClient.has(candidate) && !this.#former.toClient.has(candidate);
    if (isFree(name)) return name;
    const stem = name.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, LONGEST_STEM) || "tool";
    let candidate = stem;
    for (let count = 2; !isFree(candidate); count++) candidate = `${stem}_${count}`;
    return candidate;
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

  clear(): void {
    this.toApi.clear();
    this.toClient.clear();
  }
}

function isUsable(name: string): boolean {
  return API_NAME.test(name) && !RESERVED.has(name);
}
