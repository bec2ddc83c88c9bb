/** Base64, as the API writes it. */
const BASE64 = /^[A-Za-z0-9+/]{16,}={0,2}$/;
// Tags of protocol buffers: the number of a field, and whether a number or bytes follow.
const FIELD_1_BYTES = 0x0a;
const FIELD_2_BYTES = 0x12;
const FIELD_1_NUMBER = 0x08;
const FIELD_3_NUMBER = 0x18;

/**
 * Whether this is in the form of what Anthropic's API gives as the `signature` of thinking, or as the `data` of redacted thinking: a
 * message of protocol buffers `{2: {1: {1: n, …}, …}, 3: n}`, or the older `{2: {1: {3: n}, …}}`. The form is not documented. All of the 138 that
 * public recordings of the API hold have it (read on 2026-11-30), and those of its documentation; of 710 of Gemini's, and of
 * OpenAI's, none.
 */
export function isAnthropicSignature(text: string): boolean {
  if (!BASE64.test(text)) return false;
  const bytes = Buffer.from(text, "base64");
  const outer = fieldAt(bytes, 0, FIELD_2_BYTES);
  const inner = outer && fieldAt(bytes, outer.start, FIELD_1_BYTES);
  if (outer === undefined || inner === undefined) return false;
  const first = bytes[inner.start];
  return first === FIELD_3_NUMBER || (first === FIELD_1_NUMBER && bytes[outer.end] === FIELD_3_NUMBER);
}

/** Where the bytes of a field are, which begins there; undefined: another field does, or none. */
function fieldAt(bytes: Uint8Array, at: number, tag: number): { start: number; end: number } | undefined {
  if (bytes[at] !== tag) return undefined;
  let length = 0;
  for (let index = 0; index < 4; index++) {
    const byte = bytes[at + 1 + index] ?? 0;
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { start: at + 2 + index, end: at + 2 + index + length };
  }
  return undefined;
}
