import { parseJsonObject } from "../../core/json.ts";
import type { Tool } from "../../core/request.ts";

/** A custom tool takes a text; Claude's take an object: one with this field. */
const FIELD = "input";
const BEGINNING = /^\s*\{\s*"input"\s*:\s*"/;
const ESCAPES: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

const PARAMETERS = {
  type: "object",
  properties: { [FIELD]: { type: "string" } },
  required: [FIELD],
  additionalProperties: false,
} as const;

/** Such tools are described as ones that take no JSON, so the model is told where the text goes. */
const WHERE_THE_TEXT_GOES = `The input is one text. Give it whole, exactly as described, as the value of \`${FIELD}\`.`;

type Custom = {
  readonly description?: string | null | undefined;
  readonly grammar?: { readonly syntax: string; readonly definition: string } | undefined;
};

/** The function that is offered for a custom tool. No grammar can be enforced here; the model can follow one. */
export function functionOfCustom({ description, grammar }: Custom): Omit<Tool, "name"> {
  const rule = grammar ? `The input must follow this ${grammar.syntax} grammar:\n${grammar.definition}` : "";
  const told = [description, WHERE_THE_TEXT_GOES, rule].filter((text) => text).join("\n\n");
  return { description: told, parameters: PARAMETERS };
}

export function argsOfInput(input: string): string {
  return JSON.stringify({ [FIELD]: input });
}

/** The input in whole arguments. */
export function inputOfArgs(args: string): string {
  const input = new CustomInput();
  return input.push(args) + input.end();
}

/** Reads the input out of the arguments while they are written. Arguments of another form are told as they are, in the end. */
export class CustomInput {
  #args = "";
  /** Up to where the arguments were read; undefined before the input begins. */
  #position: number | undefined;
  #isClosed = false;

  /** What the piece adds to the input. */
  push(args: string): string {
    this.#args += args;
    if (this.#position === undefined) {
      this.#position = BEGINNING.exec(this.#args)?.[0].length;
      if (this.#position === undefined) return "";
    }
    return this.#read(this.#position);
  }

  /** What is left to tell once the arguments are complete. */
  end(): string {
    if (this.#position !== undefined) return "";
    const whole = parseJsonObject(this.#args)?.[FIELD];
    return typeof whole === "string" ? whole : this.#args;
  }

  #read(from: number): string {
    let text = "";
    let position = from;
    while (!this.#isClosed && position < this.#args.length) {
      const character = this.#args[position] ?? "";
      if (character === '"') this.#isClosed = true;
      if (character !== "\\") {
        if (!this.#isClosed) text += character;
        position++;
        continue;
      }
      const kind = this.#args[position + 1];
      const length = kind === "u" ? 6 : 2;
      if (kind === undefined || position + length > this.#args.length) break;
      const code = Number.parseInt(this.#args.slice(position + 2, position + 6), 16);
      text += kind === "u" ? String.fromCharCode(code) : (ESCAPES[kind] ?? kind);
      position += length;
    }
    this.#position = position;
    return text;
  }
}
