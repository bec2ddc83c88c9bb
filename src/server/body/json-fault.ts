import type { Steps } from "../../core/pace.ts";

/** Where a text stops being JSON, and why. Never quotes the text: it is the client's. */
export type JsonFault = { readonly line: number; readonly column: number; readonly problem: string };

/** So many tokens are taken between two places where it may pause. */
const TOKENS = 1000;

/** Finds what JSON.parse only complains about. Walks without recursion; undefined when the text is JSON after all. */
export function* findJsonFault(text: string): Steps<JsonFault | undefined> {
  const scanner = new Scanner(text);
  for (let token = 1; scanner.step(); token++) if (token % TOKENS === 0) yield;
  return scanner.fault;
}

const ESCAPES = '"\\/bfnrt';
const HEX = /^[\da-fA-F]{4}$/;

type Expected = "value" | "value-or-end" | "key" | "key-or-end" | "colon" | "comma-or-end" | "end-of-text";

class Scanner {
  at = 0;
  #problem: string | undefined;
  #expected: Expected = "value";
  readonly #open: ("{" | "[")[] = [];
  readonly #text: string;
  readonly #space = /[ \t\n\r]*/y;
  readonly #scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

  constructor(text: string) {
    this.#text = text;
  }

  get fault(): JsonFault | undefined {
    if (this.#problem === undefined) return undefined;
    let line = 1;
    let lineStart = 0;
    for (let end = this.#text.indexOf("\n"); end !== -1 && end < this.at; end = this.#text.indexOf("\n", lineStart)) {
      line++;
      lineStart = end + 1;
    }
    return { line, column: this.at - lineStart + 1, problem: this.#problem };
  }

  /** Takes one token. False when the text has ended, or broken off from JSON. */
  step(): boolean {
    this.#skip(this.#space);
    const char = this.#text[this.at];
    if (char === undefined) return this.#end();
    switch (this.#expected) {
      case "value":
      case "value-or-end":
        if (char === "{" || char === "[") return this.#enter(char);
        if (char === "]" && this.#expected === "value-or-end") return this.#leave();
        return (char === '"' ? this.#string() : this.#skip(this.#scalar)) ? this.#afterValue() : this.#fail(char);
      case "key":
      case "key-or-end":
        if (char === "}" && this.#expected === "key-or-end") return this.#leave();
        return char === '"' && this.#string() ? this.#expect("colon") : this.#fail(char);
      case "colon":
        return char === ":" ? this.#take("value") : this.#fail(char);
      case "comma-or-end":
        if (char === ",") return this.#take(this.#open.at(-1) === "{" ? "key" : "value");
        return char === closing(this.#open.at(-1)) ? this.#leave() : this.#fail(char);
      case "end-of-text":
        return this.#fail(char);
    }
  }

  #enter(bracket: "{" | "["): boolean {
    this.#open.push(bracket);
    return this.#take(bracket === "{" ? "key-or-end" : "value-or-end");
  }

  #leave(): boolean {
    this.#open.pop();
    this.at += 1;
    return this.#afterValue();
  }

  #afterValue(): boolean {
    return this.#expect(this.#open.length === 0 ? "end-of-text" : "comma-or-end");
  }

  #take(next: Expected): boolean {
    this.at += 1;
    return this.#expect(next);
  }

  #expect(next: Expected): boolean {
    this.#expected = next;
    return true;
  }

  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.#text)) return false;
    this.at = pattern.lastIndex;
    return true;
  }

  /** By hand, as a pattern that repeats an alternative overflows on strings of megabytes. Stays put when the string is broken. */
  #string(): boolean {
    for (let at = this.at + 1; at < this.#text.length; at++) {
      const code = this.#text.charCodeAt(at);
      if (code < 0x20) return false;
      if (code === 0x22) {
        this.at = at + 1;
        return true;
      }
      if (code !== 0x5c) continue;
      const length = this.#escapeLength(at + 1);
      if (length === 0) return false;
      at += length;
    }
    return false;
  }

  /** How long what stands behind a backslash is; 0 where it is no escape. */
  #escapeLength(at: number): number {
    const char = this.#text.charAt(at);
    if (char !== "u") return char !== "" && ESCAPES.includes(char) ? 1 : 0;
    return HEX.test(this.#text.slice(at + 1, at + 5)) ? 5 : 0;
  }

  #end(): boolean {
    if (this.#expected !== "end-of-text") this.#problem = `the text ends where ${this.#wanted()} was expected`;
    return false;
  }

  #fail(char: string): boolean {
    this.#problem = this.#problemWith(char);
    return false;
  }

  #problemWith(char: string): string {
    const inValueOrKey = this.#expected === "value" || this.#expected === "value-or-end" || this.#wantsKey();
    if (this.#expected === "end-of-text") return "there is more text after the end of the value";
    if (char === "'") return "JSON uses double quotes, not single ones";
    if (char === "/") return "JSON has no comments";
    if (char === '"' && inValueOrKey) {
      return "this string never ends, or holds an unescaped line break or control character, or an unknown escape";
    }
    if (char === "}" || char === "]") return `'${char}' came where ${this.#wanted()} was expected`;
    return `${this.#wanted()} was expected here`;
  }

  #wantsKey(): boolean {
    return this.#expected === "key" || this.#expected === "key-or-end";
  }

  #wanted(): string {
    if (this.#expected === "comma-or-end") return `a comma or '${closing(this.#open.at(-1))}'`;
    if (this.#expected === "colon") return "a colon";
    return this.#wantsKey() ? "a name in double quotes" : "a value";
  }
}

function closing(opening: string | undefined): string {
  return opening === "{" ? "}" : "]";
}
