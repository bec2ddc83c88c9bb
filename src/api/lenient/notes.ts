/**
 * What was left out of a request, or bent, while its spelling was made the textbook's: the names go into the response header, as
 * `messages.content.computer_call`. A mere other spelling is not named.
 */
export class Notes {
  readonly #names = new Set<string>();

  add(...names: readonly string[]): void {
    for (const name of names) this.#names.add(name);
  }

  get names(): readonly string[] {
    return [...this.#names];
  }
}
