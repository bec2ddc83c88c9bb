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
 * the CLI, does not take becomes one that it does, different from all others. The same names always give the same mapping.
 */
export class ToolNames {
  readonly #toApi = new Map<string, string>();
  readonly #toClient = new Map<string, string>();

  constructor(names: readonly string[]) {
    for (const name of names) if (isUsable(name)) this.#add(name, name);
    for (const name of names) if (!this.#toApi.has(name)) this.#add(name, this.#substitute(name));
  }

  /** The API's name of a tool; also of one that is no longer offered, and only stands in the history. */
  toApi(name: string): string {
    return this.#toApi.get(name) ?? (isUsable(name) ? name : this.#substitute(name));
  }

  /** The client's name of a tool; undefined when none is offered by this name. */
  toClient(apiName: string): string | undefined {
    return this.#toClient.get(apiName);
  }

  /** The client's names of those tools that are not among these names of the API. */
  missingFrom(apiNames: readonly string[]): string[] {
    return [...this.#toApi].filter(([, apiName]) => !apiNames.includes(apiName)).map(([name]) => name);
  }

  #add(name: string, apiName: string): void {
    this.#toApi.set(name, apiName);
    this.#toClient.set(apiName, name);
  }

  #substitute(name: string): string {
    const stem = name.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, LONGEST_STEM) || "tool";
    let candidate = stem;
    for (let count = 2; this.#toClient.has(candidate) || !isUsable(candidate); count++) candidate = `${stem}_${count}`;
    return candidate;
  }
}

function isUsable(name: string): boolean {
  return API_NAME.test(name) && !RESERVED.has(name);
}
