const CHARACTERS_PER_TOKEN = 4;

/** The simulator's measure: four characters are a token, and any text is at least one. */
export function tokensOf(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

/** The longest beginning of the text worth at most `tokens`, never ending inside a surrogate pair. */
export function cutToTokens(text: string, tokens: number): string {
  const cut = text.slice(0, tokens * CHARACTERS_PER_TOKEN);
  return cut.isWellFormed() || !text.isWellFormed() ? cut : cut.slice(0, -1);
}
