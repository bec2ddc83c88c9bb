import type { ApiError } from "../../core/error.ts";

/**
 * What the API says of thinking that it does not take back: an invalid `signature` in a `thinking` block, invalid `data` in a
 * `redacted_thinking` one, blocks that cannot be modified. No status or type tells these from others.
 */
const OF_THINKING =
  /\b(?:signature|data)`? in `?(?:redacted_)?thinking`? block|`?(?:redacted_)?thinking`? blocks? .*cannot be modified|thinking\.signature/;

/** Whether a request failed since it sends back thinking. In most cases the CLI has asked once more without, by itself. */
export function isThinkingRefusal({ code, upstreamStatus, message }: ApiError): boolean {
  return code === "invalid_request" && upstreamStatus === 400 && OF_THINKING.test(message);
}
