import { invalid } from "../../core/error.ts";

const DATA_URL = /^data:[^,]*;base64,/i;

export function isDataUrl(text: string): boolean {
  return /^data:/i.test(text);
}

/** The base64 of a data URL, checked. Its label is not looked at: the content tells what it is. */
export function base64OfDataUrl(url: string, param: string): string {
  const prefix = DATA_URL.exec(url)?.[0];
  if (prefix !== undefined) return checkedBase64(url.slice(prefix.length), param);
  throw invalid(param, `'${param}' is a data URL without base64; send it as data:<type>;base64,<data>.`);
}

/** Base64 as the API takes it: without white space, and padded. Throws when it is none. */
export function checkedBase64(text: string, param: string): string {
  const compact = /\s/.test(text) ? text.replace(/\s+/g, "") : text;
  const digits = compact.replace(/={1,2}$/, "");
  if (digits.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(digits)) {
    throw invalid(param, `'${param}' is not valid base64.`);
  }
  if (digits === "") throw invalid(param, `'${param}' is empty: its base64 has no data.`);
  return digits.padEnd(Math.ceil(digits.length / 4) * 4, "=");
}

export function byteLength(base64: string): number {
  return (base64.length / 4) * 3 - (base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0);
}

/** The first 48 bytes: enough to tell what a file is. */
export function firstBytes(base64: string): Uint8Array {
  return Buffer.from(base64.slice(0, 64), "base64");
}
