import type { Path } from "./output-schema-keywords.ts";

/** A place as a `$ref` says it: `#/$defs/name`. */
export function pointerTo(at: Path): string {
  return ["#", ...at.map((step) => encodeStep(step.replaceAll("~", "~0").replaceAll("/", "~1")))].join("/");
}

/** The place that a `$ref` within its document leads to by steps; undefined when it leads elsewhere, or by a name. */
export function pathOfRef(ref: string): Path | undefined {
  if (ref !== "#" && !ref.startsWith("#/")) return undefined;
  return ref
    .split("/")
    .slice(1)
    .map((step) => decodeStep(step).replaceAll("~1", "/").replaceAll("~0", "~"));
}

export function encodeStep(step: string): string {
  return encodeURIComponent(step.toWellFormed()).replaceAll("%24", "$");
}

function decodeStep(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
