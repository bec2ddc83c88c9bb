import { ApiError } from "../../core/error.ts";
import type { Path } from "./output-schema-keywords.ts";

/** Refuses a client's schema for what stands at a place in it. */
export function refuse(at: Path, problem: string): never {
  throw new ApiError("invalid_request", `The schema of response_format cannot be used: ${pathText(at)} ${problem}`, {
    param: "response_format",
  });
}

/** The way to a place as people write it: `$.properties.user.anyOf[0]`. */
export function pathText(at: Path): string {
  const steps = at.map((step) => {
    if (/^[A-Za-z_$][\w$]*$/.test(step)) return `.${step}`;
    return /^\d+$/.test(step) ? `[${step}]` : `[${JSON.stringify(step)}]`;
  });
  return `$${steps.join("")}`;
}
