import { ApiError } from "../../core/error.ts";
import { resultError } from "../turn/result-error.ts";

/** What the CLI writes to stderr when it puts an estimate of its own in the place of a count, and when Anthropic's was refused. */
const ESTIMATED = /\banalyzeContext: count unavailable\b/;
const REFUSED = /\bcountTokens API call failed: (?:(\d{3}) )?(.*)/;

/** Whether any figure that a process told is an estimate of its own. Its answer does not say so. */
export function hasEstimated(stderr: string): boolean {
  return ESTIMATED.test(stderr) || REFUSED.test(stderr);
}

/** Why Anthropic did not count. */
export function whyEstimated(stderr: string): ApiError {
  const [, status, said = ""] = REFUSED.exec(stderr) ?? [];
  if (status === undefined) {
    const reason = said === "" ? "" : `: ${said}`;
    return new ApiError("upstream_unreachable", `The Anthropic API did not count the tokens${reason}`);
  }
  const facts = { type: "result", subtype: "success", is_error: true, api_error_status: Number(status) } as const;
  return resultError({ result: { ...facts, result: messageIn(said) }, now: Date.now() / 1000 });
}

/** The message in the API's error envelope; else what there is. */
function messageIn(said: string): string {
  return /"message":"((?:[^"\\]|\\.)*)"/.exec(said)?.[1] ?? said;
}
