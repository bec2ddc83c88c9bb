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

/** Sizes that break words, lines and emoji sequences at ever different places. */
const CHUNK_SIZES = [3, 7, 1, 5];
const MAX_CHUNKS = 400;

/** Splits a text into deltas as a model streams it: at least two when it can, also within words, never within a character. */
export function splitIntoChunks(text: string): string[] {
  const characters = Array.from(text);
  if (characters.length < 2) return text === "" ? [] : [text];
  const scale = Math.ceil(characters.length / (MAX_CHUNKS * 4));
  const chunks: string[] = [];
  for (let start = 0, turn = 0; start < characters.length; turn++) {
    const size = (CHUNK_SIZES[turn % CHUNK_SIZES.length] ?? 1) * scale;
    const end = start + Math.min(size, start === 0 ? characters.length - 1 : size);
    chunks.push(characters.slice(start, end).join(""));
    start = end;
  }
  return chunks;
}

/** The chunks up to `length` characters of their joined text. */
export function cutChunks(chunks: readonly string[], length: number): string[] {
  const kept: string[] = [];
  let left = length;
  for (const chunk of chunks) {
    if (left <= 0) break;
    kept.push(chunk.slice(0, left));
    left -= chunk.length;
  }
  return kept;
}
