// What a program writes to a terminal, as pieces of text with the colours that it asked for.

export type Piece = { readonly text: string; readonly styles: readonly StyleName[] };
export type StyleName = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

const ON: Readonly<Record<string, StyleName>> = {
  "1": "bold",
  "2": "dim",
  "31": "red",
  "32": "green",
  "33": "yellow",
  "36": "cyan",
};
/** What each of these ends. */
const OFF: Readonly<Record<string, readonly StyleName[]>> = {
  "22": ["bold", "dim"],
  "39": ["red", "green", "yellow", "cyan"],
};

/** Reads texts as they come; a style lasts until it is ended, also from one text to the next. */
export class StyledTextReader {
  #styles: ReadonlySet<StyleName> = new Set();

  read(text: string): Piece[] {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one.
    return text.split(/(\u001b\[[\d;]*m)/).flatMap((part) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
      const codes = /^\u001b\[([\d;]*)m$/.exec(part)?.[1];
      if (codes === undefined) return part === "" ? [] : [{ text: part, styles: [...this.#styles] }];
      for (const code of codes.split(";")) this.#apply(code);
      return [];
    });
  }

  #apply(code: string): void {
    const on = ON[code];
    if (on !== undefined) this.#styles = new Set([...this.#styles, on]);
    else if (code === "" || code === "0") this.#styles = new Set();
    else this.#styles = this.#styles.difference(new Set(OFF[code] ?? []));
  }
}
