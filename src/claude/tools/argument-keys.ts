/** What stands open around a place in a JSON text: an object, whose next string is a key or a value, or a list. */
type Level = "key" | "value" | "list";

/**
 * Renames keys of a JSON object while its text streams by. Everything else passes as it was written, also what is no JSON; a key
 * is held back until it is complete.
 */
export class ArgumentKeys {
  readonly #names: ReadonlyMap<string, string>;
  readonly #isDeep: boolean;
  readonly #levels: Level[] = [];
  /** The string being read, with its quote; undefined between strings. */
  #string: string | undefined;
  #isEscaped = false;

  /** `isDeep`: not only the keys of the outermost object, but those of all within it. */
  constructor(names: ReadonlyMap<string, string>, isDeep: boolean) {
    this.#names = names;
    this.#isDeep = isDeep;
  }

  push(piece: string): string {
    let passed = "";
    for (const character of piece) passed += this.#read(character);
    return passed;
  }

  /** What was held back when the text broke off. */
  end(): string {
    const rest = this.#isKey ? (this.#string ?? "") : "";
    this.#string = undefined;
    return rest;
  }

  get #isKey(): boolean {
    return this.#levels.at(-1) === "key" && (this.#isDeep || this.#levels.length === 1);
  }

  #read(character: string): string {
    if (this.#string !== undefined) return this.#readString(character);
    if (character === '"') {
      this.#string = character;
      return this.#isKey ? "" : character;
    }
    if (character === "{" || character === "[") this.#levels.push(character === "{" ? "key" : "list");
    else if (character === "}" || character === "]") this.#levels.pop();
    else if (character === ":" || character === ",") this.#turn(character === "," ? "key" : "value");
    return character;
  }

  #readString(character: string): string {
    const isEnd = character === '"' && !this.#isEscaped;
    this.#isEscaped = character === "\\" && !this.#isEscaped;
    if (!this.#isKey) {
      if (isEnd) this.#string = undefined;
      return character;
    }
    const text = `${this.#string}${character}`;
    this.#string = isEnd ? undefined : text;
    return isEnd ? this.#renamed(text) : "";
  }

  #turn(to: Level): void {
    if (this.#levels.at(-1) !== "list" && this.#levels.length > 0) this.#levels[this.#levels.length - 1] = to;
  }

  #renamed(quoted: string): string {
    const name = this.#names.get(unquoted(quoted));
    return name === undefined ? quoted : JSON.stringify(name);
  }
}

function unquoted(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}
