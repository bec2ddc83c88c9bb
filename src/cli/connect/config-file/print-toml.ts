import { FormatError, type Path, type Value } from "./format.ts";

/** What JSON escapes, TOML's basic strings escape likewise. */
export function printTomlValue(value: Value): string {
  if (typeof value === "object") throw new FormatError("only single values can be set in TOML");
  return JSON.stringify(value);
}

export function printTomlKey(path: Path): string {
  return path.map((step) => (/^[\w-]+$/.test(String(step)) ? step : JSON.stringify(step))).join(".");
}
